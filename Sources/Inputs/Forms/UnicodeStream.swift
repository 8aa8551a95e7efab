import Bytes

/// UTF-16, UTF-32, or UTF-8 with a mark, as UTF-8 without one. What is no character becomes U+FFFD.
package final class UnicodeStream: ByteStream {
  private let decoded: DecodingStream<UnicodeDecoder>

  /// `encoding` as `TextEncoding(_:)` told it by the first bytes.
  package init(_ text: any ByteStream, _ encoding: TextEncoding) {
    decoded = DecodingStream(text, UnicodeDecoder(encoding: encoding))
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try unsafe decoded.read(into: buffer)
  }
}

private struct UnicodeDecoder: FormDecoder {
  static let window = 1 << 15

  let encoding: TextEncoding
  /// The mark may still come.
  private var isAtStart = true

  init(encoding: TextEncoding) { self.encoding = encoding }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    switch encoding {
    case .markedUTF8: strip(input, isAll, &output)
    case .utf16, .utf32: convert(input, isAll, &output)
    }
  }

  private mutating func strip(_ input: Span<UInt8>, _ isAll: Bool, _ output: inout [UInt8]) -> Int {
    guard isAtStart else {
      output.append(input, 0..<input.count)
      return input.count
    }
    guard input.count >= 3 || isAll else { return 0 }
    isAtStart = false
    let mark = input.has("\u{feff}", at: 0) ? 3 : 0
    output.append(input, mark..<input.count)
    return input.count
  }

  private mutating func convert(_ input: Span<UInt8>, _ isAll: Bool, _ output: inout [UInt8]) -> Int {
    let width = encoding.width
    output.reserveCapacity(input.count / width * 3)
    var at = 0
    while input.count - at >= width {
      let unit = encoding.unit(input, at)
      if width == 2, unit & 0xfc00 == 0xd800 {
        guard input.count - at >= 4 else {
          guard isAll else { return at }
          output.append(scalar: 0xfffd)
          at += 2
          continue
        }
        let low = encoding.unit(input, at + 2)
        if low & 0xfc00 == 0xdc00 {
          output.append(scalar: 0x10000 + ((unit & 0x3ff) << 10 | low & 0x3ff))
          at += 4
          isAtStart = false
          continue
        }
      }
      if !isAtStart || unit != 0xfeff { output.append(scalar: unit) }
      isAtStart = false
      at += width
    }
    if isAll, at < input.count {
      output.append(scalar: 0xfffd)
      at = input.count
    }
    return at
  }
}
