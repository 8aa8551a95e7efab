import TestSupport

/// Places in a text: its sections, what it may be wrapped in, and how it may be broken.
extension PlantedTests {
  /// A bug report whose kernel log is good, with something in another section.
  private static func bugReport(_ heading: String, _ section: String) -> String {
    """
    == dumpstate: 2026-04-01 12:11:00
    ------ KERNEL LOG (dmesg) ------
    \(goodText)------ 0.035s was the duration of 'KERNEL LOG (dmesg)' ------
    ------ \(heading) ------
    \(section)------ 0.035s was the duration of 'SOMETHING' ------

    """
  }

  static let sections: [Place] = [
    Place("a bug report's other section") { bugReport("TOY STATE (/proc/toy)", $0.text) },
    Place("a bug report's logcat, main buffer") { plant in
      bugReport(
        "SYSTEM LOG (logcat -v threadtime)",
        plant.lines.map { "04-01 12:10:59.000  1407  2908 I ToyService: \($0)\n" }.joined())
    },
    Place("a bug report's LAST KMSG") { bugReport("LAST KMSG (/sys/fs/pstore/console-ramoops)", $0.text) },
    Place("in front of a bug report") { $0.text + bugReport("UPTIME (uptime)", "up\n") },
    Place("behind a bug report") { bugReport("UPTIME (uptime)", "up\n") + $0.text },
    Place("a dropbox entry that is no kernel log") { plant in
      goodText + String(repeating: "=", count: 40)
        + "\n2026-04-01 12:00:00 system_app_strictmode (text, 900 bytes)\n" + plant.text
    },
    Place("behind scissors") {
      before + "------ 8< ------ something else ------ 8< ------\n" + $0.text + behind
    },
    Place("in front of the kernel's hello") { "U-Boot 2024.01\n" + $0.text + goodText },
    Place("a section like a bug report's in a log that is none") {
      goodText + "------ SYSTEM LOG (toy) ------\n" + $0.text
    },
  ]

  private static func json(_ text: String) -> String { Layer.json(text) }

