/// A line of a kernel's configuration, as board facts and /boot have it.
package enum ConfigLine {
  /// `CONFIG_KPROBES=y` is `KPROBES`, `y`; `# CONFIG_KPROBES is not set` is `KPROBES`, `n`. Nil: another line.
  package static func read(_ line: some StringProtocol) -> (name: String, value: String)? {
    let prefix = "CONFIG_"
    if line.hasPrefix("# " + prefix) {
      return (String(line.dropFirst(2 + prefix.count).prefix { $0 != " " }), "n")
    }
    guard line.hasPrefix(prefix), let equals = line.firstIndex(of: "=") else { return nil }
    return (String(line[..<equals].dropFirst(prefix.count)), String(line[line.index(after: equals)...]))
  }
}
