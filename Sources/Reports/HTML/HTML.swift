import Writing

/// Building blocks of HTML and SVG.
package enum HTML {
  /// For element content and for attributes in double quotes. Control characters, and those that reorder text, are
  /// shown as `\x1b`.
  package static func text(_ text: String) -> String {
    Escape.scalars(Plain.safe(text)) { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "'": "&#39;"
      default: nil
      }
    }
  }

  /// Lines of plain text, such as a title's.
  static func lines(_ lines: [String]) -> String { lines.map { text($0) }.joined(separator: "\n") }

  /// A position from 0 to 1 as `12.345%`.
  static func percent(_ part: Double) -> String {
    let thousandths = Int((max(0, min(1, part)) * 100_000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest + "%"
  }

  /// Pixels: whole ones or halves.
  static func px(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(Int(value)) + ".5"
  }
}
