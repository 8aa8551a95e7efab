/// Who collects lines, shows them, or keeps them.
extension Dialect {
  private static func plain(_ line: PlainLine) -> String { "[\(line.stamp)] \(line.message)" }

  static let collectors: [Dialect] = [
    Dialect("ts") { "Nov 27 \($0.clock(0)) " + plain($0) },
    Dialect("ts, no stamp", .order) { "Nov 27 \($0.clock(0)) \($0.message)" },
    Dialect("ts -s") { "00:00:12 " + plain($0) },
    Dialect("ts %.s") { "1775045458.\($0.stamp.suffix(6)) " + plain($0) },
    Dialect("minicom") { "[2026-11-27 \($0.clock(3))] " + plain($0) },
    Dialect("minicom, no stamp", .order) { "[2026-11-27 \($0.clock(0))] \($0.message)" },
    Dialect("tio") { "[\($0.clock(3))] " + plain($0) },
    Dialect("tio, no stamp", .order) { "[\($0.clock(3))] \($0.message)" },
    Dialect("tio, iso8601") { "[2026-11-27T\($0.clock(3))] " + plain($0) },
    Dialect("grabserial") { "[\($0.stamp.filter { $0 != " " }) 0.000456] " + plain($0) },
    Dialect("grabserial, no stamp", .order) { "[0.000123 0.000456] \($0.message)" },
    Dialect("ser2net") { "2026/11/27 \($0.clock(0)) " + plain($0) },
    Dialect("date and time, no stamp", .order) { "2026-11-27 \($0.clock(3)) \($0.message)" },
    Dialect("conserver") { plain($0) + "\n[-- MARK -- Fri Nov 27 10:00:00 2026]" },
    Dialect("Tera Term") { "[Fri Nov 27 \($0.clock(3)) 2026] " + plain($0) },
    Dialect("Jenkins, zone") { "[2024-05-01T\($0.clock(3))+0200] " + plain($0) },
    Dialect("Jenkins, elapsed") { "\($0.clock(0))  " + plain($0) },
    Dialect("TeamCity") { "[\($0.clock(0))]:\t " + plain($0) },
    Dialect("TeamCity, warnings") { "[\($0.clock(0))]W:\t [Step 1/3] \($0.message)" },
    Dialect("TeamCity, no stamp", .order) { "[\($0.clock(0))] :\t [Step 1/3] \($0.message)" },
    Dialect("Buildkite") { "\u{1b}_bk;t=1700000000000\u{7}" + plain($0) },
    Dialect("Buildkite, no stamp", .order) { "\u{1b}_bk;t=1700000000000\u{7}\($0.message)" },
    Dialect("Buildkite, escape lost", .order) { "_bk;t=1700000000000\u{7}\($0.message)" },
    Dialect("Azure", .order) { "2024-05-01T\($0.clock())7Z \($0.message)" },
    Dialect("GitHub's file") { log in "\u{feff}" + log.text { "2024-05-01T\($0.clock())7Z " + plain($0) } },
    Dialect("a link in it") { "\u{1b}]8;;https://example.org/1\u{1b}\\\(plain($0))\u{1b}]8;;\u{1b}\\" },
  ]

  private static func numbered(_ log: PlainLog, _ write: (Int, PlainLine) -> String) -> String {
    log.lines.enumerated().map { write($0.offset + 8, $0.element) + "\n" }.joined()
  }

  static let tools: [Dialect] = [
    Dialect("bar") { "| " + plain($0) },
    Dialect("bar, no stamp", .order) { "| " + $0.message },
    Dialect("bar and tab, no stamp", .order) { "|\t" + $0.message },
    Dialect("bars and marks", .order) { "> | > " + $0.message },
    Dialect("bar and mark", .order) { "|> " + $0.message },
    Dialect("colon", .order) { ": " + $0.message },
    Dialect("grep -n") { log in numbered(log) { "\($0):" + plain($1) } },
    Dialect("grep -n, no stamp", .order) { log in numbered(log) { "\($0):\($1.message)" } },
    Dialect("grep -A") { log in
      numbered(log) { "\($0)\($1.message.contains("late IOMMU") ? ":" : "-")" + plain($1) }
    },
    Dialect("grep -Hn") { log in numbered(log) { "logs/dmesg.txt:\($0):" + plain($1) } },
    Dialect("grep -Hn, no stamp", .order) { log in numbered(log) { "dmesg.txt:\($0):\($1.message)" } },
    Dialect("grep -H -A") { log in numbered(log) { "logs/boot-1.log-\($0)-<4>" + plain($1) } },
    Dialect("grep -H") { "logs/3/kern:" + plain($0) },
    Dialect("grep -H, no stamp", .order) { "serial.log:" + $0.message },
    Dialect("cat -n") { log in numbered(log) { "\(String("     \($0)".suffix(6)))\t" + plain($1) } },
    Dialect("cat -n, no stamp", .order) { log in
      numbered(log) { "\(String("     \($0)".suffix(6)))\t" + $1.message }
    },
    Dialect("docker compose") { "web_1  | " + plain($0) },
    Dialect("docker compose, no stamp", .order) { "board-farm-1  | " + $0.message },
    Dialect("docker compose, named") { "console   | " + plain($0) },
    Dialect("kubectl --prefix", .order) { "[pod/board-0/console] " + $0.message },
    Dialect("CRI") { "2026-11-27T10:00:00.123456789Z stdout F " + plain($0) },
    Dialect("CRI, no stamp", .order) { "2026-11-27T10:00:00.123456789+00:00 stderr F " + $0.message },
    Dialect("CRI, in pieces") { line in
      let text = plain(line)
      let half = text.index(text.startIndex, offsetBy: text.count / 2)
      let date = "2026-11-27T10:00:00.123456789Z stdout"
      return "\(date) P \(text[..<half])\n\(date) F \(text[half...])"
    },
  ]

