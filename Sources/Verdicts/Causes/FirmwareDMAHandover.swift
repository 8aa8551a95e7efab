import Bytes
import Timelines

extension Cause {
  static let firmwareDMAHandover = Cause(
    kind: .firmwareDMAHandover, letter: "T12",
    title: "DMA that the boot loader left running faults once the IOMMU is on", verdict: .real,
    harm: "harmed: another fault than this race", sides: [.none],
    story: """
      The boot loader's splash screen still scans out of reserved memory when the kernel attaches the display's domain. The \
      order of bind and domain is right; the fault is not this race, though it may stand beside its warning.
      """,
    needs: ["an IOMMU fault of the device with an address inside reserved memory"],
    proof: "The address lies inside a region that \"OF: reserved mem:\" lists.",
    decidedBy: [Proof(.kernelLog)],
    against: "A System RAM address: that was mapped by a driver.",
    advice:
      "Describe the region with iommu-addresses (or a reserved-memory node) so that it is mapped 1:1 at the attach.",
    cites: [],
    judge: { file in
      guard file.warning == nil, file.side == .none,
        let fault = file.device.faults.first(where: { file.boot.isReserved($0.iova) })
      else { return nil }
      let address = fault.iova.map { String($0, radix: 16) } ?? "?"
      return Judgement(
        confidence: .likely, harm: .harmed, tier: .kernelLog,
        summary: "its firmware's DMA was still running when the IOMMU took over",
        evidence: [Evidence("fault at 0x\(address), inside reserved memory", fault.place, time: fault.time)],
        missing: ["whether the boot loader left the device running (a splash screen)"])
    })
}

extension BootTimeline {
  func isReserved(_ address: UInt64?) -> Bool {
    guard let address else { return false }
    return reserved.contains { $0.contains(address) }
  }
}
