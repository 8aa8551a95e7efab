import Bytes
import TestSupport
import Testing

@testable import Scan

/// What searches say of a text by themselves is what the engine says of it.
struct QuickLookTests {
  private static let hello = "[    0.000000] Linux version 6.17.13 (x@y)\n"
  private static let userSpace = "[    9.000000] Run /sbin/init as init process\n"

  private static func lines(_ times: Range<Int>, _ device: String = "foo bar") -> String {
    times.map { "[\(String(repeating: " ", count: 5 - "\($0)".count))\($0).000000] \(device): step \($0)\n" }
      .joined()
  }

  private static let boot = hello + lines(1..<9) + userSpace
  private static let gaveUp = "[   10.000000] foo bar: deferred probe timeout, ignoring dependency\n"
  private static let oops = "[   11.000000] Unable to handle kernel paging request at virtual address 0\n"
  private static let frames = """
    [   11.100000] Call trace:
    [   11.200000]  device_link_add+0x1c4/0x6d0
    [   11.300000]  __iommu_probe_device+0x5c/0x210
    [   11.400000]  platform_dma_configure+0x3c/0xe0

    """
  private static let report = "[   11.000000] WARNING: CPU: 1 PID: 2 at lib/foo.c:1 foo+0x1/0x2\n" + frames

  /// Texts that need no engine, and how many boots they show.
  static let quiet: [(name: String, text: String, boots: Int)] = [
    ("a boot", boot, 1),
    (
      "a console that prints all once more", hello + lines(1..<12) + hello + lines(1..<12) + lines(12..<20), 1
    ),
    ("two boots", boot + hello + lines(1..<9, "baz qux") + userSpace, 2),
    ("the end of a boot, and the next one", lines(20..<40) + boot, 2),
    (
      "a boot loader with stamps",
      "[    0.000177] NOTICE:  BL2: R-Car\n[    0.001177] NOTICE:  BL2: v1\n" + boot, 1
    ),
    (
      "the end of a boot that names its kernel",
      "[   10.000000] Modules linked in: a\n[   11.000000] CPU: 1 PID: 9 Comm: a Not tainted 6.2.0 #1\n"
        + boot, 2
    ),
    (
      "the trouble of both logs of a boot",
      hello + lines(1..<12) + report + hello + lines(1..<12) + report + lines(12..<20), 1
    ),
    (
      "an empty dump",
      boot + "[    9.100000] Dumping ftrace buffer:\n[    9.200000]    (ftrace buffer empty)\n", 1
    ),
    ("a client gave up, and no IOMMU came", boot + gaveUp + lines(11..<14), 1),
    ("a probe stands in a report beside an oops", boot + oops + report, 1),
    ("a configuration", "# CONFIG_FOO is not set\nCONFIG_BAR=\"a: b\"\nCONFIG_BAZ=y\n", 0),
    ("prose", "Hello:\nit does not boot [1], see below | above.\n", 0),
  ]

  private func rows(_ text: String) throws -> [String] {
    let folder = try TemporaryFolder()
    return scan([try folder.file("boot.log", text)]).map { row in
      "\(row.boot) \(row.state) \(row.kernel ?? "-") \(row.hardware ?? "-") \(row.gaps) \(row.losses.map(\.kind)) "
        + "\(row.others.map { "\($0.signature) \($0.count) \($0.place?.line ?? 0)" }) \(row.findings.count) "
        + "\(row.suspects.count) \(row.reason ?? "-") \(row.error ?? "-")"
    }
  }

  /// A word of the journal's asks for the engine, and tells it nothing.
  private static let asks = "nothing : Missed it\n"

  @Test(arguments: quiet) func theEngineSaysTheSame(_ name: String, _ text: String, _ boots: Int) throws {
    let quick = try rows(text + "nothing is here\n")
    #expect(try rows(text + Self.asks) == quick, "\(name)")
    #expect(quick.count == max(1, boots), "\(name)")
  }

  @Test(arguments: quiet) func nothingAsksForTheEngine(_ name: String, _ text: String, _ boots: Int) throws {
    var look = LogLook()
    let bytes = Array(text.utf8)
    look.look(bytes.span, at: 0, lines: 0)
    #expect(!look.needsAnalysis, "\(name)")
    // Of a text with a dump the sketch says nothing.
    if boots > 0, !look.dumpsNothing {
      #expect(BootSketch.boots(of: bytes.span, look)?.count == boots, "\(name)")
    }
    #expect(Prose.isAll(of: bytes.span) == (boots == 0), "\(name)")
  }

  @Test(
    arguments: [
      gaveUp + "[   12.000000] arm-smmu-v3 1.iommu: ias 44-bit, oas 44-bit (features 0x00001fef)\n",
      gaveUp + "[   12.000000] pci 0000:00:01.0: Adding to iommu group 3\n",
      oops + "[   11.050000] pc : platform_dma_configure+0x3c/0xe0\n" + frames,
      oops + "[   11.050000] Call trace:\n[   11.060000]  platform_dma_configure+0x3c/0xe0\n",
      "[   11.000000] INFO: task a:1 blocked for more than 120 seconds.\n" + frames,
      "[    9.100000] Dumping ftrace buffer:\n[    9.200000] ---------------------------------\n",
    ]) func whatMayMatterDoes(_ text: String)
  {
    var look = LogLook()
    let bytes = Array((Self.boot + text).utf8)
    look.look(bytes.span, at: 0, lines: 0)
    #expect(look.needsAnalysis)
  }

  /// What a cut may hide is said without the engine, and as it says it.
  @Test(arguments: ["[   10.000000] pci 0000:00:01.0: Adding to iommu gr", "[   10.000000] foo bar: st"])
  func aCutLastLineIsSaid(_ cut: String) throws {
    #expect(try rows(Self.boot + cut) == rows(Self.boot + Self.asks + cut))
  }
}
