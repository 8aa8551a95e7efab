import Bytes

/// Quoted-printable as mails have it, decoded. Escapes that are none stay as they are.
package final class QuotedPrintableStream: ByteStream {
  private let decoded: DecodingStream<QuotedPrintableDecoder>

  /// `text` is the encoded form.
  package init(_ text: any ByteStream) { decoded = DecodingStream(text, QuotedPrintableDecoder()) }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try unsafe decoded.read(into: buffer)
  }

  /// Whether a text without a mail's header, as it was pasted, is quoted-printable beyond doubt: several lines that go
  /// on, escaped `=` or blanks, and no other `=`, which a kernel's command line has dozens of.
  package static func isQuotedPrintable(_ head: Span<UInt8>) -> Bool {
    var (breaks, escapes, plain, others) = (0, 0, 0, 0)
    var at = 0
    while let equals = head.index(of: 61, from: at) {
      at = equals + 1
      switch QuotedPrintableDecoder.mark(head, equals, isAll: false) {
      case .softBreak: breaks += 1
      case .byte(let byte):
        escapes += 1
        if byte == 61 || byte == 32 { plain += 1 }
      case .text: others += 1
      case .undecided: break
      }
    }
    return breaks >= 3 && plain > 0 && others * 16 <= breaks + escapes
  }
}

private struct QuotedPrintableDecoder: FormDecoder {
  static let window = 1 << 13

  enum Mark {
    /// The line goes on, behind so many bytes.
    case softBreak(Int)
    case byte(UInt8)
    case text
    case undecided
  }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while at < input.count {
      guard let equals = input.index(of: 61, from: at) else {
        output.append(input, at..<input.count)
        return input.count
      }
      output.append(input, at..<equals)
      at = equals
      switch Self.mark(input, at, isAll: isAll) {
      case .softBreak(let length): at += length
      case .byte(let byte):
        output.append(byte)
        at += 3
      case .text:
        output.append(61)
        at += 1
      case .undecided: return at
      }
    }
    return at
  }

  /// What the `=` at `at` means.
  static func mark(_ input: Span<UInt8>, _ at: Int, isAll: Bool) -> Mark {
    // Mailers on the way may have put blanks behind the line; more than a line's length of them are none of theirs.
    var end = at + 1
    while end < input.count, end - at < 78, input[end] == 32 || input[end] == 9 { end += 1 }
    if end < input.count {
      if input[end] == 10 { return .softBreak(end + 1 - at) }
      if input[end] == 13 {
        if end + 1 < input.count { return input[end + 1] == 10 ? .softBreak(end + 2 - at) : .text }
        return isAll ? .text : .undecided
      }
      guard let high = Span<UInt8>.hexDigit(input[at + 1]) else { return .text }
      if at + 2 < input.count {
        return Span<UInt8>.hexDigit(input[at + 2]).map { .byte(high << 4 | $0) } ?? .text
      }
    }
    return isAll ? .text : .undecided
  }
}
