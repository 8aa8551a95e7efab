import Bytes
import Records
import Testing

/// The warning's words, whatever stands between them.
struct TripwireGapTests {
  private static let words = [
    "toydrv", "0000:00:09.0:", "late", "IOMMU", "probe", "at", "driver", "bind,", "something", "fishy",
  ]

  private func hits(_ text: String) -> Int {
    var tripwire = Tripwire(input: 0)
    tripwire.look(Array(text.utf8).span, at: 0, lines: 0)
    return tripwire.hits.count
  }

  @Test(arguments: [
    " ", "  ", "\n", "\r\n", "\t", "\n> ", "\n | ", "\u{a0}", "\u{2003}", " \u{200b}", "\u{3000}", "\u{202f}",
    "&nbsp;", "&#32;", "&#x20;", "=20", "=0A", "=\n", "=\r\n ", "%20", "%0D%0A", "\\x20", "\\u0020", "\\040",
    "\\n",
    " \\\n", "\\\n  ", "\n# ", "\n * ", "\n+", "\n// ", "\" \"", "' '", "\u{1b}[1m ",
    "\\u001b[0m \\u001b[1;31m",
    "\\x1b[1m \\e[0m", "\\033[0m ", " <b>", "</span> <span class=\"x\">", "<br>\n",
    "\n[    3.000000] ", "\nApr  1 12:10:58 board kernel: ", "\n12:",
  ])
  func whatStandsBetweenTheWords(_ gap: String) {
    #expect(hits("[    3.000000] " + Self.words.joined(separator: gap) + "\n") == 1)
    // In the message only, behind the names.
    #expect(hits("[    3.000000] toydrv 0000:00:09.0: " + Self.words[2...].joined(separator: gap)) == 1)
  }

  /// A terminal breaks lines at its last column, wherever in a word that is.
  @Test func aLineEndInsideAWord() {
    let text = "[    3.000000] " + Self.words.joined(separator: " ")
    let first = text.utf8.count - "late IOMMU probe at driver bind, something fishy".utf8.count
    let end = text.utf8.count - ", something fishy".utf8.count
    for column in first..<end {
      var broken = Array(text.utf8)
      broken.insert(10, at: column)
      let isWhole = String(decoding: broken, as: UTF8.self).contains("IOMMU")
      #expect(hits(String(decoding: broken, as: UTF8.self)) == (isWhole ? 1 : 0), "\(column)")
    }
  }

  /// `cut -c1-80`, a pager that chops (`>`), journalctl's own mark. What prose may end with is none.
  @Test(arguments: [
    ("late IOMMU pro", "", 1), ("late IOMMU probe at", "", 1), ("late IOMMU probe at driver bin", "", 1),
    ("late IOMMU", ">", 1), ("late IOMMU ", ">", 1), ("late IOMMU probe ", "\u{2026}", 1),
    ("late IOMMU probe at dr", "...", 1), ("late IOMMU pro", "\r", 1), ("late IOMMU", "", 0),
    ("late IOMMU probe", "", 0), ("late IOMMU", "...", 0), ("late IOMMU probing", "", 0), ("late IO", ">", 0),
    ("late IOMMU pro", " again", 0), ("late IOMMU", "> again", 0),
  ])
  func aLineThatWasChopped(_ words: String, _ mark: String, _ count: Int) {
    let next = "[    3.000100] WARNING: drivers/iommu/iommu.c:6" + mark + "\n"
    #expect(hits("[    3.000000] toydrv 0000:00:09.0: " + words + mark + "\n" + next) == count)
    #expect(hits("> toydrv 0000:00:09.0: " + words + mark + "\n" + next) == count)
    // Without a driver and a device in front it is nobody's.
    #expect(hits("Re: " + words + mark + "\n" + next) == 0)
  }

  @Test(arguments: ["x", "-", ".", " and ", "&", "%", "=", "&copy", ""])
  func otherWords(_ gap: String) { #expect(hits(Self.words.joined(separator: gap)) == 0) }

  /// What a document is that the log reader must not get.
  @Test(arguments: [
    ("", "---<<BOOT>>---"), ("", "FreeBSD 14.9-TOY #0"), ("[    1.000000] ", "NetBSD 10.9 (TOY) #0"),
    ("Nov 28 10:00:00 host kernel: ", "FreeBSD 14.9-TOY #0"), ("<6>", "OpenBSD 7.9 (TOY) #1"),
  ])
  func otherSystemsAreToldBehindAPrefix(_ prefix: String, _ banner: String) {
    let log = prefix + "The NetBSD toys\n" + prefix + banner + "\n" + prefix + "pci0 at toy0\n"
    #expect(Recognised(Array(log.utf8).span) == .refused(.otherSystem))
    // Both systems in one file: what the reader finds is Linux's.
    #expect(Recognised(Array((log + "[    0.000000] Linux version 7.9.0\n").utf8).span) == .text)
  }

  @Test(arguments: ["[   1.000000%d] toy%d at pci0\n", "[    1.00000%d]: toy%d: started\n"])
  func otherSystemsAreToldByTheirStamps(_ line: String) {
    let log = (0..<9).map { line.replacing("%d", with: "\($0)") }.joined()
    #expect(Recognised(Array(log.utf8).span) == .refused(.otherSystem))
    #expect(Recognised(Array(("[    0.000000] toy: first\n" + log).utf8).span) == .text)
  }

  @Test func aRecordingWithoutItsBeginningIsBinary() {
    // Packets with a time, a CPU and much of a console's text.
    let packet: [UInt8] =
      [0x0a, 44, 0x40, 1, 8, 6, 0x1a, 0x26] + Array("[    1.00000] toy device 17 is ready\n\n".utf8)
    let recording = Array(repeating: packet, count: 20).flatMap { $0 }
    #expect(Recognised(recording.span) == .format(.perfettoTrace))
    let controls: [UInt8] = [0x0a, 8, 0x40, 1, 8, 6, 0x10, 2, 0x18, 1]
    let mixed = Array(repeating: controls + controls + packet, count: 20).flatMap { $0 }
    #expect(Recognised(Array(mixed.dropFirst(1)).span) == .refused(.binary))
  }
}
