// A kernel that has the warning prints it before nearly every group line under a driver's name
// (docs/kernel.md#in-the-kernel-log): where only that line is there, the warning was lost, or the driver was set after the walk's
// second look.
import Records
import Timelines

enum LostWarning {
  /// Devices whose group line stands under a driver's name, with no warning, and no trace that would show the bind.
  static func lines(_ boot: BootTimeline, _ kernel: KernelFeatures, besides findings: [Finding])
    -> [(device: DeviceTimeline, adding: LogMoment)]
  {
    guard kernel.warnsOfLateProbes, boot.hasLog else { return [] }
    let known = Set(findings.map(\.device) + boot.warnings.map(\.device))
    return boot.devices.values.compactMap { device in
      guard !known.contains(device.name), device.visits.isEmpty, device.binds.isEmpty,
        let adding = device.adding.first(where: { DriverName.isOne($0.prefix) }),
        !DriverManagedDMA.isOne(adding.prefix)
      else { return nil }
      return (device, adding)
    }
  }

  /// Where the log lost messages the warning may have been among them.
  static func findings(_ boot: BootTimeline, _ kernel: KernelFeatures, besides findings: [Finding])
    -> [Finding]
  {
    guard boot.logHasDropped else { return [] }
    return lines(boot, kernel, besides: findings).map { device, adding in
      Finding(
        device: device.name, driver: adding.prefix, kind: .silent, time: adding.time, side: .none,
        verdict: .undetermined, confidence: nil, cause: nil,
        candidates: [.walkBindTOCTOU, .probeBeforeDomain, .skippedByWalkThenReplayed], harm: .unknown,
        tier: .kernelLog,
        summary:
          "it got its group while a driver was set, and the log has lost messages: its warning is not there",
        evidence: [Evidence("\"Adding to iommu group\" under the driver's name", adding)],
        missing: ["the whole kernel log (log_buf_len=, or the console's)", Advice.trace], assumed: [],
        places: [adding.place])
    }
  }
}
