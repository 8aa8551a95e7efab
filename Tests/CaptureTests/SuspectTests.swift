import Analysis
import Reading
import Testing
import Verdicts

/// Who gives up waiting has an IOMMU, or a power domain that is missing: the words are the same (docs/kernel.md#giving-up).
/// Each row is a boot's middle and what may be said of it.
struct SuspectTests {
  struct Row: Sendable, CustomStringConvertible {
    var description: String
    var lines: [String]
    /// `DEVICE CAUSE CONFIDENCE`, `DEVICE note`.
    var said: [String]
    init(_ name: String, _ said: [String], _ lines: [String]) {
      description = name
      self.lines = lines
      self.said = said
    }
  }

  private static func analysis(_ lines: [String], release: String = "7.3.4") -> Analysis {
    var text = "[    0.000000] Linux version \(release) (x@y) #1 SMP\n"
    for (index, line) in lines.enumerated() { text += "[   \(11 + index).500000] \(line)\n" }
    return Analysis.run(texts: [Array((text + "[   90.000000] Run /init as init process\n").utf8)])
  }

  private static func said(_ analysis: Analysis) -> [String] {
    analysis.boots.flatMap { boot in
      boot.findings.map { "\($0.device) \($0.cause?.id ?? "-") \($0.confidence?.rawValue ?? "-")" }
        + boot.suspects.map { "\($0.device) note" }
    }
  }

  private static let waits =
    "platform 5000000.gpu: deferred probe pending: platform: wait for supplier /soc/iommu@a1000000"
  private static let gaveUp = "toygpu 5000000.gpu: deferred probe timeout, ignoring dependency"
  private static let ready = "toygpu 5000000.gpu: ready"
  private static let came = [
    "arm-smmu a1000000.iommu: probing hardware configuration...",
    "platform 6000000.vpu: Adding to iommu group 0",
  ]
  private static let pciGaveUp = "toynet 0002:01:00.0: deferred probe timeout, ignoring dependency"
  private static let enabling = "toynet 0002:01:00.0: enabling device (0000 -> 0002)"
  private static let bridge = [
    "arm-smmu-v3 9050000.iommu: oas 44-bit (features 0x01008305)",
    "pci 0002:00:00.0: Adding to iommu group 0",
  ]
  private static let real = ["5000000.gpu silent-late-iommu likely"]
  private static let note = ["5000000.gpu note"]

