import Testing

/// A node of the device tree on a bus that translates addresses: its device has another address.
struct NodeTests {
  private static let gpu = VerdictTests.gpu
  private static let nodes = [
    "00000007/00000001/okay/bus@a0000000/iommu@1000000", "00000008/00000001/okay/bus@a0000000/iommu@2000000",
    "00000009/00000001/disabled/bus@a0000000/iommu@3000000",
  ]
  private static let units = [
    FactsText.unit, "arm-smmu//devices/platform/a2000000.iommu/iommu/smmu.0xa2000000",
  ]
  private static let link = "iommu platform/6000000.vpu/devices/platform/a1000000.iommu/iommu/smmu.0xa1000000"

  private static func facts(_ units: [String], _ nodes: [String], linked: Bool) -> String {
    FactsText(
      FactsText.platform(gpu, "toygpu", iommus: FactsText.own)
        + FactsText.platform("6000000.vpu", "toyvpu", group: 0, iommus: FactsText.own)
        + (linked ? [link] : []), units: units, nodes: nodes
    ).text
  }

  /// `isKnown`: which device the node is.
  @Test(arguments: [
    // Another client of the node is linked to it.
    (2, 2, true, true), (1, 1, true, true), (2, 3, true, true),
    // One of each is left.
    (1, 1, false, true), (2, 2, false, false), (1, 2, false, false),
    // What is switched off is not registered.
    (1, 3, false, false),
  ])
  func theNodesDeviceIsFound(_ units: Int, _ nodes: Int, _ linked: Bool, _ isKnown: Bool) {
    let facts = Self.facts(
      Array(Self.units.prefix(units)), Array(Self.nodes.prefix(nodes)), linked: linked)
    #expect(said(analysis(facts)) == [isKnown ? "\(Self.gpu) - -" : "\(Self.gpu) note"])
    let log = VerdictTests.log([VerdictTests.gaveUp, VerdictTests.ready] + VerdictTests.came)
    #expect(
      said(analysis(log, facts)) == [
        isKnown ? "\(Self.gpu) silent-late-iommu certain" : "\(Self.gpu) note"
      ])
  }

  @Test func whatIsSwitchedOffIsNotCounted() {
    let facts = Self.facts([FactsText.unit], [Self.nodes[0], Self.nodes[2]], linked: false)
    #expect(said(analysis(facts)) == ["\(Self.gpu) - -"])
  }
}
