import Foundation

/// What happens to logs on their way: serial consoles, mail, several layers at once.
extension Dialect {
  private static func plain(_ line: PlainLine) -> String { "[\(line.stamp)] \(line.message)" }

  static let damage: [Dialect] = [
    Dialect("CRLF") { plain($0) + "\r" },
    Dialect("CR CR LF") { plain($0) + "\r\r" },
    Dialect("CR alone") { log in log.lines.map { plain($0) + "\r" }.joined() },
    Dialect("prompt in front") { "root@smarc-rzg3e:~# " + plain($0) },
    Dialect("output in front") { "Populating /dev using udev: \(plain($0))" },
    Dialect("login and caller") { "syzkaller login: [\($0.stamp)][ T6792] \($0.message)" },
    Dialect("boot loader in front") {
      "Booting from ROM..\u{1b}c\u{1b}[?7l\u{1b}[2J\u{1b}[0m.\r" + plain($0)
    },
    Dialect("another CPU in front") { "   68.938106][ T" + plain($0) },
    Dialect("job mail") { "Job error: " + plain($0) },
    Dialect("dropped") { "** 2395 printk messages dropped ** " + plain($0) },
    Dialect("U+00A0") { "[\($0.stamp)]\u{a0}\($0.message)" },
    Dialect("empty messages between") { plain($0) + "\n[\($0.stamp)]\n[\($0.stamp)] " },
    Dialect("quoted") { "> > " + plain($0) },
    Dialect("quoted patch beside it") { log in
      "> +\t\tdev_WARN(dev, \"late IOMMU probe at driver bind, something fishy here!\\n\");\n"
        + log.text { ">> " + plain($0) }
    },
    Dialect("four blanks") { "    " + plain($0) },
    Dialect("tab") { "\t" + plain($0) },
    Dialect("tab, no stamp", .order) { "\t" + $0.message },
    Dialect("wrapped", .pieces) { log in log.text { wrap(plain($0), 72) } },
    Dialect("quoted and wrapped", .pieces) { log in log.text { wrap("> " + plain($0), 76, "> ") }
    },
    Dialect("wrapped, no stamp", .pieces) { log in
      log.text { wrap("    " + $0.message, 62) }
    },
    Dialect(
      "invalid UTF-8 between",
      bytes: { log in
        log.lines.flatMap { Array(plain($0).utf8) + [10, 0xff, 0xfe, 0xef, 10] }
      }),
    Dialect("two CPUs by caller") { line in
      """
      [\(line.stamp)][    T1] \(line.message)
      [\(line.stamp)][    C0]  other_function+0x1/0x2
      """
    },
  ]

  /// Breaks a long line at blanks as a mail program does; the prefix of a line is never broken.
  private static func wrap(_ line: String, _ width: Int, _ quote: String = "") -> String {
    var rest = line[...]
    var result = ""
    while rest.count > width,
      let blank = rest.prefix(width).lastIndex(of: " "),
      rest[..<blank].contains(": ") || rest[..<blank].dropFirst(20).contains("]") || !result.isEmpty
    {
      result += rest[..<blank] + "\n" + quote
      rest = rest[rest.index(after: blank)...]
    }
    return result + rest
  }

  /// Layers in orders that nobody planned.
  static let stacked: [Dialect] = [
    Dialect("quote, syslog, level, caller") {
      "> Dec  4 \($0.clock(0)) host kernel: <4>[\($0.stamp)][    T1] \($0.message)"
    },
    Dialect("GitLab, quote, dmesg -x, caller") {
      "2024-05-01T\($0.clock())Z 00O > kern  :warn  : [\($0.stamp)] [      T1] \($0.message)"
    },
    Dialect("LAVA, level, Samsung") {
      "- {\"lvl\": \"target\", \"msg\": \(json("<6>[\($0.stamp)]  [0:        swapper:    0] \($0.message)"))}"
    },
    Dialect("Jenkins, journal json") { line in
      let entry = "{\"MESSAGE\":\(json(line.message)),\"_TRANSPORT\":\"kernel\","
      return "[2024-05-01T10:00:00.123Z] " + entry + "\"_SOURCE_MONOTONIC_TIMESTAMP\":\"\(line.micros)\"}"
    },
    Dialect("LAVA, colours, prompt") {
      "- {\"lvl\": \"target\", \"msg\": \(json("\u{1b}[1m# \u{1b}[0m[\($0.stamp)] \($0.message)\u{1b}[0m"))}"
    },
  ]
}
