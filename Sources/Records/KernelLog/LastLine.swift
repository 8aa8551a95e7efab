import Bytes

/// The last line of a log when no newline follows it.
public enum LastLine {
  /// Whether it is whole all the same: a serial console waits for input (`login: `, `# `), or the kernel has ended with
  /// a panic. Anything else may be a message that was cut.
  public static func isWhole(_ line: Span<UInt8>) -> Bool {
    let text = line.trimmed(0..<line.count)
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
}
