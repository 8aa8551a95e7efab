import Foundation
import TestSupport
import Testing

/// A log or a trace in strings of a language, whole, line by line or in the pieces in which somebody has read it, says what it says as it
/// was printed, to report and to scan.
struct StringsTests {
  private static let inputs = [
    "late-silent-7.3.4/dmesg.txt", "natural-7.3.4/dmesg.txt", "misuse-7.3.4/trace.txt",
    "race-bind-7.2.13-fgraph/trace.txt",
  ]

  /// Whoever writes the strings.
  enum Form: String, CaseIterable, Sendable {
    /// What Python shows of the reads of a serial line, of a list, and of a list that pprint has laid out.
    case reads, logger, list, bytesList, printed
    /// Objects with a string each (QEMU's ringbuf-read), on a line or over several.
    case objects, pretty
    /// PyYAML: the text as one string, with line ends or with carriage returns, or line by line.
    case yaml, yamlReturns, yamlList

    func write(_ lines: [String]) -> String {
      let text = lines.joined(separator: "\n") + "\n"
      let returns = text.replacing("\n", with: "\r\n")
      return switch self {
      case .reads: Self.pieces(returns, 64).map { "b\(Self.python($0))\n" }.joined()
      case .logger:
        Self.pieces(returns, 64).enumerated().map {
          "2026-11-28 10:00:00,\(100 + $0 % 900) DEBUG serial: read b\(Self.python($1))\n"
        }.joined()
      case .list: "[" + lines.map { Self.python($0 + "\n") }.joined(separator: ", ") + "]\n"
      case .bytesList: "[" + lines.map { "b" + Self.python($0 + "\r\n") }.joined(separator: ", ") + "]\n"
      case .printed:
        "["
          + lines.map { line in
            Self.pieces(line + "\r\n", 70).map { "b" + Self.python($0) }.joined(separator: "\n ")
          }
          .joined(separator: ",\n ") + "]\n"
      case .objects: Self.pieces(returns, 700).map { "{\"return\": \(Self.json($0))}\n" }.joined()
      case .pretty:
        "[\n"
          + Self.pieces(returns, 700).map {
            "  {\n    \"message\": \(Self.json($0)),\n    \"type\": \"out\"\n  }"
          }
          .joined(separator: ",\n") + "\n]\n"
      // A line that begins with a blank is not written between apostrophes.
      case .yaml where !lines.contains { $0.hasPrefix(" ") || $0.contains("\t") }:
        "job: 1\nlog: '"
          + lines.map { Self.folded($0.replacing("'", with: "''")) }.joined(separator: "\n\n  ")
          + "\n\n  '\nstatus: done\n"
      case .yaml, .yamlReturns:
        "job: 1\nlog: \"" + Self.glued(Self.json(self == .yaml ? text : returns).dropFirst().dropLast())
          + "\"\nstatus: done\n"
      case .yamlList: "log:\n" + lines.map { "- '\(Self.folded($0.replacing("'", with: "''")))'\n" }.joined()
      }
    }

    private static func pieces(_ text: String, _ size: Int) -> [String] {
      let bytes = Array(text.utf8)
      return stride(from: 0, to: bytes.count, by: size).map {
        String(decoding: bytes[$0..<min($0 + size, bytes.count)], as: UTF8.self)
      }
    }

    /// A carriage return with its line feed is one character, so by scalars.
    private static func escaped(_ text: String) -> String {
      text.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar {
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default: result.unicodeScalars.append(scalar)
        }
      }
    }

    /// Python takes the other quotes where the text has one of them.
    private static func python(_ text: String) -> String {
      let quote = text.contains("'") && !text.contains("\"") ? "\"" : "'"
      return quote + escaped(text).replacing(quote == "'" ? "'" : "\0", with: "\\'") + quote
    }

    private static func json(_ text: String) -> String {
      "\"" + escaped(text).replacing("\"", with: "\\\"") + "\""
    }

    /// Broken at the last single blank before column 80, and written on behind two.
    private static func folded(_ line: String) -> String {
      var (rows, row) = ([String](), "")
      for word in line.split(separator: " ", omittingEmptySubsequences: false) {
        if row.count + word.count > 78, !row.isEmpty, !row.hasSuffix(" "), !word.isEmpty,
          !line.contains("  \(word)")
        {
          rows.append(row)
          row = String(word)
        } else {
          row += row.isEmpty && rows.isEmpty && !line.hasPrefix(" ") ? word : " " + word
        }
      }
      return (rows + [row]).joined(separator: "\n  ")
    }

    /// Broken anywhere but in an escape, behind a backslash; a blank that begins a row has one, too.
    private static func glued(_ text: Substring) -> String {
      var (result, column) = ("", 0)
      var at = text.startIndex
      while at < text.endIndex {
        let isEscape = text[at] == "\\"
        let next = text.index(at, offsetBy: isEscape ? 2 : 1)
        if column > 76 {
          result += "\\\n  " + (text[at] == " " ? "\\" : "")
          column = 0
        }
        result += text[at..<next]
        column += isEscape ? 2 : 1
        at = next
      }
      return result
    }
  }

  @Test(arguments: inputs, Form.allCases) func findingsStay(_ path: String, _ form: Form) throws {
    let lines = try Files.lines(path)
    try Answer.expect(Array(form.write(lines).utf8), saysAs: lines)
  }
}
