import Bytes
import Events
import Records

/// android.log's kernel buffer: what logd kept of the kernel's log. Its clock is the wall's: it orders nothing.
struct AndroidLog {
  private var events = LogEvents()
  private(set) var lines = 0
  private(set) var hasLost = false
  private var text: [UInt8] = []

  /// logd's buffer of the kernel.
  private static let kernel: UInt64 = 7

  /// AndroidLogPacket: events 1 { log_id 1, pid 2, tid 3, tag 6, message 8 }, stats 2 { failed 2, skipped 3 }
  mutating func take(
    _ range: Range<Int>, _ bytes: Span<UInt8>, _ input: Int, _ place: Int64, _ names: inout NameTable
  ) {
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      guard field.isBytes else { continue }
      if field.number == 1 { take(event: field.range, bytes, input, place, &names) }
      if field.number == 2 {
        let lost =
          Wire.number(2, field.range, bytes) > 0 || Wire.number(3, field.range, bytes) > 0
        hasLost = hasLost || lost
      }
    }
  }

  private mutating func take(
    event range: Range<Int>, _ bytes: Span<UInt8>, _ input: Int, _ place: Int64, _ names: inout NameTable
  ) {
    var (log, thread) = (UInt64(0), Int32(0))
    var (tag, message) = (0..<0, 0..<0)
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      switch field.number {
      case 1: log = field.value
      case 2, 3: thread = max(thread, field.small)
      case 6: tag = Longest.name(field.range)
      case 8: message = Longest.clip(field.range, Longest.message)
      default: break
      }
    }
    guard log == Self.kernel else { return }
    lines += 1
    text.removeAll(keepingCapacity: true)
    LogRecord.rejoin(logd: bytes, tag: tag, message: message, into: &text)
    let line = text
    events.feed(
      LogRecord(logd: 0..<line.count, thread: thread), line.span,
      Place(input: input, line: 0, offset: Int(place)), &names)
  }

  /// The boots that its lines are of. `hasLost`: the recording lost what may have been lines.
  mutating func boots(hasLost: Bool) -> [LogEvents.Boot] {
    guard lines > 0 else { return [] }
    events.finish()
    return events.boots.filter { $0.lines > 0 }.map { boot in
      var boot = boot
      boot.facts.hasDropped = boot.facts.hasDropped || self.hasLost || hasLost
      return boot
    }
  }
}
