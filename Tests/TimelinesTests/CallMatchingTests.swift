import Events
import Testing

@testable import Timelines

/// Which entry and which return are one call, and what ran in what: `function device begin-end = result { what ran in it }`.
struct CallMatchingTests {
  private static let cases: [Case] = [
    Case(
      "an entry and its return are a call",
      """
      1 10 really_probe A
      1 20 } really_probe = 0
      """, "really_probe A 10-20 = 0"),
    Case(
      "what begins before the return ran in it",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 14 of_iommu_configure A
      1 15 } of_iommu_configure = 0
      1 16 } pci_dma_configure = 0
      1 17 platform_probe A
      1 18 } platform_probe = 0
      1 20 } really_probe = 0
      """,
      "really_probe A 10-20 = 0 { pci_dma_configure A 12-16 = 0 { of_iommu_configure A 14-15 = 0 }; platform_probe A 17-18 = 0 }"
    ),
    Case(
      "threads that take turns do not nest",
      """
      1 10 really_probe A
      2 12 really_probe B
      1 14 pci_dma_configure A
      2 16 } really_probe = 0
      1 18 } pci_dma_configure = 0
      1 20 } really_probe = -517
      """, "really_probe A 10-20 = -517 { pci_dma_configure A 14-18 = 0 }; really_probe B 12-16 = 0"),
    Case(
      "a thread that moves to another CPU stays one thread",
      """
      1/0 10 really_probe A
      1/1 12 pci_dma_configure A
      1/2 14 } pci_dma_configure = 0
      1/3 20 } really_probe = 0
      """, "really_probe A 10-20 = 0 { pci_dma_configure A 12-14 = 0 }"),
    Case(
      "two threads on one CPU are two threads",
      """
      1/1 10 really_probe A
      2/1 12 really_probe B
      1/1 14 } really_probe = 1
      2/1 16 } really_probe = 2
      """, "really_probe A 10-14 = 1; really_probe B 12-16 = 2"),
    Case(
      "a call that still runs at the end has no end",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 14 } pci_dma_configure = 0
      """, "really_probe A 10-? { pci_dma_configure A 12-14 = 0 }"),
    Case(
      "a return whose entry was lost ends nothing",
      """
      1 10 really_probe A
      1 12 } pci_dma_configure = 0
      1 20 } really_probe = 0
      """, "really_probe A 10-20 = 0"),
    Case(
      "a return on a thread without calls is nothing",
      """
      1 10 } really_probe = 0
      2 12 really_probe A
      2 20 } really_probe = 0
      """, "really_probe A 12-20 = 0"),
    Case(
      "a lost return: the caller's return ends the call, but nobody knows when",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 20 } really_probe = 0
      """, "really_probe A 10-20 = 0 { pci_dma_configure A 12-? }"),
    Case(
      "the return of one bus does not end the call of another bus",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 14 } platform_dma_configure = 0
      1 20 } really_probe = 0
      """, "really_probe A 10-20 = 0 { pci_dma_configure A 12-? }"),
    Case(
      "of calls of one function the innermost returns first",
      """
      1 10 really_probe A
      1 12 really_probe B
      1 14 } really_probe = 1
      1 20 } really_probe = 2
      """, "really_probe A 10-20 = 2 { really_probe B 12-14 = 1 }"),
    Case(
      "a bind of the same device: the one before has ended, without a result",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 14 really_probe A
      1 20 } really_probe = 0
      """, "really_probe A 10-14 { pci_dma_configure A 12-14 }; really_probe A 14-20 = 0"),
    Case(
      "the walk visits one device after the other: the visit before has ended",
      """
      1 10 iommu_device_register
      1 12 probe_iommu_group A
      1 14 probe_iommu_group B
      1 16 } probe_iommu_group = 0
      1 20 } iommu_device_register = 0
      """,
      "iommu_device_register - 10-20 = 0 { probe_iommu_group A 12-14; probe_iommu_group B 14-16 = 0 }"),
    Case(
      "what configures one device configures no other: its return was lost, nobody knows when",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 14 pci_dma_configure B
      1 16 } pci_dma_configure = 0
      1 20 } really_probe = 0
      """, "really_probe A 10-20 = 0 { pci_dma_configure A 12-?; pci_dma_configure B 14-16 = 0 }"),
    Case(
      "a second bind inside a ->probe is nested: it is another device's",
      """
      1 10 really_probe A
      1 12 platform_probe A
      1 14 really_probe B
      1 16 } really_probe = 0
      1 18 } platform_probe = 0
      1 20 } really_probe = 0
      """,
      "really_probe A 10-20 = 0 { platform_probe A 12-18 = 0 { really_probe B 14-16 = 0 } }"),
    Case(
      "a bus probes the device of the attempt: with another one the attempt has ended, and its dma_configure nobody knows when",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 14 of_iommu_configure A
      1 15 } of_iommu_configure = 0
      1 16 } pci_dma_configure = 0
      1 17 pci_device_probe B
      1 18 } pci_device_probe = 0
      1 20 } really_probe = 0
      """,
      "really_probe A 10-? { pci_dma_configure A 12-? { of_iommu_configure A 14-? } }; pci_device_probe B 17-18 = 0"
    ),
    Case(
      "the walk inside an attempt is the IOMMU's: its visits keep their ends",
      """
      1 10 really_probe A
      1 12 platform_probe A
      1 13 probe_iommu_group C
      1 14 pci_dma_configure C
      1 15 } pci_dma_configure = 0
      1 16 } probe_iommu_group = 0
      1 17 pci_device_probe B
      1 20 } really_probe = 0
      """,
      "really_probe A 10-? { platform_probe A 12-? { probe_iommu_group C 13-16 = 0 { pci_dma_configure C 14-15 = 0 } } }; pci_device_probe B 17-?"
    ),
    Case(
      "two probes on one function are one call: the second return may know the result",
      """
      1 10 really_probe A
      1 10 really_probe A nvme
      1 20 } really_probe
      1 20 } really_probe = -517
      """, "really_probe A 10-20 = -517"),
    Case(
      "two probes on one function: one may know more of the device",
      """
      1 10 really_probe A
      1 10 really_probe A 0xff00
      1 20 } really_probe = 0
      1 20 } really_probe = 0
      """, "really_probe A@ff00 10-20 = 0"),
    Case(
      "an entry a millisecond later is no second probe",
      """
      1 10 iommu_probe_device A
      1 1010 iommu_probe_device A
      1 1020 } iommu_probe_device = 1
      1 1030 } iommu_probe_device = 2
      """, "iommu_probe_device A 10-1030 = 2 { iommu_probe_device A 1010-1020 = 1 }"),
    Case(
      "a line that stands twice ends one call",
      """
      1 10 really_probe A
      1 12 really_probe B
      1 14 } really_probe = 0
      1 14 } really_probe = 0
      1 20 } really_probe = 1
      """, "really_probe A 10-20 = 1 { really_probe B 12-14 = 0 }"),
    Case(
      "the function tracer: the caller says what has returned",
      """
      1 10 call really_probe 0xa < __driver_probe_device
      1 12 call pci_dma_configure 0xa < really_probe
      1 14 call of_iommu_configure 0xa < of_dma_configure_id
      1 16 call pci_device_probe 0xa < really_probe
      """,
      "really_probe @a 10-? { pci_dma_configure @a 12-? { of_iommu_configure @a 14-? }; pci_device_probe @a 16-? }"
    ),
    Case(
      "the function tracer: a bind from nowhere ends all that was open",
      """
      1 10 call really_probe 0xa < __driver_probe_device
      1 12 call pci_dma_configure 0xa < really_probe
      1 14 call really_probe 0xb < __driver_probe_device
      """, "really_probe @a 10-? { pci_dma_configure @a 12-? }; really_probe @b 14-?"),
    Case(
      "no function ever returns in the trace: what ran in what is not known",
      """
      1 10 really_probe A
      1 12 pci_dma_configure A
      1 14 really_probe B
      """, "really_probe A 10-?; pci_dma_configure A 12-?; really_probe B 14-?"),
  ]

  @Test(arguments: cases)
  func matches(_ row: Case) {
    let trace = Traced(row.given)
    #expect(Self.told(trace) == row.expected)
  }

  /// The forest of calls, by their start.
  static func told(_ trace: Traced) -> String {
    let tree = CallTree(trace.story.calls)
    func told(_ index: Int32) -> String {
      let call = tree[index]
      let inner = tree.children(of: index).map(told)
      let device =
        (call.subject.name == .none ? "" : trace.names[call.subject.name])
        + (call.subject.pointer == 0 ? "" : "@" + String(call.subject.pointer, radix: 16))
      return "\(trace.names[call.function.name]) \(device.isEmpty ? "-" : device) "
        + "\(microseconds(call.start))-\(microseconds(call.end))" + (call.result.map { " = \($0)" } ?? "")
        + (inner.isEmpty ? "" : " { \(inner.joined(separator: "; ")) }")
    }
    return tree.calls.indices.map(Int32.init).filter { tree[$0].parent < 0 }
      .sorted { tree[$0].start < tree[$1].start }.map(told).joined(separator: "; ")
  }

  /// All returns but the last are lost: no kernel nests so deep, and the outermost calls are given up.
  @Test func nestsNoDeeperThanAKernelDoes() {
    let binds = (0..<300).map { "1 \($0) really_probe A\($0)" } + ["1 400 } really_probe = 0"]
    let tree = CallTree(Traced(binds.joined(separator: "\n")).story.calls)
    #expect(tree.calls.count == 300)
    #expect(Array(tree.ancestors(of: 299)).count == 255)
    #expect(tree.calls.count { $0.parent < 0 } == 45)
  }

  // MARK: what no return can be expected of

  @Test(
    arguments: [
      Case(
        "returns of binds are traced, those of the bus are not",
        """
        1 10 really_probe A
        1 12 pci_dma_configure A
        1 20 } really_probe = 0
        """, "pci_dma_configure"),
      Case(
        "none is traced", "1 10 really_probe A\n1 12 pci_dma_configure A", "really_probe pci_dma_configure"),
      Case(
        "the return is traced, and was not seen of this one",
        "1 10 really_probe A\n1 11 } really_probe = 0\n2 15 really_probe B", ""),
    ])
  func knowsOfWhichNoReturnComes(_ row: Case) {
    let trace = Traced(row.given)
    let silent = trace.story.calls.filter(\.isWithoutReturn).map { trace.names[$0.function.name] }
    #expect(silent.joined(separator: " ") == row.expected)
  }
}
