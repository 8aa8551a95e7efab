// What is refused by its first bytes, before any reader sees it.
import Bytes

extension Refusal {
  /// Binary kinds, and texts that a log reader would take for a log, by their first bytes.
  init?(magic head: Span<UInt8>) {
    func has(_ bytes: [UInt8]) -> Bool {
      head.count >= bytes.count && bytes.indices.allSatisfy { head[$0] == bytes[$0] }
    }
    if has([0x7f, 0x45, 0x4c, 0x46]) {
      self = head.count > 17 && (head[16] == 4 || head[17] == 4 && head[16] == 0) ? .coreDump : .elf
    } else if head.has("KDUMP   ", at: 0) || head.has("makedumpfile", at: 0) {
      self = .coreDump
    } else if head.has("PERFILE2", at: 0) || head.has("2ELIFREP", at: 0) {
      self = .perfData
    } else if has([0x89, 0x50, 0x4e, 0x47]) || has([0xff, 0xd8, 0xff]) || head.has("GIF8", at: 0)
      || head.has("RIFF", at: 0) && head.has("WEBP", at: 8) || has([0x49, 0x49, 0x2a, 0])
      || head.has("BM", at: 0) && Self.isBinary(head)
    {
      self = .image
    } else if head.has("SQLite format 3", at: 0) {
      self = .sqlite
    } else if head.has("%PDF-", at: 0) {
      self = .pdf
    } else if has([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) || head.has("Rar!", at: 0) {
      self = .sevenZip
    } else if has([0xd4, 0xc3, 0xb2, 0xa1]) || has([0xa1, 0xb2, 0xc3, 0xd4]) || has([0x0a, 0x0d, 0x0d, 0x0a])
    {
      self = .packetCapture
    } else if head.has("LPKSHHRH", at: 0) {
      self = .journalFile
    } else if head.has("Ftrace:", at: 0) || Self.isUftrace(head) {
      self = .uftrace
    } else if Self.isPerfetto(head) {
      self = .perfetto
    } else if Self.isRingBufferPage(head) {
      self = .rawPages
    } else if Self.isJournalExport(head) {
      self = .journalExport
    } else if Self.isInsidePerfetto(head) {
      self = .binary
    } else if Self.isHexDump(head) {
      self = .hexDump
    } else if Self.isOtherSystems(head) {
      self = .otherSystem
    } else {
      return nil
    }
  }

  private static func isUftrace(_ head: Span<UInt8>) -> Bool {
    head.has("Ftrace!", at: 0) || head.has("uftrace ! DURATION", at: 0)
  }

  /// A run of `packet` fields (tag 0x0a) whose lengths lead from one to the next, each beginning with a field of TracePacket. `wanted`: one
  /// that is cut counts only behind so many. Texts that begin with newlines lead from one to the next too, but have no control characters.
  static func isPerfetto(_ head: Span<UInt8>, atLeast wanted: Int = 1) -> Bool {
    guard hasControl(head, to: 256) else { return false }
    var at = 0
    var packets = 0
    while at < head.count, packets < 8 {
      guard head[at] == 0x0a, let (length, begin) = varint(head, at + 1) else { return false }
      guard begin < head.count else { return packets >= wanted }
      if length > 0 {
        guard let (tag, _) = varint(head, begin), isPacketField(tag) else { return false }
      }
      packets += 1
      guard length < head.count - begin else {
        // It goes on behind what is seen here. One packet alone must not be text that begins with a newline.
        return packets >= wanted && (packets > 1 || isBinary(head) || isCompressed(head, begin, length))
      }
      at = begin + length
    }
    return packets >= wanted && (packets > 1 || packets == 1 && isBinary(head))
  }

  /// A packet that is all one field of compressed packets: what that looks like inside is chance.
  private static func isCompressed(_ head: Span<UInt8>, _ start: Int, _ length: Int) -> Bool {
    guard let (tag, lengthAt) = varint(head, start), [50 << 3 | 2, 133 << 3 | 2].contains(tag),
      let (inner, begin) = varint(head, lengthAt)
    else { return false }
    return begin + inner == start + length
  }

  /// A recording without its beginning. What a console printed makes most of its bytes text, but packets lead from one to the next.
  private static func isInsidePerfetto(_ head: Span<UInt8>) -> Bool {
    // Hardly any text has a control character so early, and one that has is mostly text.
    guard hasControl(head, to: 256), isBinary(head) else { return false }
    var from = 0
    while let start = head.index(of: 0x0a, from: from, to: min(head.count, 4096)) {
      if isPerfetto(head.extracting(start...), atLeast: 8) { return true }
      from = start + 1
    }
    return false
  }

  private static func hasControl(_ head: Span<UInt8>, to end: Int) -> Bool {
    for at in 0..<min(head.count, end) {
      switch head[at] {
      case 9, 10, 13, 27: break
      case 1..<32: return true
      default: break
      }
    }
    return false
  }

  /// A field number that TracePacket has (1 to 999), with a wire type that is in use.
  private static func isPacketField(_ tag: Int) -> Bool {
    (1...999).contains(tag >> 3) && [0, 1, 2, 5].contains(tag & 7)
  }

  private static func varint(_ head: Span<UInt8>, _ start: Int) -> (value: Int, end: Int)? {
    var value = 0
    var at = start
    while at < head.count, at < start + 5 {
      value |= Int(head[at] & 0x7f) << (7 * (at - start))
      at += 1
      if head[at - 1] & 0x80 == 0 { return (value, at) }
    }
    return nil
  }

  /// A sub-buffer begins with a time of 64 bits and its fill, of which no more than a page can be.
  private static func isRingBufferPage(_ head: Span<UInt8>) -> Bool {
    // The upper bytes of a time and of a fill are zeros; a text has none of those in front.
    guard head.count >= 4096, head.index(of: 0, to: 16) != nil, isBinary(head) else { return false }
    func pageEnds(_ at: Int, isBig: Bool) -> Bool {
      var time: UInt64 = 0
      var commit: UInt64 = 0
      for index in 0..<8 {
        time |= UInt64(head[at + (isBig ? 7 - index : index)]) << UInt64(8 * index)
        commit |= UInt64(head[at + 8 + (isBig ? 7 - index : index)]) << UInt64(8 * index)
      }
      // Seconds to a year; the fill, with flags of missed events above it.
      return time > 1_000_000 && time < 1 << 55 && commit & 0x3fff_ffff <= 4080 && commit & 0x3fff_ffff > 0
    }
    return [false, true].contains { isBig in
      pageEnds(0, isBig: isBig) && (head.count < 8192 || pageEnds(4096, isBig: isBig))
    }
  }

  /// `journalctl -o export` and `-o verbose`: a field a line, so that a message stands apart from its time.
  private static func isJournalExport(_ head: Span<UInt8>) -> Bool {
    if head.has("__CURSOR=", at: 0) || head.has("__REALTIME_TIMESTAMP=", at: 0) { return true }
    // `Fri 2026-11-20 10:00:00.000000 UTC [s=…;i=1;…]` above the fields, which are four blanks in.
    var start = 0
    if head.has("-- ", at: 0), let end = head.index(of: 10) { start = end + 1 }
    guard let end = head.index(of: 10, from: start), head.index(of: " [s=", from: start, to: end) != nil
    else { return false }
    return head.has("    ", at: end + 1)
      && head.index(of: 61, from: end, to: min(head.count, end + 60)) != nil
  }

  /// Whether the bytes are none of a text: a tenth of them are control characters. NUL is not counted, for power cuts leave
  /// holes in logs, nor is what bit rot makes of a ramoops.
  static func isBinary(_ head: Span<UInt8>) -> Bool {
    var controls = 0
    var others = 0
    for at in head.indices {
      switch head[at] {
      case 0: break
      case 9, 10, 13, 27: others += 1
      case ..<32, 127: controls += 1
      default: others += 1
      }
    }
    let zeros = head.count - controls - others
    return controls * 10 > others
      || zeros > 0 && controls > 0 && zeros * 3 > head.count && controls * 50 > others
  }
}
