import Timelines

extension Cause {
  static let prematureWarning = Cause(
    kind: .prematureWarning, letter: "B2",
    title: "A development kernel warned before it had asked the IOMMU driver", verdict: .falsePositive,
    harm: "unharmed", sides: [.walk],
    story: """
      In development kernels of early March 2025 the check stood before ops->probe_device: it hit bound devices that have \
      no IOMMU at all ("reg-dummy", ACPI WMI). 73d2f10957f5 moved it before any release.
      """,
    needs: ["the warning's source line and the kernel's version"],
    proof: "A 6.14-rc or linux-next kernel of March 2025, and the warning at drivers/iommu/iommu.c:449.",
    decidedBy: [Proof(.kernelLog)],
    against: "Any release: none has the early form.",
    advice: "Take a newer kernel.",
    cites: ["bcb81ac6ae3c", "73d2f10957f5"],
    judge: { file in
      guard file.side == .walk, file.warning?.sourceLine == 449, let version = file.kernel.version else {
        return nil
      }
      guard version.hasPrefix("6.14.0-rc") || version.contains("next-202503") else { return nil }
      return Judgement(
        confidence: .certain, harm: .unharmed, tier: .callTrace,
        summary: "this development kernel (\(version)) warned about devices that have no IOMMU",
        evidence: file.stackEvidence)
    })
}
