import Foundation
import TestSupport
import Testing

/// The warning, wherever it may stand: it comes to a finding or to exit status 2, and never to a pass.
struct PlantedTests {
  /// What is planted: lines with printk's stamps.
  struct Plant: Sendable, CustomStringConvertible {
    var description: String
    var lines: [String]

    /// The message's line, of which the others are the block.
    var message: String { lines.first { $0.contains("late IOMMU probe") } ?? "" }
    /// Without its stamp.
    var words: String { String(message.drop { $0 != "]" }.dropFirst(2)) }
    var text: String { lines.map { $0 + "\n" }.joined() }
  }

  struct Place: Sendable, CustomStringConvertible {
    var description: String
    var make: @Sendable (Plant) -> [UInt8]

    init(_ description: String, _ make: @escaping @Sendable (Plant) -> String) {
      self.init(bytes: description) { Array(make($0).utf8) }
    }

    init(bytes description: String, _ make: @escaping @Sendable (Plant) -> [UInt8]) {
      self.description = description
      self.make = make
    }
  }

  static let plants: [Plant] = {
    let lines = (try? Files.lines("late-rebind-7.3.4/dmesg.txt")) ?? []
    guard let message = lines.firstIndex(where: { $0.contains("late IOMMU probe") }),
      let end = lines[message...].firstIndex(where: { $0.contains("end trace") })
    else { return [] }
    return [
      Plant(description: "the whole block", lines: Array(lines[(message - 1)...end])),
      Plant(description: "the message alone", lines: [lines[message]]),
    ]
  }()

  /// A boot without a fault, from the kernel's hello to user space.
  static let good: [String] = {
    let lines = (try? Files.lines("clean-7.3.4/dmesg.txt")) ?? []
    return lines.prefix(60) + lines.suffix(40)
  }()
  static let goodText = good.map { $0 + "\n" }.joined()
  private static let half = good.count / 2
  private static let before = good.prefix(half).map { $0 + "\n" }.joined()
  private static let behind = good.suffix(good.count - half).map { $0 + "\n" }.joined()

  @Test func withoutThePlantItIsAPass() throws {
    #expect(Self.plants.count == 2 && Self.plants[0].lines.count > 20 && !Self.plants[1].words.isEmpty)
    let folder = try TemporaryFolder()
    let bytes = Array(Self.goodText.utf8)
    #expect(Answer.report(bytes).exit == 0 && Answer.report(bytes).findings.isEmpty)
    #expect(try Answer.scan(bytes, in: folder) == Answer.report(bytes))
  }