  static let stores: [Dialect] = [
    Dialect("LAVA, YAML") { line in
      let date = "2018-02-16T\(line.clock())"
      return """
        - {dt: '\(date)', lvl: debug, msg: 'x y: late IOMMU probe at driver bind, z'}
        - {dt: '\(date)', lvl: target, msg: '\("[\(line.stamp)] \(line.message)".replacing("'", with: "''"))'}
        - {dt: '\(date)', lvl: results, msg: {case: a, 'b''c': '}', duration: 1.5}}
        """
    },
    Dialect("LAVA, YAML, double quotes") {
      "- {dt: \"2018-02-16T\($0.clock())\", lvl: feedback, msg: \(json(plain($0)).dropLast())\\e[0m\"}"
    },
    Dialect("docker's json-file") {
      "{\"log\":\(json(plain($0) + "\n")),\"stream\":\"stdout\",\"time\":\"2026-11-27T10:00:00.1Z\"}"
    },
    Dialect("docker's json-file, in pieces") { line in
      let text = plain(line) + "\n"
      let half = text.index(text.startIndex, offsetBy: text.count / 2)
      return [text[..<half], text[half...]].map {
        "{\"log\":\(json(String($0))),\"stream\":\"stdout\",\"time\":\"2026-11-27T10:00:00.1Z\"}"
      }.joined(separator: "\n")
    },
    Dialect("Fluent Bit") {
      "{\"log\":\(json(plain($0))),\"stream\":\"stdout\",\"kubernetes\":{\"pod_name\":\"x\"}}"
    },
    Dialect("structured log") {
      "{\"time\":\"10:00\",\"level\":\"info\",\"msg\":\"console\",\"line\":\(json(plain($0)))}"
    },
    Dialect("structured log, a field of any name") {
      "{\"host\":\"x\",\"body\":{\"v\":\(json(plain($0)))}}"
    },
    Dialect("one answer, many strings") { log in
      "{\"values\":[" + log.lines.map { "[\"17\", \(json(plain($0)))]" }.joined(separator: ", ") + "]}"
    },
    Dialect("one answer, one string") { log in
      "{\"Output\":\(json(log.text { plain($0) }))}\n"
    },
    Dialect("logfmt") { "ts=1 msg=\"\(plain($0))\" host=x" },
    Dialect("a list in a script") { "  '\(plain($0))'," },
    Dialect("a list of strings in JSON") { "    \(json(plain($0)))," },
    Dialect("an element a line") { "<line n=\"1\">\(plain($0))</line>" },
    Dialect("cat -A") { "\(plain($0))$" },
    Dialect("structured log, no stamp", .order) { "{\"message\": \(json($0.message)), \"host\": \"x\"}" },
    Dialect("structured log, pretty") {
      "  {\n    \"host\": \"x\",\n    \"message\": \(json(plain($0))),\n    \"level\": 3\n  },"
    },
    Dialect("structured log, pretty, with capitals") {
      "  {\n    \"Id\": \"x\",\n    \"Message\": \(json(plain($0)))\n  },"
    },
    Dialect("a text in pretty JSON, behind prose") { log in
      "{\n  \"id\": 1,\n  \"body\": \(json("look:\n```\n" + log.text { plain($0) } + "```\n")),\n  \"n\": 2\n}\n"
    },
    Dialect("journal by a collector", .nothing) { line in
      """
      {"message":\(json(line.message)),"SYSLOG_IDENTIFIER":"kernel","host":"x"}
      {"message":"a b: late IOMMU probe at driver bind, x","SYSLOG_IDENTIFIER":"sshd","host":"x"}
      """
    },
    Dialect("CSV") { "2026-11-27T10:00:00Z,\(csv(plain($0)))" },
    Dialect("CSV, all quoted") { "\"2026-11-27\",\"host\",\(csv(plain($0))),\"3\"" },
    Dialect("CSV, semicolons") { "12;\(csv(plain($0)))" },
    Dialect("CSV, tabs") { "x\t\(csv(plain($0)))" },
    Dialect("tabs, no quotes") { "2026-11-27T10:00:00\tboard\t\(plain($0))" },
    Dialect("CSV, one column") { csv(plain($0)) },
    Dialect("CSV with names, no stamp", .order) { log in
      "\"time\",\"message\",\"level\"\n" + log.text { "\"10:00:00\",\(csv($0.message)),\"warn\"" }
    },
    Dialect("CSV, quoted where needed", .order) { log in
      "time;message\n"
        + log.text {
          "10:00:00;" + ($0.message.contains { ";\" ".contains($0) } ? csv($0.message) : $0.message)
        }
    },
  ]

  private static func csv(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
}
