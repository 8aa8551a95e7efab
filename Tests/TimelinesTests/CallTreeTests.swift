import Testing

@testable import Timelines

/// What ran in what.
struct CallTreeTests {
  private static let trace = Traced(
    """
    1 10 really_probe A
    1 12 pci_dma_configure A
    1 14 of_iommu_configure A
    1 15 } of_iommu_configure = 0
    1 16 } pci_dma_configure = 0
    1 17 pci_device_probe A
    1 18 } pci_device_probe = 0
    1 20 } really_probe = 0
    2 30 iommu_probe_device B
    2 32 } iommu_probe_device = 0
    """)
  private static let tree = CallTree(trace.story.calls)

  private static func told(_ calls: some Sequence<Int32>) -> String {
    calls.map { trace.names[tree[$0].function.name] }.joined(separator: " ")
  }

  private static func index(_ function: String) -> Int32 {
    Int32(trace.story.calls.firstIndex { trace.names[$0.function.name] == function } ?? -1)
  }

  @Test(
    arguments: [
      Case("the outermost call has none", "really_probe", ""),
      Case("a call in it has it", "pci_dma_configure", "really_probe"),
      Case("the nearest comes first", "of_iommu_configure", "pci_dma_configure really_probe"),
      Case("what was over before is none", "pci_device_probe", "really_probe"),
      Case("another thread's calls are none", "iommu_probe_device", ""),
    ])
  func ancestors(_ row: Case) {
    #expect(Self.told(Self.tree.ancestors(of: Self.index(row.given))) == row.expected)
  }

  @Test(
    arguments: [
      Case(
        "outward from a call it is the first itself", "of_iommu_configure",
        "of_iommu_configure pci_dma_configure really_probe"),
      Case("outward from no call there is nothing", "none of these", ""),
    ])
  func outward(_ row: Case) {
    #expect(Self.told(Self.tree.outward(from: Self.index(row.given))) == row.expected)
  }

  @Test(
    arguments: [
      Case("in their order, not theirs", "really_probe", "pci_dma_configure pci_device_probe"),
      Case("one", "pci_dma_configure", "of_iommu_configure"),
      Case("none", "of_iommu_configure", ""),
    ])
  func children(_ row: Case) {
    #expect(Self.told(Self.tree.children(of: Self.index(row.given))) == row.expected)
  }
}