  static let rows: [Row] = [
    // What it waited for is not said.
    Row("nothing shows its IOMMU", note, [gaveUp, ready] + came),
    Row("no module, the same", note, [gaveUp.replacing(words, with: noModule), ready] + came),
    Row("nothing shows that it runs", note, [gaveUp] + came),
    Row("no driver of its own", note, [gaveUp.replacing("toygpu", with: "platform")] + came),
    Row(
      "no driver of its own, and a group later", [],
      [gaveUp.replacing("toygpu", with: "platform")] + came + [
        "platform 5000000.gpu: Adding to iommu group 1"
      ]),
    Row("no IOMMU came", [], [gaveUp, ready]),
    Row("an IOMMU came before", [], came + [gaveUp, ready]),
    Row(
      "a regulator", ["soc:regulator-toy note"],
      ["reg-fixed-voltage soc:regulator-toy: ignoring dependency for device, assuming no driver"] + came),

    // Signs of an IOMMU.
    Row("it waits for it", real, [waits, gaveUp, ready] + came),
    Row("it waits for it, its device", real, [waits.replacing(node, with: device), gaveUp, ready] + came),
    Row("it waits for it, and nothing shows that it runs", note, [waits, gaveUp] + came),
    Row(
      "it waits for a regulator", note,
      [waits.replacing(node, with: "/soc/regulator-vdd"), gaveUp, ready] + came),
    Row(
      "it was deferred for it", real,
      ["toygpu 5000000.gpu: error -EPROBE_DEFER: wait for supplier /soc/iommu@a1000000", gaveUp, ready] + came
    ),
    Row(
      "it is linked to it", real,
      ["toygpu 5000000.gpu: Linked as a consumer to a1000000.iommu", gaveUp, ready] + came),
    Row(
      "the IOMMU waits for it", real,
      [gaveUp, ready] + came + ["arm-smmu a1000000.iommu: sync_state() pending due to 5000000.gpu"]),
    Row("dyndbg", real, ["toygpu 5000000.gpu: device is behind an iommu", gaveUp, ready] + came),
    Row(
      "dyndbg, the bind itself", [], [gaveUp, "toygpu 5000000.gpu: device is behind an iommu", ready] + came),
    Row(
      "dyndbg, without one", note,
      [gaveUp, "toygpu 5000000.gpu: device is not behind an iommu", ready] + came),
    Row(
      "a fault names it", real,
      [gaveUp, ready] + came + [
        "exynos-sysmmu a1000000.sysmmu: 5000000.gpu: [READ] PAGE FAULT occurred at 0x67012000"
      ]),
    Row(
      "it had a group once", real,
      [
        "platform 5000000.gpu: Adding to iommu group 7", "platform 5000000.gpu: Removing from iommu group 7",
        gaveUp, ready,
      ] + came),
    Row("it has its group", [], ["platform 5000000.gpu: Adding to iommu group 7", gaveUp, ready] + came),
    Row(
      "it gets its group in that bind, and the warning is missing", note,
      [gaveUp, "toygpu 5000000.gpu: Adding to iommu group 7", ready] + came),
    Row("the walk takes it", [], [gaveUp, ready] + came + ["platform 5000000.gpu: Adding to iommu group 1"]),

    // Whose IOMMU came.
    Row("its own waits still", note, [waits.replacing("a1000000", with: "a2000000"), gaveUp, ready] + came),
    Row("its own says nothing", real, [waits, gaveUp, ready, came[1]]),
    Row("its own was there", [], [came[0], waits, gaveUp, ready, came[1]]),

    // Signs that its driver went on, or did not.
    Row(
      "its probe succeeds", real, [waits, gaveUp, "probe of 5000000.gpu returned 0 after 92 usecs"] + came),
    Row(
      "its probe succeeds, 7.3", real,
      [waits, gaveUp, "probe of 5000000.gpu with driver toygpu returned 0 after 92 usecs"] + came),
    Row(
      "it is bound", real,
      [waits, gaveUp, "toygpu 5000000.gpu: driver: 'toygpu': driver_bound: bound to device"] + came),
    Row(
      "DRM has it", real, [waits, gaveUp, "[drm] Initialized toygpu 1.2.0 for 5000000.gpu on minor 0"] + came),
    Row("its network", real, [waits, gaveUp, "toygpu 5000000.gpu eth0: link is up"] + came),
    Row(
      "its probe fails", [],
      [waits, gaveUp, "toygpu 5000000.gpu: probe with driver toygpu failed with error -110"] + came),
    Row(
      "its probe fails, old", [],
      [waits, gaveUp, "toygpu: probe of 5000000.gpu failed with error -110"] + came),
    Row(
      "its probe fails, after a word", [],
      [waits, gaveUp, ready, "toygpu 5000000.gpu: probe with driver toygpu failed with error -110"] + came),
    Row(
      "its probe returns an error", [],
      [waits, gaveUp, "probe of 5000000.gpu returned 19 after 92 usecs"] + came),
    Row(
      "only an error of the driver's", note,
      [waits, gaveUp, "toygpu 5000000.gpu: error -ENXIO: no clock"] + came),
    Row("it waits again", [], [gaveUp, waits] + came),
    Row(
      "it waits again, for something", [],
      [waits, gaveUp, "platform 5000000.gpu: deferred probe pending: (reason unknown)"] + came),
    Row(
      "it fails, and gives up once more", real,
      [waits, gaveUp, "toygpu 5000000.gpu: probe with driver toygpu failed with error -110", gaveUp, ready]
        + came),

    // PCI functions.
    Row(
      "functions of another bus below its bridge", ["0002:01:00.0 silent-late-iommu likely"],
      [pciGaveUp, enabling] + bridge),
    Row(
      "functions below another bridge", ["0002:01:00.0 note"],
      [pciGaveUp, enabling] + bridge.map { $0.replacing("0002:", with: "0000:") }),
    Row("no other function", ["0002:01:00.0 note"], [pciGaveUp, enabling] + came),
    Row(
      "functions below its bridge, from before", ["0002:01:00.0 silent-late-iommu likely"],
      bridge + [pciGaveUp, enabling] + came),
    Row(
      "its network alone", ["0002:01:00.0 silent-late-iommu likely"],
      [pciGaveUp, "toynet 0002:01:00.0 eth0: link is up"] + bridge),
    Row(
      "a function that fails", [],
      [pciGaveUp, enabling, "toynet 0002:01:00.0: probe with driver toynet failed with error -110"] + bridge),
    Row("a function of which nothing is heard", ["0002:01:00.0 note"], [pciGaveUp] + bridge),
    Row(
      "probed again much later", ["0002:01:00.0 silent-late-iommu likely"],
      [pciGaveUp, enabling] + bridge + Array(repeating: "toy: idle", count: 12) + [
        "pci 0002:01:00.0: Adding to iommu group 1"
      ]),

    // Never: buses without dma_configure, IOMMUs themselves.
    Row(
      "I2C", [],
      ["toytouch 4-0038: deferred probe timeout, ignoring dependency", "toytouch 4-0038: ready"] + came),
    Row(
      "SPI", [],
      ["toyflash spi0.0: deferred probe timeout, ignoring dependency", "toyflash spi0.0: ready"] + came),
    Row("MDIO", [], ["toyphy stmmac-0:01: deferred probe timeout, ignoring dependency"] + came),
    Row("SDIO", [], ["toywifi mmc1:0001:1: deferred probe timeout, ignoring dependency"] + came),
    Row("USB", [], ["toyhub 1-1.2: deferred probe timeout, ignoring dependency"] + came),
    Row(
      "a bus that is named", [],
      ["slimbus toy-codec: ignoring us", "toycodec toy-codec: deferred probe timeout, ignoring dependency"]
        + came),
    Row(
      "an IOMMU", [],
      [
        "arm-smmu a2000000.iommu: deferred probe timeout, ignoring dependency",
        "arm-smmu a2000000.iommu: ready",
      ] + came),
    Row(
      "an IOMMU, by its driver", [],
      [
        "exynos-sysmmu a2000000.toy: deferred probe timeout, ignoring dependency",
        "exynos-sysmmu a2000000.toy: ready",
      ] + came),
  ]

