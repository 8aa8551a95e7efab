import Bytes
import Timelines

extension Cause {
  static let deviceLockSelfDeadlock = Cause(
    kind: .deviceLockSelfDeadlock, letter: "T11",
    title: "A patched walk waits for the lock of the IOMMU's own device", verdict: .real,
    harm: "harmed: a hang", sides: [.none],
    story: """
      With device_lock() added to the walk (a patch that was rejected for this), the walk meets the IOMMU's own device, which \
      its own bind holds locked. lockdep is silent: dev->mutex is in the novalidate class.
      """,
    needs: ["a hung-task report of the registering thread"],
    proof:
      "The hung task waits for a mutex in __iommu_probe_device under iommu_device_register, and itself owns that mutex.",
    decidedBy: [Proof(.kernelLog, if: "the hung task's report names the mutex's owner (6.16 and newer)")],
    against: "Another owner: the walk waits for somebody else.",
    advice:
      "Drop the patch: there is no clean locking fix in the walk (mailing list, 24 March and 1 April 2026).",
    cites: ["bcb81ac6ae3c"],
    judge: { _ in nil },
    survey: { boot, _ in boot.troubles.compactMap { suspect($0, boot) }.prefix(1).map { $0 } })

  private static func suspect(_ trouble: Trouble, _ boot: BootTimeline) -> Surveyed? {
    guard trouble.kind == .hungTask, let register = trouble.frames.firstIndex(of: "iommu_device_register"),
      let probe = trouble.frames.firstIndex(where: {
        $0 == "__iommu_probe_device" || $0 == "iommu_init_device"
      }),
      probe < register,
      trouble.frames[..<probe].contains(where: { $0.hasPrefix("__mutex_lock") || $0 == "mutex_lock" })
    else { return nil }
    // A frame of the IOMMU's driver in between: then it is a mutex of the driver's own.
    let lock = trouble.frames[..<probe].lastIndex { $0.hasPrefix("__mutex_lock") || $0 == "mutex_lock" }
    let isCore = lock.map { $0 + 1 == probe } ?? false
    let isSelf = isCore && trouble.owner != nil && trouble.owner == trouble.task?.tid
    let registrar = register + 1 < trouble.frames.count ? trouble.frames[register + 1] : ""
    let iommu = boot.devices.values.first { device in
      device.log.contains { if case .iommuBanner = $0.what { $0.order < trouble.order } else { false } }
    }
    let judgement = Judgement(
      confidence: isSelf ? .certain : .likely, harm: .harmed, tier: .kernelLog,
      summary: "the registration hangs on a mutex in its own walk",
      evidence: [
        Evidence(
          "hung task: a mutex in \(trouble.frames[probe])() under iommu_device_register() of \(registrar)()",
          trouble.place,
          time: trouble.time)
      ],
      missing: isSelf
        ? []
        : ["whether the kernel carries a patch that takes device_lock() in the walk, and who owns the mutex"])
    return Surveyed(device: iommu?.name ?? Surveyed.unknown, driver: iommu?.driver, judgement: judgement)
  }
}
