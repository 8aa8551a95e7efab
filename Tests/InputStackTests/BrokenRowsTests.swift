import Foundation
import TestSupport
import Testing

/// A log or a trace that was broken at a last column by something that says so, and in tables: it says what it says as it was printed, to
/// report and to scan.
struct BrokenRowsTests {
  private static let inputs = [
    "late-silent-7.3.4/dmesg.txt", "natural-7.3.4/dmesg.txt", "misuse-7.3.4/trace.txt",
    "race-bind-7.2.13-fgraph/trace.txt",
  ]

  enum Writer: String, CaseIterable, Sendable {
    /// A backslash in the last column.
    case emacs
    /// The same, and a dollar behind each line.
    case sed
    /// Numbers, which the rests of lines lack.
    case bat, less
    /// Columns that end with a bar.
    case mysql, sqlite, markdown

    func write(_ lines: [String]) -> String {
      let lines = lines.map { $0.replacing("\t", with: "        ") }
      return switch self {
      case .emacs: lines.map { Self.rows($0, 79).joined(separator: "\\\n") + "\n" }.joined()
      case .sed:
        lines.map { Self.rows($0.replacing("\\", with: "\\\\"), 69).joined(separator: "\\\n") + "$\n" }
          .joined()
      case .bat:
        "───────┬────\n       │ File: toy\n───────┼────\n"
          + lines.enumerated().map {
            Self.right($0 + 1, 4) + "   │ " + Self.rows($1, 72).joined(separator: "\n       │ ") + "\n"
          }.joined()
      case .less:
        lines.enumerated().map {
          Self.right($0 + 1, 7) + " " + Self.rows($1, 72).joined(separator: "\n        ") + "\n"
        }.joined()
      case .mysql: "+---+---+\n" + Self.table(lines, "|") + "+---+---+\n"
      case .sqlite: "┌───┬───┐\n" + Self.table(lines, "│") + "└───┴───┘\n"
      case .markdown: "| # | line |\n|---|---|\n" + lines.enumerated().map { "| \($0) | \($1) |\n" }.joined()
      }
    }

    private static func right(_ number: Int, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - "\(number)".count)) + "\(number)"
    }

    private static func rows(_ line: String, _ columns: Int) -> [String] {
      let letters = Array(line)
      guard letters.count > columns else { return [line] }
      return stride(from: 0, to: letters.count, by: columns).map {
        String(letters[$0..<min($0 + columns, letters.count)])
      }
    }

    private static func table(_ lines: [String], _ bar: String) -> String {
      lines.enumerated().map {
        let blanks = String(repeating: " ", count: max(0, 240 - $1.count))
        let number = "\($0)"
        return
          "\(bar) \(number)\(String(repeating: " ", count: 4 - number.count)) \(bar) \($1)\(blanks) \(bar)\n"
      }.joined()
    }
  }

  @Test(arguments: inputs, Writer.allCases) func findingsStay(_ path: String, _ writer: Writer) throws {
    let lines = try Files.lines(path)
    try Answer.expect(Array(writer.write(lines).utf8), saysAs: lines)
  }

  /// Where something else hides a trace's entries, it is no pass.
  @Test func entriesThatAreHidden() throws {
    let lines = try Files.lines("misuse-7.3.4/trace.txt")
    let hidden = lines.map { $0.hasPrefix("#") ? $0 : "(toy " + $0.replacing("[", with: "{") }
    #expect(Answer.report(Array((hidden.joined(separator: "\n") + "\n").utf8)).exit == 2)
  }
}
