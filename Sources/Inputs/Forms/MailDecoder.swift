import Bytes

/// Takes mails apart: gives the bytes of one part after the other, as they were sent, and pauses between them. Nothing
/// that stands around the parts is lost, for a mail may be cut or put together by hand.
struct MailDecoder: FormDecoder {
  static let window = 1 << 15
  /// Longer lines are neither boundaries nor headers.
  private static let longestLine = 1 << 12
  private static let longestHeader = 1 << 17

  /// A part that begins.
  struct Part {
    var name: String
    var transfer: MailHeader.Transfer
    var role = Role.any
  }

  /// What a part is to those beside it.
  enum Role {
    case any
    /// The text that HTML may repeat.
    case plainText
    /// HTML that may say again what plain text has said.
    case repetition
  }

  enum Stop {
    case partBegins(Part)
    case partEnds
  }

  private enum Place {
    case header
    /// In front of a multipart's first part, or behind its last one.
    case outside
    case body
  }

  private(set) var stop: Stop?
  private var place = Place.header
  private var structure = MailStructure()
  private var header = MailHeader()
  private var headerLength = 0
  private var isFirstLine = true
  private var isLineStart = true
  private var wasBlank = false
  /// The part's text is the one that HTML may repeat, and nothing of it has come yet.
  private var expectsPlainText = false
  /// The newline before a boundary belongs to it: to a text it does no harm, to packed data it does.
  private var holdsNewlines = false
  private var heldNewline: [UInt8] = []

  var isPaused: Bool { stop != nil }

  mutating func resume() { stop = nil }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while at < input.count, stop == nil {
      let limit = min(input.count, at + Self.longestLine)
      let newline = input.index(of: 10, from: at, to: limit)
      let isLong = newline == nil && limit - at == Self.longestLine
      guard newline != nil || isLong || isAll || !isLineStart else { return at }
      let end = newline.map { $0 + 1 } ?? limit
      if place == .header, isLong || !isLineStart {
        // A line of a header may be as long as it likes; only its beginning counts.
        headerLength += end - at
        let isHeader = !isLineStart || header.take(input.extracting(at..<end))
        if isHeader, headerLength < Self.longestHeader {
          isLineStart = newline != nil
          at = end
        } else {
          beginBody()
        }
        continue
      }
      if isLineStart, !isLong {
        guard let isTaken = takeLine(input, at..<end, isAll) else { return at }
        if isTaken {
          at = end
          continue
        }
        // A part has ended before this line, or begins with it.
        if stop != nil { return at }
      }
      if place == .header {
        // No blank line stands between the header and the body. What is in it is told anew.
        beginBody()
        continue
      }
      if place == .outside { beginOutside() }
      if stop != nil { return at }
      write(input, at..<end, &output)
      isLineStart = newline != nil
      at = end
    }
    return at
  }

  mutating func finish(into output: inout [UInt8]) {
    switch place {
    case .header where headerLength > 0: beginBody()
    case .body:
      output += heldNewline
      endPart()
      place = .outside
    default: break
    }
  }
}

// MARK: Lines

extension MailDecoder {
  /// Whether a whole line is something else than a part's text, and is used up; nil if the next lines must tell.
  private mutating func takeLine(_ input: Span<UInt8>, _ range: Range<Int>, _ isAll: Bool) -> Bool? {
    let text = input.trimmed(range.lowerBound..<max(range.lowerBound, Self.textEnd(input, range)))
    if isFirstLine {
      if text.isEmpty { return true }
      isFirstLine = false
      if input.has("From ", at: text.lowerBound) {
        structure.beginMailbox()
        return true
      }
    }
    if structure.isMailbox, place != .header, wasBlank || place == .outside,
      input.has("From ", at: range.lowerBound)
    {
      switch isMailStart(input, range.upperBound, isAll) {
      case nil: return nil
      case true?:
        if endPart() { return false }
        structure.beginMail()
        beginHeader()
        return true
      case false?: break
      }
    }
    if input.has("--", at: range.lowerBound),
      let (frame, isLast) = structure.boundary(input, range.lowerBound..<text.upperBound)
    {
      if endPart() { return false }
      structure.pass(frame, isLast)
      if isLast { place = .outside } else { beginHeader() }
      return true
    }
    wasBlank = text.isEmpty
    switch place {
    case .header: return takeHeader(input, range, text)
    case .outside: return text.isEmpty || input.has("This is a", at: text.lowerBound)
    case .body: return false
    }
  }

  private static func textEnd(_ input: Span<UInt8>, _ range: Range<Int>) -> Int {
    input[range.upperBound - 1] == 10 ? range.upperBound - 1 : range.upperBound
  }

  /// Whether a mail's header begins at `start`; nil if more must be seen.
  private func isMailStart(_ input: Span<UInt8>, _ start: Int, _ isAll: Bool) -> Bool? {
    let limit = min(input.count, start + 256)
    guard input.index(of: 10, from: start, to: limit) != nil || limit == start + 256 || isAll else {
      return nil
    }
    let line = input.extracting(start..<limit)
    return line.has(">From ", at: 0) || MailHeader.nameEnd(line) != nil
  }

  private mutating func takeHeader(_ input: Span<UInt8>, _ range: Range<Int>, _ text: Range<Int>) -> Bool {
    headerLength += range.count
    if text.isEmpty {
      beginBody()
      return true
    }
    // The blanks that a line goes on with are its own.
    return headerLength < Self.longestHeader
      && header.take(input.extracting(range.lowerBound..<text.upperBound))
  }

  private mutating func write(_ input: Span<UInt8>, _ range: Range<Int>, _ output: inout [UInt8]) {
    guard place == .body else { return }
    var end = range.upperBound
    if holdsNewlines {
      output += heldNewline
      heldNewline.removeAll()
      if input[end - 1] == 10 {
        end -= end - 1 > range.lowerBound && input[end - 2] == 13 ? 2 : 1
        heldNewline.append(input, end..<range.upperBound)
      }
    }
    output.append(input, range.lowerBound..<end)
    if expectsPlainText, !input.trimmed(range).isEmpty, input[input.trimmed(range).lowerBound] > 32 {
      expectsPlainText = false
      structure.takePlainText()
    }
  }
}

// MARK: Parts

extension MailDecoder {
  /// Says that the part ends, if one does.
  @discardableResult
  private mutating func endPart() -> Bool {
    guard place == .body else { return false }
    place = .outside
    heldNewline.removeAll()
    expectsPlainText = false
    stop = .partEnds
    return true
  }

  private mutating func beginHeader() {
    header = MailHeader()
    headerLength = 0
    place = .header
  }

  /// The header is over.
  private mutating func beginBody() {
    switch structure.body(behind: header) {
    case .mail: beginHeader()
    case .parts: place = .outside
    case .part(let part, let isPacked):
      expectsPlainText = part.role == .plainText
      holdsNewlines = isPacked
      begin(part)
    }
  }

  /// Text where none should be.
  private mutating func beginOutside() {
    holdsNewlines = false
    expectsPlainText = false
    begin(structure.outside())
  }

  private mutating func begin(_ part: Part) {
    place = .body
    stop = .partBegins(part)
  }
}
