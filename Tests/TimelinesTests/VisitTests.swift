import Testing

@testable import Timelines

/// What is read of an IOMMU probe: `device side when outcome`, and what it ran itself.
struct VisitTests {
  private static let cases: [Case] = [
    Case(
      "the walk visits a device, and a group comes",
      """
      1 10 iommu_device_register S
      1 12 probe_iommu_group A
      1 14 group 4 A
      1 16 } probe_iommu_group = 0
      1 20 } iommu_device_register = 0
      """, "A walk #0 12-16 = 0 accepted"),
    Case(
      "the walk's own dma_configure shows that dev->driver was not set",
      """
      1 12 probe_iommu_group A
      1 13 pci_dma_configure A
      1 14 of_iommu_configure A
      1 15 } of_iommu_configure = 0
      1 16 } pci_dma_configure = 0
      1 17 group 4 A
      1 19 } probe_iommu_group = 0
      """, "A walk 12-19 = 0 accepted, dma 13-16 = 0, of_iommu 14-15 = 0"),
    Case(
      "the IOMMU driver's answer counts, whatever the visit returned",
      """
      1 12 probe_iommu_group A
      1 14 arm_smmu_probe_device A
      1 15 } arm_smmu_probe_device = -19
      1 19 } probe_iommu_group = 0
      """, "A walk 12-19 = 0 refused -19, driver 14-15 = -19"),
    Case(
      "the inner probe's -ENODEV, which the walk hides: left alone",
      """
      1 12 probe_iommu_group A
      1 14 __iommu_probe_device A
      1 15 } __iommu_probe_device = -19
      1 19 } probe_iommu_group = 0
      """, "A walk 12-19 = 0 skipped"),
    Case(
      "-ENODEV for a device whose firmware description was complete: the IOMMU driver refused it",
      """
      1 12 probe_iommu_group A
      1 13 __iommu_probe_device A
      1 14 of_iommu_configure A
      1 15 } of_iommu_configure = 0
      1 16 } __iommu_probe_device = -19
      1 19 } probe_iommu_group = 0
      """, "A walk 12-19 = 0 refused -19, dma 14-15 = 0, of_iommu 14-15 = 0"),
    Case(
      "any other error fails",
      """
      1 12 probe_iommu_group A
      1 14 __iommu_probe_device A
      1 15 } __iommu_probe_device = -12
      1 19 } probe_iommu_group = -12
      """, "A walk 12-19 = -12 failed -12"),
    Case(
      "code that runs only behind the acceptance ran",
      """
      1 12 probe_iommu_group A
      1 14 arm_smmu_device_group A
      1 15 } arm_smmu_device_group = 0
      1 19 } probe_iommu_group = 0
      """, "A walk 12-19 = 0 accepted"),
    Case(
      "the split probe begins behind the acceptance",
      """
      1 12 __iommu_probe_device.part.0 A
      1 19 } __iommu_probe_device.part.0 = 0
      """, "A none 12-19 = 0 accepted"),
    Case(
      "0 without a group of its own, for a device that had one: it was there already",
      """
      2 1 iommu_probe_device A
      2 2 group 4 A
      2 3 } iommu_probe_device = 0
      1 12 probe_iommu_group A
      1 14 __iommu_probe_device A
      1 15 } __iommu_probe_device = 0
      1 19 } probe_iommu_group = 0
      """, "A none 1-3 = 0 accepted; A walk 12-19 = 0 already"),
    Case(
      "0 in a trace without groups: that device may have had one",
      """
      1 10 iommu_device_register S
      1 12 __iommu_probe_device A
      1 14 } __iommu_probe_device = 0
      1 20 } iommu_device_register = 0
      """, "A walk #0 12-14 = 0 unknown"),
    Case(
      "iommu_init_device comes behind the look at the group: its 0 is an acceptance",
      """
      1 10 iommu_device_register S
      1 12 iommu_init_device A
      1 14 } iommu_init_device = 0
      1 20 } iommu_device_register = 0
      """, "A walk #0 12-14 = 0 accepted"),
    Case(
      "it slept on the lock while another thread did the probe",
      """
      1 10 iommu_probe_device A
      2 11 iommu_probe_device A
      2 12 group 4 A
      2 13 } iommu_probe_device = 0
      1 19 } iommu_probe_device = 0
      """, "A none 11-13 = 0 accepted; A none 10-19 = 0 already"),
    Case(
      "ended without a group, in a trace that has groups: left alone",
      """
      1 10 probe_iommu_group A
      1 11 } probe_iommu_group = 0
      1 12 probe_iommu_group B
      1 13 group 4 B
      1 14 } probe_iommu_group = 0
      """, "A walk 10-11 = 0 skipped; B walk 12-14 = 0 accepted"),
    Case(
      "the same in a trace that has none: not known",
      """
      1 10 probe_iommu_group A
      1 11 } probe_iommu_group = 0
      """, "A walk 10-11 = 0 unknown"),
    Case(
      "it still runs: not known",
      """
      1 10 probe_iommu_group A
      2 11 probe_iommu_group B
      2 12 group 4 B
      2 13 } probe_iommu_group = 0
      """, "A walk 10-? unknown; B walk 11-13 = 0 accepted"),
    Case(
      "what the visit runs inside it is no second visit",
      """
      1 10 probe_iommu_group A
      1 11 __iommu_probe_device A
      1 12 group 4 A
      1 13 } __iommu_probe_device = 0
      1 14 } probe_iommu_group = 0
      """, "A walk 10-14 = 0 accepted"),
    Case(
      "a registration inside a visit begins visits of its own",
      """
      1 10 iommu_probe_device A
      1 11 iommu_device_register S
      1 12 probe_iommu_group B
      1 13 group 4 B
      1 14 } probe_iommu_group = 0
      1 15 } iommu_device_register = 0
      1 16 } iommu_probe_device = -12
      """, "A none 10-16 = -12 accepted; B walk #0 12-14 = 0 accepted"),
    Case(
      "a device that is told by the group that came inside",
      """
      1 10 probe_iommu_group
      1 12 group 4 A
      1 14 } probe_iommu_group = 0
      """, "A walk 10-14 = 0 accepted"),
    // Probes that are not traced.
    Case(
      "the visits are not traced: the walk's dma_configure shows one",
      """
      1 10 iommu_device_register S
      1 12 pci_dma_configure A
      1 14 } pci_dma_configure = 0
      1 20 } iommu_device_register = 0
      """, "A walk #0 12-14 = 0 unknown, dma 12-14 = 0, inferred"),
    Case(
      "and the group after it shows what came of it",
      """
      1 10 iommu_device_register S
      1 12 pci_dma_configure A
      1 14 } pci_dma_configure = 0
      1 16 group 4 A
      1 20 } iommu_device_register = 0
      """, "A walk #0 12-16 = 0 accepted, dma 12-14 = 0, inferred"),
    Case(
      "neither is traced: the group alone shows the walk's visit",
      """
      1 10 iommu_device_register S
      1 16 group 4 A
      1 20 } iommu_device_register = 0
      """, "A walk #0 16-16 = 0 accepted, inferred"),
    Case(
      "a group that came in a bind's dma_configure shows the replay",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 14 group 4 A
      1 16 } pci_dma_configure = 0
      1 20 } really_probe = 0
      """, "A bind 12-16 = 0 accepted, inferred"),
    Case(
      "a bind's dma_configure without a group shows no probe",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 16 } pci_dma_configure = 0
      1 20 } really_probe = 0
      """, ""),
    Case(
      "a group outside of all calls shows none either",
      "1 14 group 4 A", ""),
    Case(
      "iommu_init_device returned before its group was added: one probe",
      """
      1 10 really_probe A
      1 12 iommu_init_device A
      1 14 } iommu_init_device = 0
      1 16 group 4 A
      1 20 } really_probe = 0
      """, "A bind 12-14 = 0 accepted"),
    Case(
      "another thread's probe before it is another probe",
      """
      2 5 iommu_init_device A
      2 6 } iommu_init_device = 0
      1 10 really_probe A
      1 16 group 4 A
      1 20 } really_probe = 0
      """, "A none 5-6 = 0 accepted; A bind 10-20 = 0 accepted, inferred"),
    Case(
      "no visit is traced: what the walk did for its neighbour shows that it left a client alone",
      """
      2 2 really_probe A drv
      2 3 pci_dma_configure A
      2 4 } pci_dma_configure = -517
      2 5 } really_probe = -517
      1 10 iommu_device_register S
      1 12 pci_dma_configure B
      1 13 } pci_dma_configure = 0
      1 20 } iommu_device_register = 0
      """, "A walk #0 10-20 = 0 skipped, inferred; B walk #0 12-13 = 0 unknown, dma 12-13 = 0, inferred"),
    Case(
      "but not a device that has met no IOMMU, nor one that had its group",
      """
      2 2 really_probe A drv
      2 3 pci_dma_configure A
      2 4 } pci_dma_configure = 0
      2 5 } really_probe = 0
      2 6 really_probe C drv
      2 7 pci_dma_configure C
      2 8 } pci_dma_configure = -517
      2 9 } really_probe = -517
      2 9 group 3 C
      1 10 iommu_device_register S
      1 12 pci_dma_configure B
      1 13 } pci_dma_configure = 0
      1 20 } iommu_device_register = 0
      """, "B walk #0 12-13 = 0 unknown, dma 12-13 = 0, inferred"),
    Case(
      "nor by a walk that failed, or of another bus",
      """
      2 2 really_probe A drv
      2 3 platform_dma_configure A
      2 4 } platform_dma_configure = -517
      2 5 } really_probe = -517
      2 6 really_probe C drv
      2 7 pci_dma_configure C
      2 8 } pci_dma_configure = -517
      2 9 } really_probe = -517
      1 10 iommu_device_register S
      1 12 pci_dma_configure B
      1 13 } pci_dma_configure = 0
      1 20 } iommu_device_register = -22
      1 30 iommu_device_register S
      1 32 pci_dma_configure B
      1 33 } pci_dma_configure = 0
      1 40 } iommu_device_register = 0
      """,
      "B walk #0 12-13 = 0 unknown, dma 12-13 = 0, inferred; B walk #1 32-33 = 0 unknown, dma 32-33 = 0, inferred; "
        + "C walk #1 30-40 = 0 skipped, inferred"),
    Case(
      "of a split probe only the part behind the answer: it ends the visit that dma_configure began",
      """
      1 10 iommu_device_register S
      1 12 pci_dma_configure A
      1 13 } pci_dma_configure = 0
      1 14 __iommu_probe_device.part.0 A
      1 15 group 4 A
      1 16 } __iommu_probe_device.part.0 = 0
      1 20 } iommu_device_register = 0
      """, "A walk #0 12-16 = 0 accepted, dma 12-13 = 0, inferred"),
  ]

  @Test(arguments: cases)
  func reads(_ row: Case) {
    let visits = Traced(row.given).phases.visits.sorted { $0.key < $1.key }
    let told = visits.flatMap { device, visits in visits.map { $0.told(device) } }
    #expect(told.joined(separator: "; ") == row.expected)
  }
}