  static let wrapped: [Place] = [
    Place("a CSV cell beside the kernel's") { plant in
      "time,message,note\n"
        + good.map { "1,\"\($0.replacing("\"", with: "\"\""))\",\"\"\n" }.joined()
        + plant.lines.map { "1,\"ok\",\"\($0.replacing("\"", with: "\"\""))\"\n" }.joined()
    },
    Place("a cell with semicolons") { plant in
      goodText + plant.lines.map { "17;\"toy\";\($0)\n" }.joined()
    },
    Place("a JSON string with escapes") { plant in
      before + "{\"case\": \"boot\", \"output\": \(json(plant.text))}\n" + behind
    },
    Place("JSON with escaped blanks") { plant in
      before
        + "{\"case\": \"boot\", \"output\": \(json(plant.text).replacing(" ", with: "\\u0020"))}\n"
        + behind
    },
    Place("JSON in JSON") { plant in
      before + "{\"a\": \(json("{\"b\": " + json(plant.text) + "}"))}\n" + behind
    },
    Place("docker's lines in pieces") { plant in
      good.map { "{\"log\":\(json($0 + "\n")),\"stream\":\"stdout\"}\n" }.joined()
        + plant.lines.map { line in
          let cut = line.index(line.startIndex, offsetBy: line.count / 2)
          return "{\"log\":\(json(String(line[..<cut]))),\"stream\":\"stdout\"}\n"
            + "{\"log\":\(json(line[cut...] + "\n")),\"stream\":\"stdout\"}\n"
        }.joined()
    },
    Place("LAVA's own messages") { plant in
      goodText + plant.lines.map { "- {\"lvl\": \"results\", \"msg\": \(json($0))}\n" }.joined()
    },
    Place("a YAML block") { plant in
      goodText + "results:\n  output: |\n" + plant.lines.map { "    \($0)\n" }.joined()
    },
    Place("an XML report's CDATA") { plant in
      goodText + "<testcase name=\"boot\"><system-out><![CDATA[\(plant.text)]]></system-out></testcase>\n"
    },
    Place("an HTML attribute") { plant in
      "<!DOCTYPE html><html><body><pre>\n\(goodText)</pre><p title=\"\(plant.text)\">x</p></body></html>\n"
    },
    Place("an HTML comment") { plant in
      "<!DOCTYPE html><html><body><pre>\n\(goodText)</pre><!-- \(plant.text) --></body></html>\n"
    },
    Place("an HTML script") { plant in
      "<!DOCTYPE html><html><body><pre>\n\(goodText)</pre><script>var log = `\(plant.text)`;</script></body></html>\n"
    },
    Place("an HTML table") { plant in
      "<!DOCTYPE html><html><body><table>\n"
        + (good + plant.lines).map { line in
          let text = line.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
          return "<tr><td>1</td><td>\(text)</td></tr>\n"
        }.joined() + "</table></body></html>\n"
    },
    Place("HTML, a colour a word") { plant in
      let words = plant.lines.map {
        $0.split(separator: " ", omittingEmptySubsequences: false).map { "<span>\($0)</span>" }.joined(
          separator: " ")
      }
      return
        "<!DOCTYPE html><html><body><pre>\n\(before)\(words.joined(separator: "\n"))\n\(behind)</pre></body></html>\n"
    },
    Place("behind a program's name") { plant in
      before + plant.lines.map { "python[12]: \($0)\n" }.joined() + behind
    },
    Place("a program's line in a syslog") { plant in
      good.map { "Apr  1 12:10:58 board kernel: \($0)\n" }.joined()
        + plant.lines.map { "Apr  1 12:10:58 board toytest[12]: \($0)\n" }.joined()
    },
    Place("printed by a program with printk's stamp") { plant in
      before + "[   14.000000] toydump[811]: \(plant.words)\n" + behind
    },
    Place("a quote in Markdown") { plant in
      before + plant.lines.map { "    > \($0)\n" }.joined() + behind
    },
  ]

  /// As wide as a terminal whose last column is inside the sentence.
  private static func chopped(_ plant: Plant, _ mark: String) -> String {
    let behind = plant.message.split(separator: "IOMMU probe", maxSplits: 1, omittingEmptySubsequences: false)
      .last
    let width = plant.message.count - (behind?.count ?? 0) - 2
    return plant.lines.map { $0.count > width ? $0.prefix(width) + mark + "\n" : $0 + "\n" }.joined()
  }

  static let broken: [Place] = [
    Place("wrapped over five lines with quote marks") { plant in
      let words = plant.words.split(separator: " ")
      let rows = stride(from: 0, to: words.count, by: (words.count + 4) / 5).map { at in
        "> " + words[at..<min(at + (words.count + 4) / 5, words.count)].joined(separator: " ") + "\n"
      }
      return before.split(separator: "\n").map { "> \($0)\n" }.joined() + "> [   14.955627] "
        + rows.joined()
        .dropFirst(2) + behind.split(separator: "\n").map { "> \($0)\n" }.joined()
    },
    Place("split by colours") { plant in
      before + "[   14.955627] "
        + plant.words.split(separator: " ").map { "\u{1b}[1;31m\($0)\u{1b}[0m" }.joined(separator: " ") + "\n"
        + behind
    },
    Place("split by colours in JSON") { plant in
      before
        + "{\"x\": \(json(plant.words.split(separator: " ").map { "\u{1b}[1m\($0)\u{1b}[0m" }.joined(separator: " ")))}\n"
        + behind
    },
    Place("entities between the words") {
      before + "[   14.955627] " + $0.words.replacing(" ", with: "&#32;") + "\n" + behind
    },
    Place("blanks spelled as in an address") {
      before + "[   14.955627] " + $0.words.replacing(" ", with: "%20") + "\n" + behind
    },
    Place("wrapped in a script's comment") {
      before + "# " + $0.words.split(separator: " ").joined(separator: "\n# ") + "\n" + behind
    },
    Place("the HTML of a mail whose text is shorter") {
      "From: a@b\nTo: c@d\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n"
        + "--x\nContent-Type: text/plain\n\n\(goodText)\n--x\nContent-Type: text/html\n\n"
        + "<html><body><pre>\n\(before)\($0.text)\(behind)</pre></body></html>\n--x--\n"
    },
    Place("no-break spaces between the words") {
      before + "[   14.955627] " + $0.words.replacing(" ", with: "\u{a0}") + "\n" + behind
    },
    Place("tabs and many blanks between the words") {
      before + "[   14.955627] " + $0.words.replacing(" ", with: " \t   ") + "\n" + behind
    },
    Place("NUL bytes between the words") {
      before + "[   14.955627] " + $0.words.replacing(" ", with: " \0\0\0\0") + "\n" + behind
    },
    Place("cut in the middle") {
      before + $0.lines[0...0].filter { $0.contains("late") }.joined()
        + String($0.message.prefix($0.message.count / 2 + 20))
    },
    Place("cut behind the message") { before + $0.message },
    Place("without a newline at all") { plant in
      (good + plant.lines).joined(separator: " ")
    },
    Place("carriage returns for newlines") { (before + $0.text + behind).replacing("\n", with: "\r") },
    Place("chopped by a pager") { before + chopped($0, ">") + behind },
    Place("chopped by journalctl") { before + chopped($0, "\u{2026}") + behind },
    Place("chopped at a column") { before + chopped($0, "") + behind },
    Place("the left column of diff -y") { before + chopped($0, "\t      <") + behind },
    Place("a column of pr -m") { before + chopped($0, " [   14.955627] toy toy0: ready") + behind },
    Place("twice") { before + $0.lines.map { "\($0)\n\($0)\n" }.joined() + behind },
    Place("in a line of 3 MB") { plant in
      before + String(repeating: "x", count: 3 << 20) + " " + plant.lines.joined(separator: " ")
        + String(repeating: "y", count: 1 << 16) + "\n" + behind
    },
    Place("at the seam of what is read at once") { plant in
      // The reader takes runs of 64 KiB to 1 MiB: wherever it cuts, the message stands there once.
      let message = plant.message + "\n"
      let filler = String(repeating: "[    1.000000] toy: filler\n", count: (1 << 16) / 27)
      return before + (0..<18).map { _ in filler }.joined() + String(repeating: "z", count: 40) + "\n"
        + message
        + filler + behind
    },
    Place("behind a hole of NUL bytes") { before + String(repeating: "\0", count: 5000) + $0.text + behind },
    Place("behind a hole, on its line") { before + String(repeating: "\0", count: 4096) + $0.message + "\n" },
    Place("other threads' lines in between") { plant in
      before + plant.lines.map { "\($0)\n[   14.956000] toy toy0: something else\n" }.joined() + behind
    },
  ]
}
