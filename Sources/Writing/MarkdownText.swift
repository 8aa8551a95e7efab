/// Names and messages in the Markdown that GitHub and GitLab share (https://github.github.com/gfm/).
package enum MarkdownText {
  /// A name as code: HTML's element, as a code span can hold neither backticks nor, in a table, pipes. Mentions and
  /// references (`@name`, `#1`) are not followed in it; addresses are.
  package static func code(_ text: String) -> String { "<code>\(escape(clip(text), inCode: true))</code>" }

  /// A name as a code span, which reads well as plain text too; as `code` does it where it holds what a span cannot.
  package static func name(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789:._-/,@+ ".unicodeScalars.contains($0))
    }
    return isPlain && !text.isEmpty && text.count <= 100 && text.first != " " && text.last != " "
      && !text.contains("//") && !text.contains("www.") ? "`\(text)`" : code(text)
  }

  /// As prose: whatever marks and links stand in it are shown, not followed.
  package static func text(_ text: String) -> String { escape(text, inCode: false) }

  /// Every mark that could mean something is written as a character reference, which is never taken for structure
  /// (GFM 6.2). Control characters are shown. Addresses would become links even in <code>, hence `:`, and the
  /// dot of `www.`. A zero-width space keeps `@name`, `#1` and `a@b.c` from being links; in code, which is copied, an
  /// empty comment does for the last.
  private static func escape(_ text: String, inCode: Bool) -> String {
    var last: Unicode.Scalar = " "
    return Escape.scalars(Plain.safe(text)) { scalar in
      defer { last = scalar }
      return switch scalar {
      case "@" where inCode: "&#64;<!-- -->"
      case "@", "#", "!", "$", "~", "%", "&": "&#\(scalar.value);" + (inCode ? "" : "&#8203;")
      case "<", ">", "|", "`", "*", "_", "[", "]", "\\", "\"", "'", "^", "=", "{", "}", "+", ":":
        "&#\(scalar.value);"
      case "." where last == "w": "&#46;"
      default: nil
      }
    }
  }

  /// At most 400 characters.
  package static func clip(_ text: String) -> String { Plain.clip(text, 400, ascii: false) }
}
