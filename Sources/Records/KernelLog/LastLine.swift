import Bytes

/// The last line of a document when no newline follows it.
package enum LastLine: Sendable {
  /// It is whole all the same.
  case whole
  /// Whether it is whole is not known, but no finding hangs on it.
  case open
  /// What was cut off may be part of a warning, of a group's line or of a trace.
  case hides

  /// `run`: lines up to the end of the document.
  package init(_ run: Span<UInt8>, isTrace: Bool) {
    var start = run.count
    while start > 0, run[start - 1] != 10, run[start - 1] != 13 { start -= 1 }
    var text: [UInt8] = []
    LineCleaner.clean(run.extracting(start..<run.count), into: &text)
    let line = text.span
    let body = line.trimmed(0..<line.count)
    if body.isEmpty || Self.isWhole(line) {
      self = .whole
    } else {
      self = isTrace || Self.mayHide(line, body) ? .hides : .open
    }
  }

  /// Whether it is whole all the same: a serial console waits for input (`login: `, `# `), or the kernel has ended with
  /// a panic. Anything else may be a message that was cut.
  private static func isWhole(_ line: Span<UInt8>) -> Bool {
    let text = line.trimmed(0..<line.count)
    // The end of a document in JSON.
    if text.lowerBound == 0,
      text.allSatisfy({ line[$0] == UInt8(ascii: "}") || line[$0] == UInt8(ascii: "]") })
    {
      return true
    }
    if line.ends(text, with: "]---") { return line.index(of: "---[ end Kernel panic") != nil }
    guard !text.isEmpty, text.count < 80, !beginsAsLog(line, text) else { return false }
    let last = line[text.upperBound - 1]
    return last == UInt8(ascii: "#") || last == UInt8(ascii: "$") || last == UInt8(ascii: ">")
      || line.ends(text, with: "login:") || line.ends(text, with: "assword:")
  }

  /// `[   12.3` and `<6>[` are a log's, `[root@board ~]# ` is a prompt; no prompt begins with a date.
  private static func beginsAsLog(_ line: Span<UInt8>, _ text: Range<Int>) -> Bool {
    let first = line[text.lowerBound]
    guard first == UInt8(ascii: "[") else { return first == UInt8(ascii: "<") || first &- 48 < 10 }
    let next = line.skipBlanks(from: text.lowerBound + 1, to: text.upperBound)
    return next == text.upperBound || line[next] &- 48 < 10
  }

  /// What the rules read of a device's line, and what begins a report.
  private static let sentences: [StaticString] = [
    "late IOMMU probe at driver bind, something fishy here!", "Adding to iommu group ",
    "Removing from iommu group ",
    "deferred probe timeout, ignoring dependency", "ignoring dependency for device, assuming no driver",
    "------------[ cut here ]------------", "WARNING: ", "Failed to add to iommu group",
    "Failed to register iommu",
  ]

  /// Whether the text that begins last in the line may be the beginning of one of those.
  private static func mayHide(_ line: Span<UInt8>, _ body: Range<Int>) -> Bool {
    // A stamp that is cut itself: whatever it was, nothing of its text is here.
    let start = LogPrefix.parse(line).text
    guard start < body.upperBound else { return false }
    var begin = line.skipBlanks(from: start, to: body.upperBound)
    // Behind `DRIVER DEVICE: `, or where the line begins.
    var at = begin
    while let colon = line.index(of: ": ", from: at, to: body.upperBound) {
      if isBeginning(line, begin..<body.upperBound) { return true }
      begin = colon + 2
      at = begin
    }
    return begin < body.upperBound && isBeginning(line, begin..<body.upperBound)
  }

  /// Whether a sentence begins with all of the text, or the text with a sentence's first words.
  private static func isBeginning(_ line: Span<UInt8>, _ text: Range<Int>) -> Bool {
    sentences.contains { sentence in
      sentence.withUTF8Buffer { words in
        let count = min(text.count, words.count, 12)
        guard count >= 3 else { return false }
        // In bounds: count is no more than there are.
        return (0..<count).allSatisfy { unsafe words[$0] == line[text.lowerBound + $0] }
      }
    }
  }
}
