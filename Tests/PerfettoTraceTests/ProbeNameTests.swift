import Testing

@testable import PerfettoTrace

struct ProbeNameTests {
  /// Names that the kernel gives to probes that have none.
  @Test(arguments: [
    ("p_really_probe_0", false, "really_probe"), ("r_really_probe_0", true, "really_probe"),
    ("p_really_probe_isra_0_0", false, "really_probe.isra.0"),
    ("p_driver_bound_constprop_0_isra_1_0", false, "driver_bound.constprop.0.isra.1"),
    ("r_of_iommu_configure_llvm_123456_0", true, "of_iommu_configure.llvm.123456"),
    ("p_set_part_size_0", false, "set_part_size"), ("p_really_probe_24", false, nil),
    ("r_really_probe_0", false, nil),
  ])
  func theKernelsOwnNames(_ event: String, _ isReturn: Bool, _ function: String?) {
    #expect(ProbeDefinitions.automatic(event, isReturn: isReturn) == function)
  }
}
