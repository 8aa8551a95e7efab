// The body of a function in a file of C, without what the compiler does not read.
struct CSource {
  /// Comments and the insides of strings are blanks; lines stay where they are.
  private let code: [UInt8]

  init(_ bytes: [UInt8]) { code = Self.blanked(bytes) }

  /// A function's body: its code without any blanks, and on which line each byte of that stands, from 1.
  struct Body {
    var text: [UInt8] = []
    var lines: [Int] = []
    /// The preprocessor decides what is in it.
    var isConditional = false

    /// The line on which this begins; nil if it is not there.
    func line(of shape: String) -> Int? {
      let shape = Array(shape.utf8)
      guard text.count >= shape.count else { return nil }
      return (0...text.count - shape.count).first { text[$0..<$0 + shape.count].elementsEqual(shape) }
        .map { lines[$0] }
    }
  }

  /// Nil if the file does not define it, or not once.
  func body(of function: String) -> Body? {
    let starts = definitions(of: Array(function.utf8))
    guard starts.count == 1, let (open, line) = starts.first else { return nil }
    var body = Body()
    var depth = 0
    var current = line
    for byte in code[open...] {
      switch byte {
      case 10: current += 1
      case 9, 13, 32: break
      default:
        if byte == UInt8(ascii: "#") { body.isConditional = true }
        depth += byte == UInt8(ascii: "{") ? 1 : byte == UInt8(ascii: "}") ? -1 : 0
        body.text.append(byte)
        body.lines.append(current)
        if depth == 0 { return body }
      }
    }
    return nil
  }

  /// The opening braces of what `name` names at the left margin, and their lines.
  private func definitions(of name: [UInt8]) -> [(open: Int, line: Int)] {
    var found: [(Int, Int)] = []
    var line = 1
    var lineStart = 0
    for at in code.indices {
      if code[at] == 10 {
        line += 1
        lineStart = at + 1
        continue
      }
      // Definitions begin at the margin; what a body calls is indented.
      guard code[at] == name[0], !Self.isSpace(code[lineStart]), code[lineStart] != UInt8(ascii: "#"),
        at == 0 || !Self.isWord(code[at - 1]), at + name.count < code.count,
        code[at..<at + name.count].elementsEqual(name), code[at + name.count] == UInt8(ascii: "(")
      else { continue }
      var end = at + name.count
      var braceLine = line
      while end < code.count, code[end] != UInt8(ascii: "{"), code[end] != UInt8(ascii: ";") {
        if code[end] == 10 { braceLine += 1 }
        end += 1
      }
      if end < code.count, code[end] == UInt8(ascii: "{") { found.append((end, braceLine)) }
    }
    return found
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }
  private static func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte | 0x20 >= 97 && byte | 0x20 <= 122 || byte >= 48 && byte <= 57
  }

  private static func blanked(_ bytes: [UInt8]) -> [UInt8] {
    enum State { case code, line, block, text(UInt8) }
    var code = bytes
    var state = State.code
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      let next = at + 1 < bytes.count ? bytes[at + 1] : 0
      switch state {
      case .code:
        switch (byte, next) {
        case (UInt8(ascii: "/"), UInt8(ascii: "/")): state = .line
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
          state = .block
          code[at + 1] = 32
          at += 1
        case (UInt8(ascii: "\""), _), (UInt8(ascii: "'"), _): state = .text(byte)
        default: break
        }
        if case .code = state {} else if case .text = state {} else { code[min(at, bytes.count - 1)] = 32 }
        if case .block = state { code[at - 1] = 32 }
      case .line: if byte == 10 { state = .code } else { code[at] = 32 }
      case .block:
        if byte == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
          code[at] = 32
          code[at + 1] = 32
          at += 1
          state = .code
        } else if byte != 10 {
          code[at] = 32
        }
      case .text(let quote):
        if byte == quote {
          state = .code
        } else if byte == 10 {
          // A string ends with its line, whatever it lacks.
          state = .code
        } else {
          if byte == UInt8(ascii: "\\"), next != 10, at + 1 < bytes.count {
            code[at + 1] = 32
            code[at] = 32
            at += 1
          } else {
            code[at] = 32
          }
        }
      }
      at += 1
    }
    return code
  }
}
