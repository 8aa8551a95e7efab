// `formats` and docs/inputs.md, from the closed lists of what is read and what is refused.
import Inputs
import Records
import Writing

enum FormatsReport {
  /// A table; the first column names the thing.
  private struct Table {
    var title: String
    var text: String
    var columns: [String]
    var rows: [[String]]
    /// Of each row the page that describes it, where there are any.
    var pages: [String] = []
  }

  private static let introduction =
    "Told by content: names and suffixes say nothing. Everything here may be packed, encoded and nested in any order, \(Documents.deepest) times over at most. A name for `--input-format` is for what is not told by itself."

  private static var tables: [Table] {
    [
      Table(
        title: "Formats", text: "What a document is. Any number of one boot may be given.",
        columns: ["--input-format", "what", "from"],
        rows: InputFormat.allCases.map { [$0.id, $0.title, $0.origin] },
        pages: InputFormat.allCases.map(\.page)),
      Table(
        title: "Several in one document",
        text: "The same boot seen twice is one boot, and a warning one finding.",
        columns: ["what"], rows: DocumentSection.allCases.map { [$0.title] }),
      Table(
        title: "Containers", text: "Undone around a document.", columns: ["what", "how"],
        rows: Wrapping.allCases.filter(\.isContainer).map { [$0.title, $0.note] }),
      Table(
        title: "Text forms", text: "Undone likewise. CRLF and terminal escapes are taken off lines.",
        columns: ["what", "how"],
        rows: Wrapping.allCases.filter { !$0.isContainer }.map { [$0.title, $0.note] }),
      Table(
        title: "What a form can decide", text: "Of a kernel log, by what its lines keep.",
        columns: ["keeps", "what that means"], rows: Keeps.allCases.map { [$0.rawValue, $0.sentence] }),
      Table(
        title: "Around a line", text: "Undone for logs and traces.", columns: ["what", "example", "keeps"],
        rows: LineForm.aroundLine.map(row)),
      Table(
        title: "Left of a line", text: "Taken off logs and traces, one layer after the other.",
        columns: ["what", "example", "keeps"], rows: LineForm.leftOfLine.map(row)),
      Table(
        title: "Not read",
        text:
          "Named, and exit status 2. In a folder or an archive they are listed without effect, unless the words of a warning stand in them.",
        columns: ["what", "give instead"], rows: Refusal.allCases.map { [$0.title, $0.advice] }),
    ]
  }

  private static func row(_ form: LineForm) -> [String] { [form.title, form.example, form.keeps.rawValue] }

  static func list(_ style: Style) -> String {
    var out = Plain.wrap(introduction, style.width).joined(separator: "\n") + "\n"
    for table in tables {
      out += "\n" + style.paint(table.title, .bold) + "\n"
      for line in Plain.wrap(table.text, style.width - 2) { out += "  " + line + "\n" }
      out += "\n"
      // Columns but the last are as wide as their longest text; the last is wrapped.
      let widths = (0..<table.columns.count - 1).map { column in
        (table.rows.map { $0[column].count }.max() ?? 0) + 2
      }
      let indent = 2 + widths.reduce(0, +)
      for row in table.rows {
        var line = "  "
        for (column, width) in widths.enumerated() { line += Plain.pad(row[column], width) }
        let parts = Plain.wrap(row[table.columns.count - 1], max(30, style.width - indent))
        out += line + (parts.first ?? "") + "\n"
        for part in parts.dropFirst() { out += Plain.pad("", indent) + part + "\n" }
      }
    }
    return out
  }

  /// docs/inputs.md.
  static func markdown() -> String {
    var out =
      "# Inputs\n\n<!-- Made by `make docs` (proberace formats --format markdown); do not edit. -->\n\n"
    out += introduction + "\n"
    for table in tables {
      out += "\n## \(table.title)\n\n\(table.text)\n\n"
      out += "| \(table.columns.joined(separator: " | ")) |\n|"
      out += String(repeating: "---|", count: table.columns.count) + "\n"
      for (number, row) in table.rows.enumerated() {
        var row = row
        // The page is in docs itself.
        if !table.pages.isEmpty { row[0] = "[\(row[0])](\(table.pages[number].dropFirst("docs/".count)))" }
        out += "|" + zip(table.columns, row).map { cell($1, isCode: $0 == "example") }.joined(separator: "|")
        out += "|\n"
      }
    }
    return out
  }

  private static func cell(_ text: String, isCode: Bool) -> String {
    guard !text.isEmpty else { return " " }
    let text = text.replacing("|", with: "\\|")
    return isCode ? " `\(text)` " : " \(text.replacing("*", with: "\\*").replacing(">", with: "&gt;")) "
  }
}
