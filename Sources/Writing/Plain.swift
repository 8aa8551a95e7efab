/// Text for people.
package enum Plain {
  /// Names and messages come from logs and may hold anything: control bytes are shown, not sent to the terminal.
  package static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        out += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// C0, DEL, C1, the line and paragraph separators, and the marks that reorder or hide text (bidi overrides,
  /// zero width, byte order).
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || (0x200b...0x200f).contains(scalar.value)
      || (0x2028...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      || scalar.value == 0xfeff
  }

  /// Nanoseconds as the kernel prints them: `25.330192`.
  package static func seconds(_ nanoseconds: Int64) -> String {
    let micros = (nanoseconds < 0 ? -nanoseconds : nanoseconds) / 1000
    let fraction = String(micros % 1_000_000)
    return (nanoseconds < 0 ? "-" : "") + "\(micros / 1_000_000)."
      + String(repeating: "0", count: 6 - fraction.count) + fraction
  }

  /// A length of time in the unit that fits it: `12 us`, `3.42 ms`, `1.70 s`.
  package static func duration(_ nanoseconds: Int64) -> String {
    if nanoseconds < 1_000_000 { return "\(nanoseconds / 1000) us" }
    if nanoseconds < 1_000_000_000 { return hundredths(nanoseconds / 10_000) + " ms" }
    return hundredths(nanoseconds / 10_000_000) + " s"
  }

  /// The same in three digits, for where there is little room: `12 us`, `3.42 ms`, `175 ms`.
  package static func brief(_ nanoseconds: Int64) -> String {
    let micros = nanoseconds / 1000
    if micros < 1000 { return "\(micros) us" }
    let (value, unit) = micros < 1_000_000 ? (micros, "ms") : (micros / 1000, "s")
    let whole = String(value / 1000)
    guard whole.count < 3 else { return "\(whole) \(unit)" }
    return "\(whole).\(String(value % 1000 + 1000).dropFirst().prefix(3 - whole.count)) \(unit)"
  }

  /// Seconds as the kernel prints them, without trailing zeros beyond milliseconds.
  package static func tick(_ nanoseconds: Int64) -> String {
    var text = seconds(nanoseconds)
    for _ in 0..<3 where text.last == "0" { text.removeLast() }
    return text
  }

  private static func hundredths(_ value: Int64) -> String {
    let rest = String(value % 100)
    return "\(value / 100)." + (rest.count < 2 ? "0" : "") + rest
  }

  /// Filled up with blanks on the right to `width` characters; a longer text stays whole.
  package static func pad(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
  }

  /// The same on the left, for numbers.
  package static func padLeft(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : String(repeating: " ", count: width - text.count) + text
  }

  /// Without blanks at its end.
  package static func trimmedEnd(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }

  /// At most `width` characters, the last of them an ellipsis if it was cut.
  package static func clip(_ text: String, _ width: Int, ascii: Bool) -> String {
    guard text.count > width, width > 3 else { return text }
    return text.prefix(width - (ascii ? 3 : 1)) + (ascii ? "..." : "…")
  }

  /// Words of `text` on lines of at most `width`; longer words stay whole.
  package static func wrap(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// The same behind blanks, which count: `indent` of them before the first line, `hanging` before the others, whose width all have.
  package static func wrap(_ text: String, _ width: Int, indent: Int, hanging: Int) -> [String] {
    wrap(text, width - hanging).enumerated().map { index, part in
      String(repeating: " ", count: index == 0 ? indent : hanging) + part
    }
  }

  /// `1 device`, `2 devices`; `plural` where that is not the noun with an s.
  package static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
  }
}