  @Test func thereAreThirtyOddPlaces() { #expect(Self.places.count > 35) }

  @Test(arguments: places, plants) func isNeverAPass(_ place: Place, _ plant: Plant) throws {
    let folder = try TemporaryFolder()
    let bytes = place.make(plant)
    let report = Answer.report(bytes)
    let scan = try Answer.scan(bytes, in: folder)
    #expect(report.exit == 2 || !report.findings.isEmpty, "report: \(report)")
    #expect(scan.exit == 2 || !scan.findings.isEmpty, "scan: \(scan)")
  }

  /// A second copy must not hide that there is one, nor count twice.
  @Test func twiceIsOnce() throws {
    let plant = Self.plants[0]
    let doubled = plant.lines.map { "\($0)\n\($0)\n" }.joined()
    #expect(Answer.report(Array((Self.before + doubled + Self.behind).utf8)).findings.count == 1)
  }

  // MARK: the places

  static let places = sections + wrapped + broken + beside + documents

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

  private static let sections: [Place] = [
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

  private static let wrapped: [Place] = [
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

  private static let broken: [Place] = [
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

  private static let trace: [String] = {
    let text = (try? Files.bytes(Files.field("fg-base.txt"))) ?? []
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }()

  private static let event = "      modprobe-301     [001] d....     5.100000: "

  private static func utf(_ text: String, _ width: Int) -> [UInt8] {
    width == 2
      ? text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      : text.unicodeScalars.flatMap { [UInt8($0.value & 255), UInt8($0.value >> 8 & 255), 0, 0] }
  }

  private static let beside: [Place] = [
    Place("a trace's console event") { plant in
      "# tracer: nop\n" + plant.lines.map { "\(event)console: \($0)\n" }.joined()
    },
    Place("a trace's marker") { "# tracer: nop\n\(event)tracing_mark_write: \($0.words)\n" },
    Place("a comment in a trace's header") {
      "# tracer: nop\n#\n# \($0.words)\n#\n\(event)rp: (really_probe+0x0/0x3f8)\n"
    },
    Place("a comment in a function graph") { plant in
      trace.joined(separator: "\n")
        + "\n    2.900000 |   2)  kworker-77   |               |  /* \(plant.words) */\n"
    },
    Place("behind a trace") { trace.joined(separator: "\n") + "\n" + $0.text },
    Place("between two traces") {
      trace.joined(separator: "\n") + "\n" + $0.text + trace.joined(separator: "\n") + "\n"
    },
    Place(bytes: "UTF-16 half-way of an ASCII file") {
      Array(before.utf8) + utf($0.text, 2) + Array(behind.utf8)
    },
    Place(bytes: "ASCII half-way of a UTF-16 file") {
      [0xff, 0xfe] + utf(before, 2) + Array($0.text.utf8) + utf(behind, 2)
    },
    Place(bytes: "UTF-32") { [0xff, 0xfe, 0, 0] + utf(before + $0.text + behind, 4) },
    Place(bytes: "a member of a tar beside good logs") {
      tarred([
        ("a.log", Array(goodText.utf8)), ("notes", Array($0.text.utf8)), ("b.log", Array(goodText.utf8)),
      ])
    },
    Place(bytes: "a picture by name in a zip") {
      zipped([("a.log", Array(goodText.utf8)), ("picture.png", Array($0.text.utf8))], isStored: false)
    },
    Place(bytes: "behind the end of a gzip") {
      deflated(Array(goodText.utf8), windowBits: 31) + Array($0.text.utf8)
    },
    Place(bytes: "a gzip's second member") {
      deflated(Array(goodText.utf8), windowBits: 31) + deflated(Array($0.text.utf8), windowBits: 31)
    },
    Place(bytes: "a gzip that is cut") { plant in
      Array(deflated(Array((goodText + plant.text).utf8), windowBits: 31).dropLast(12))
    },
    Place(bytes: "behind the end of a tar") {
      tarred([("a.log", Array(goodText.utf8))]) + Array($0.text.utf8)
    },
    Place("a mail's attachment") { plant in mail("base64", Layer.base64(Array(plant.text.utf8))) },
    Place("a quoted-printable attachment") { plant in
      mail("quoted-printable", Layer.quotedPrintable(Array(plant.text.utf8)))
    },
    Place("a mail's preamble") { plant in
      mail("7bit", goodText).replacing("\n\n--=-b\n", with: "\n\n\(plant.text)\n--=-b\n", maxReplacements: 1)
    },
    Place("behind a mail's last part") { mail("7bit", goodText) + "\n" + $0.text },
  ]

  private static func mail(_ encoding: String, _ body: String) -> String {
    """
    From: a@example.org
    To: b@example.org
    Subject: a boot
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="=-b"

    --=-b
    Content-Type: text/plain

    See below.
    \(goodText)
    --=-b
    Content-Type: text/plain; name="x.txt"
    Content-Transfer-Encoding: \(encoding)

    \(body)
    --=-b--

    """
  }

  /// Documents that are refused by name: the words in them are looked for all the same.
  private static let documents: [Place] = [
    Place("perf script output") { plant in
      (1...30).map { "modprobe   301 [001]     5.\(100000 + $0): probe:really_probe: (ffff800080a1b2c0)\n" }
        .joined() + "printk   301 [001]     5.200000: printk:console: \(plant.words)\n"
    },
    Place("a journal's export") { plant in
      plant.lines.enumerated().map { index, line in
        "__CURSOR=s=1;i=\(index)\n__REALTIME_TIMESTAMP=1775045458000000\n_TRANSPORT=kernel\nMESSAGE=\(line.drop { $0 != "]" }.dropFirst(2))\n\n"
      }.joined()
    },
    Place(bytes: "an ELF file") { plant in
      [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 3000) + Array(plant.text.utf8)
        + [UInt8](repeating: 0xcc, count: 500)
    },
    Place(bytes: "binary data") { plant in
      (0..<20000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 3) } + [10] + Array(plant.text.utf8)
    },
    Place(bytes: "a picture") { [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10] + Array($0.text.utf8) },
    Place(bytes: "an SQLite file") {
      Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 84) + Array($0.text.utf8)
    },
    Place(bytes: "behind a Perfetto recording") {
      ((try? Files.bytes(Files.field("android-m08-small.pftrace"))) ?? []) + Array($0.text.utf8)
    },
    Place(bytes: "behind a trace.dat") {
      ((try? Files.bytes(Here.sample("dat/kprobe-v6.dat"))) ?? []) + Array($0.text.utf8)
    },
    Place("another system's dmesg") { plant in
      "---<<BOOT>>---\nCopyright (c) 1992-2023 The FreeBSD Project.\nFreeBSD 14.0-RELEASE amd64\n"
        + plant.words + "\n"
    },
    Place("a shell's history") { "$ dmesg | grep -i iommu\n\($0.words)\n$ \n" },
  ]
}