  private static let words = "deferred probe timeout, ignoring dependency"
  private static let noModule = "ignoring dependency for device, assuming no driver"
  private static let node = "wait for supplier /soc/iommu@a1000000"
  private static let device = "supplier a1000000.iommu not ready"

  @Test(arguments: rows)
  func boots(_ row: Row) { #expect(Self.said(Self.analysis(row.lines)) == row.said) }

  /// Lines may be missing where messages are.
  @Test func nothingIsCertainOfALogWithHoles() {
    let lines = [Self.pciGaveUp, Self.enabling] + Self.bridge
    let holed = Self.said(Self.analysis(lines + ["** 12 printk messages dropped **"]))
    #expect(holed == ["0002:01:00.0 silent-late-iommu likely"])
  }

  @Test func aNoteSaysWhatWouldTell() throws {
    let analysis = Self.analysis([Self.gaveUp, Self.ready] + Self.came)
    let note = try #require(analysis.boots.first?.suspects.first)
    #expect(note.tells.contains("iommus") && note.tells.contains("5000000.gpu/iommu_group"))
    #expect(note.driver == "toygpu" && note.time == 11_500_000_000 && note.place.line == 2)
    let pci = try #require(
      Self.analysis([Self.pciGaveUp, Self.enabling] + Self.came).boots.first?.suspects.first)
    #expect(pci.tells.contains("iommu-map") && pci.tells.contains("/sys/bus/pci/devices/0002:01:00.0/"))
  }

  /// Who gave up, and IOMMUs themselves, are no devices with an IOMMU; old kernels' group lines make some.
  @Test(arguments: [
    ([gaveUp, ready] + came, 1), ([waits, gaveUp, ready] + came, 2),
    (["arm-smmu a2000000.iommu: deferred probe timeout, ignoring dependency"] + came, 1),
    (
      [
        "iommu: Adding device b1000000.toyipa:smmu_ap to group 0",
        "iommu: Adding device b2000000.geni to group 1",
        "iommu: Adding device c900000.toy,mdss_mdp:toy,smmu_mdp_unsec_cb to group 2",
      ], 3
    ),
  ])
  func devicesWithAnIOMMU(_ lines: [String], _ count: Int) {
    let devices = Self.analysis(lines).boots[0].timeline.devices.values
    #expect(devices.count { $0.hasIOMMU } == count)
  }
}
