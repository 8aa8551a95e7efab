import TestSupport

/// Places beside a text: in traces, containers and mails, and in documents that are refused.
extension PlantedTests {
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

  static let beside: [Place] = [
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
  static let documents: [Place] = [
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
