import Bytes

/// What a mail's or a part's header says of the body below it.
struct MailHeader {
  enum Transfer {
    case asItIs, quotedPrintable, base64
  }

  /// More of one line of a header is not kept.
  private static let longestField = 1 << 14
  /// No boundary may be longer than 70 characters; mailers are not that strict.
  static let longestBoundary = 256
  private static let longestName = 255

  private enum Field {
    case type, transfer, disposition
  }

  private var isEmpty = true
  private var field: Field?
  private var type: [UInt8] = []
  private var disposition: [UInt8] = []
  private var transferText: [UInt8] = []

  /// Takes a line of the header, whose end is taken off. False if it is none.
  mutating func take(_ line: Span<UInt8>) -> Bool {
    if !isEmpty, Self.goesOn(line) {
      // A line that goes on.
      add(line, 0..<line.count)
      return true
    }
    guard let colon = Self.nameEnd(line) else { return false }
    isEmpty = false
    field = nil
    if colon == 12, line.hasAnyCase("content-type", at: 0), type.isEmpty { field = .type }
    if colon == 25, line.hasAnyCase("content-transfer-encoding", at: 0) { field = .transfer }
    if colon == 19, line.hasAnyCase("content-disposition", at: 0), disposition.isEmpty {
      field = .disposition
    }
    add(line, colon + 1..<line.count)
    return true
  }

  /// Where the colon stands in a line that begins with a field's name; nil if it does not.
  static func nameEnd(_ line: Span<UInt8>) -> Int? {
    var at = 0
    while at < line.count, line[at] > 32, line[at] < 127, line[at] != 58 { at += 1 }
    return at > 0 && at < line.count && line[at] == 58 ? at : nil
  }

  /// Whether a line belongs to the one before it.
  static func goesOn(_ line: Span<UInt8>) -> Bool { line.count > 0 && (line[0] == 32 || line[0] == 9) }

  private mutating func add(_ line: Span<UInt8>, _ range: Range<Int>) {
    switch field {
    case .type: Self.add(line, range, &type)
    case .disposition: Self.add(line, range, &disposition)
    case .transfer: Self.add(line, range, &transferText)
    case nil: break
    }
  }

  private static func add(_ line: Span<UInt8>, _ range: Range<Int>, _ value: inout [UInt8]) {
    let room = max(0, longestField - value.count)
    value.append(line, range.lowerBound..<min(range.upperBound, range.lowerBound + room))
  }

  var transfer: Transfer {
    let text = transferText.span
    let start = text.skipBlanks(from: 0, to: text.count)
    if text.hasAnyCase("base64", at: start) { return .base64 }
    return text.hasAnyCase("quoted-printable", at: start) ? .quotedPrintable : .asItIs
  }

  /// Whether the type begins with `prefix`, in small letters.
  func isType(_ prefix: StaticString) -> Bool {
    let text = type.span
    return text.hasAnyCase(prefix, at: text.skipBlanks(from: 0, to: text.count))
  }

  var hasType: Bool { !type.isEmpty }

  /// What stands between the parts of a multipart body.
  var boundary: [UInt8]? {
    guard isType("multipart/"), let text = Self.parameters(type)["boundary"] else { return nil }
    let boundary = Array(text.utf8)
    return boundary.isEmpty || boundary.count > Self.longestBoundary ? nil : boundary
  }

  /// The name that the sender gave, whatever it is.
  var fileName: String? {
    for (value, key) in [(disposition, "filename"), (type, "name")] {
      if let name = Self.text(key, Self.parameters(value)), !name.isEmpty {
        return String(name.prefix(Self.longestName))
      }
    }
    return nil
  }

  /// A parameter that may come in pieces, with its characters spelled as `%20`: RFC 2231.
  private static func text(_ key: String, _ parameters: [String: String]) -> String? {
    if let plain = parameters[key] { return plain }
    if let spelled = parameters[key + "*"] { return spell(spelled, isFirst: true) }
    var all = ""
    for piece in 0... {
      if let plain = parameters["\(key)*\(piece)"] {
        all += plain
      } else if let spelled = parameters["\(key)*\(piece)*"] {
        all += spell(spelled, isFirst: piece == 0)
      } else {
        return piece == 0 ? nil : all
      }
    }
    return nil
  }

  /// Takes the character set and the language off the first piece. What is not UTF-8 is replaced.
  private static func spell(_ text: String, isFirst: Bool) -> String {
    let all = Array(text.utf8)
    var at = 0
    if isFirst, let first = all.firstIndex(of: 39), let second = all[(first + 1)...].firstIndex(of: 39) {
      at = second + 1
    }
    var bytes: [UInt8] = []
    while at < all.count {
      if all[at] == 37, let byte = all.span.hexadecimal(at + 1, 2) {
        bytes.append(UInt8(byte))
        at += 3
      } else {
        bytes.append(all[at])
        at += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `; name=value` and `; name="value"`, the first of each name.
  private static func parameters(_ value: [UInt8]) -> [String: String] {
    var parameters: [String: String] = [:]
    let text = value.span
    var at = text.index(of: 59) ?? text.count
    while at < text.count {
      // At a semicolon.
      at += 1
      let start = at
      while at < text.count, text[at] != 61, text[at] != 59 { at += 1 }
      guard at < text.count, text[at] == 61 else { continue }
      let name = text.string(text.trimmed(start..<at)).lowercased()
      at = text.skipBlanks(from: at + 1, to: text.count)
      let content = at < text.count && text[at] == 34 ? quoted(text, &at) : word(text, &at)
      if parameters[name] == nil { parameters[name] = content }
      at = text.index(of: 59, from: at) ?? text.count
    }
    return parameters
  }

  private static func word(_ text: Span<UInt8>, _ at: inout Int) -> String {
    let start = at
    while at < text.count, text[at] != 59, text[at] > 32 { at += 1 }
    return text.string(start..<at)
  }

  private static func quoted(_ text: Span<UInt8>, _ at: inout Int) -> String {
    var bytes: [UInt8] = []
    at += 1
    while at < text.count, text[at] != 34 {
      if text[at] == 92, at + 1 < text.count { at += 1 }
      bytes.append(text[at])
      at += 1
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
