import Bytes

/// Base64, decoded. Lines that are none, as mailing lists put them below, are left out.
package final class Base64Stream: ByteStream {
  private let decoded: DecodingStream<Base64Decoder>

  /// `text` is the encoded form.
  package init(_ text: any ByteStream) { decoded = DecodingStream(text, Base64Decoder()) }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try unsafe decoded.read(into: buffer)
  }
}

struct Base64Decoder: FormDecoder {
  static let window = 1 << 13
  /// Lines up to this length are taken or left as a whole: one bad character would shift all that follow.
  private static let longestLine = 1 << 10

  private var bits: UInt32 = 0
  /// Characters that `bits` holds: up to three.
  private var held = 0
  /// The line is longer than `longestLine`: what is no base64 in it is passed over.
  private var isInsideLine = false

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while at < input.count {
      let newline = input.index(of: 10, from: at, to: isInsideLine ? nil : at + Self.longestLine)
      if let newline {
        if isInsideLine || Self.isBase64(input, at..<newline) { take(input, at..<newline, &output) }
        isInsideLine = false
        at = newline + 1
      } else if isInsideLine || input.count - at >= Self.longestLine {
        isInsideLine = true
        take(input, at..<input.count, &output)
        at = input.count
      } else if isAll {
        if Self.isBase64(input, at..<input.count) { take(input, at..<input.count, &output) }
        at = input.count
      } else {
        break
      }
    }
    return at
  }

  mutating func finish(into output: inout [UInt8]) { flush(&output) }

  private mutating func take(_ input: Span<UInt8>, _ range: Range<Int>, _ output: inout [UInt8]) {
    for at in range {
      if let value = Self.value(input[at]) {
        bits = bits << 6 | UInt32(value)
        held += 1
        if held == 4 {
          output.append(UInt8(truncatingIfNeeded: bits >> 16))
          output.append(UInt8(truncatingIfNeeded: bits >> 8))
          output.append(UInt8(truncatingIfNeeded: bits))
          (bits, held) = (0, 0)
        }
      } else if input[at] == 61 {
        flush(&output)
      }
    }
  }

  /// The bytes that a group of two or three characters spells: at padding, or at the end.
  private mutating func flush(_ output: inout [UInt8]) {
    if held == 2 {
      output.append(UInt8(truncatingIfNeeded: bits >> 4))
    } else if held == 3 {
      output.append(UInt8(truncatingIfNeeded: bits >> 10))
      output.append(UInt8(truncatingIfNeeded: bits >> 2))
    }
    (bits, held) = (0, 0)
  }

  static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 65...90: byte - 65
    case 97...122: byte - 71
    case 48...57: byte + 4
    case 43: 62
    case 47: 63
    default: nil
    }
  }

  private static func isBase64(_ input: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let range = input.trimmed(range)
    for at in range where value(input[at]) == nil && input[at] != 61 { return false }
    return true
  }
}
