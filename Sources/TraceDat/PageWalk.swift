// The ring buffer's sub-buffers: a head, then records. Nothing in them is believed before it is compared with the
// bytes that are there.
import Bytes

/// Takes what a walk finds.
protocol RecordSink {
  /// A record of `length` bytes at `at` in `page`, stamped `time` (raw units).
  mutating func record(_ page: RawSpan, _ at: Int, _ length: Int, _ time: UInt64)
  /// Events were lost before this page; nil: their number is unknown.
  mutating func lost(_ count: UInt64?, _ time: UInt64)
  /// A length that cannot be, at `at` in the page: what follows it in the page is not read.
  mutating func damaged(at: Int)
}

/// How the pages of one file are laid out.
struct PageWalk: Sendable {
  let order: ByteOrder
  /// Bytes of the commit word: a long of the kernel.
  let commitSize: Int

  private static let missed: UInt32 = 1 << 31
  private static let missedIsStored: UInt32 = 1 << 30
  private static let lengthMask: UInt32 = (1 << 27) - 1

  /// Walks one page of any length; a short one is walked as far as it goes.
  @inline(__always)
  func walk<Sink: RecordSink>(_ page: RawSpan, _ sink: inout Sink) {
    let head = 8 + commitSize
    guard page.byteCount >= head else { return sink.damaged(at: 0) }
    let time = order.u64(page, 0)
    // The flags are in the low 32 bits of the word, whatever its size.
    let commit =
      commitSize == 8 ? UInt32(truncatingIfNeeded: order.u64(page, 8)) : order.u32(page, 8)
    let length = Int(commit & Self.lengthMask)
    // No page was ever stamped at the machine's start and left empty: a hole in the file.
    if time == 0, commit == 0 { return sink.damaged(at: 0) }
    let end = min(head + length, page.byteCount)
    if commit & Self.missed != 0 { sink.lost(missedCount(page, commit, head + length), time) }
    records(page, head, end, time, &sink)
    if head + length > page.byteCount { sink.damaged(at: 8) }
  }

  private func missedCount(_ page: RawSpan, _ commit: UInt32, _ at: Int) -> UInt64? {
    guard commit & Self.missedIsStored != 0 else { return nil }
    return order.integer(page, at, size: commitSize, end: page.byteCount)
  }

  @inline(__always)
  private func records<Sink: RecordSink>(
    _ page: RawSpan, _ start: Int, _ end: Int, _ pageTime: UInt64, _ sink: inout Sink
  ) {
    var at = start
    var time = pageTime
    while end - at >= 4 {
      let word = order.u32(page, at)
      let kind = order.isBig ? word >> 27 : word & 31
      let delta = UInt64(order.isBig ? word & Self.lengthMask : word >> 5)
      at += 4
      if kind &- 1 < 28 {
        let length = Int(kind) * 4
        guard length >= 8, end - at >= length else { return sink.damaged(at: at - 4) }
        time &+= delta
        sink.record(page, at, length, time)
        at += length
        continue
      }
      // Padding without a delta fills the rest of the page.
      if kind == 29, delta == 0 { return }
      guard let next = rare(page, kind, delta, at, end, &time, &sink) else { return sink.damaged(at: at - 4) }
      at = next
    }
  }

  /// Long records, padding and time stamps; where the next record is, nil if the length is a lie.
  private func rare<Sink: RecordSink>(
    _ page: RawSpan, _ kind: UInt32, _ delta: UInt64, _ at: Int, _ end: Int, _ time: inout UInt64,
    _ sink: inout Sink
  ) -> Int? {
    guard end - at >= 4 else { return nil }
    let word = order.u32(page, at)
    switch kind {
    case 0:
      // The length counts its own word; records end at multiples of four.
      let length = Int(word) - 4
      guard length >= 8, end - at - 4 >= length else { return nil }
      time &+= delta
      sink.record(page, at + 4, length, time)
      return at + 4 + (length + 3) & ~3
    case 29:
      guard word >= 4, end - at >= Int(word) else { return nil }
      time &+= delta
      return at + Int(word)
    case 30:
      time &+= UInt64(word) << 27 &+ delta
    default:
      // 59 bits are stored, the top five are those of the time before.
      time = time & (0xf8 << 56) | UInt64(word) << 27 &+ delta
    }
    return at + 4
  }
}
