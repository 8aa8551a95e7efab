import Bytes

/// How something is packed, by its first bytes; a file's name says nothing.
enum Packing {
  case deflate(DeflateStream.Wrapper)
  case layer(Archive.Layer)
  /// `atrace -z`: text up to a line `TRACE:`, then zlib data; so many bytes stand before those.
  case atrace(Int)

  /// Bytes that tell it.
  static let sniffed = 4096

  init?(_ head: Span<UInt8>) {
    if Self.has(head, [0x1f, 0x8b]) {
      self = .deflate(.gzip)
    } else if Self.has(head, [0x28, 0xb5, 0x2f, 0xfd]) || Self.isSkippableZstd(head) {
      self = .layer(.zstd)
    } else if Self.has(head, [0xfd]), head.has("7zXZ", at: 1) {
      self = .layer(.xz)
    } else if Self.isLZMA(head) {
      self = .layer(.lzma)
    } else if head.has("LZIP\u{1}", at: 0) {
      self = .layer(.lzip)
    } else if head.has("BZh", at: 0), head.has("1AY&SY", at: 4) || head.has("\u{17}rE8P", at: 4) {
      self = .layer(.bzip2)
    } else if Self.has(head, [0x04, 0x22, 0x4d, 0x18]) || Self.has(head, [0x02, 0x21, 0x4c, 0x18]) {
      self = .layer(.lz4)
    } else if head.has("PK\u{3}\u{4}", at: 0) || head.has("PK\u{5}\u{6}", at: 0) || head.has("ustar", at: 257)
      || Self.isOldTar(head)
    {
      self = .layer(.members)
    } else if let begin = Self.atraceData(head) {
      self = .atrace(begin)
    } else if let wrapper = Self.bareDeflate(head) {
      self = .deflate(wrapper)
    } else {
      return nil
    }
  }

  private static func has(_ head: Span<UInt8>, _ magic: [UInt8]) -> Bool {
    head.count >= magic.count && magic.indices.allSatisfy { head[$0] == magic[$0] }
  }

  /// xz's older form has no magic: a byte of properties, the size of the dictionary, which is two or three times a power of two,
  /// and the length of what is packed, or all ones.
  private static func isLZMA(_ head: Span<UInt8>) -> Bool {
    guard head.count > 18, head[0] == 0x5d else { return false }
    var dictionary: UInt32 = 0
    var length: UInt64 = 0
    for at in 0..<4 { dictionary |= UInt32(head[1 + at]) << UInt32(8 * at) }
    for at in 0..<8 { length |= UInt64(head[5 + at]) << UInt64(8 * at) }
    let odd = dictionary >> UInt32(min(31, dictionary.trailingZeroBitCount))
    return dictionary >= 1 << 12 && (odd == 1 || odd == 3) && (length == .max || length < 1 << 40)
  }

  /// pzstd begins with a frame to be skipped: 50 2a 4d 18 to 5f 2a 4d 18.
  private static func isSkippableZstd(_ head: Span<UInt8>) -> Bool {
    head.count > 4 && head[0] & 0xf0 == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18
  }

  /// Tars from before POSIX have no magic, only the sum of the header's bytes: octal, its own field taken for blanks.
  private static func isOldTar(_ head: Span<UInt8>) -> Bool {
    let block = 512
    // Its last bytes are zeros, which no log has.
    guard head.count >= block, head[block - 1] == 0, head[0] != 0 else { return false }
    let field = 148..<156
    var sum = 0
    for at in 0..<block { sum += field.contains(at) ? 32 : Int(head[at]) }
    let said = head.string(field).filter(\.isNumber)
    return Int(said, radix: 8) == sum
  }

  /// Where the zlib data begin behind atrace's `TRACE:` line; what is before it is text.
  private static func atraceData(_ head: Span<UInt8>) -> Int? {
    guard let line = head.index(of: "TRACE:"), line == 0 || head[line - 1] == 10, line < 2048 else {
      return nil
    }
    var at = line + 6
    while at < head.count, head[at] == 13 || head[at] == 10 { at += 1 }
    guard at > line + 6, isZlib(head, at) else { return nil }
    return at
  }

  /// RFC 1950: method 8, a window of at most 32 KiB, no dictionary, and a check that 31 divides.
  private static func isZlib(_ head: Span<UInt8>, _ at: Int) -> Bool {
    guard at + 1 < head.count, head[at] & 0x0f == 8, head[at] >> 4 <= 7, head[at + 1] & 0x20 == 0 else {
      return false
    }
    return (Int(head[at]) << 8 | Int(head[at + 1])) % 31 == 0
  }

  /// Deflate data without a magic are told by trying them: they must come out as text.
  private static func bareDeflate(_ head: Span<UInt8>) -> DeflateStream.Wrapper? {
    // Text is no deflate data, and nearly everything is text: a few bytes tell.
    guard head.count > 16 else { return nil }
    var binary = 0
    for at in 0..<min(head.count, 64) where head[at] >= 0x80 || head[at] < 9 { binary += 1 }
    guard binary > 8 else { return nil }
    let wrapper: DeflateStream.Wrapper = isZlib(head, 0) ? .zlib : .none
    // Of a bare stream the first block is compressed with codes of its own, or with the fixed ones.
    guard wrapper == .zlib || head[0] & 6 == 4 || head[0] & 6 == 2 else { return nil }
    return isText(inflated: head, wrapper) ? wrapper : nil
  }

  private static func isText(inflated head: Span<UInt8>, _ wrapper: DeflateStream.Wrapper) -> Bool {
    var bytes: [UInt8] = []
    for at in head.indices { bytes.append(head[at]) }
    let meter = Meter(isStopped: { false }, count: { _ in })
    guard let stream = try? DeflateStream(JoinedStream(bytes, nil), wrapper, meter, depth: 0) else {
      return false
    }
    var text = [UInt8](repeating: 0, count: 1024)
    // The array's own storage. The head ends somewhere in the data: what comes before that is enough.
    let count = (try? unsafe text.withUnsafeMutableBytes { try unsafe stream.read(into: $0) }) ?? 0
    let plain = text.prefix(count).count {
      $0 >= 32 && $0 < 127 || $0 == 10 || $0 == 13 || $0 == 9 || $0 == 27
    }
    return count >= 64 && plain * 20 >= count * 19
  }
}
