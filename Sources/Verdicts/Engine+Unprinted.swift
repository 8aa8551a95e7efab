// Warnings that no log shows.
import Timelines

extension Engine {
  /// Probes with dev->driver set whose warning is in no input (no kernel log, or one that lacks such lines), and
  /// drivers that ran before their domain without any warning. `used`: the probes that printed a warning; `unmatched`: devices with
  /// one that no traced probe has printed.
  static func unprinted(
    _ boot: BootTimeline, _ lines: BootLines, _ kernel: KernelFeatures, _ used: Set<Phase.Key>,
    _ unmatched: Set<String>
  ) -> [Finding] {
    let walkConfigures = walkRunsDMAConfigure(boot)
    var findings: [Finding] = []
    for device in boot.devices.values {
      for visit in device.visits where !used.contains(visit.phase.key) {
        // Hardly anybody binds a device that device_add() is still announcing.
        if visit.side == .notifier, !device.isBound(amid: visit) { continue }
        // Older kernels have direct calls too, and no warning.
        let mayWarn =
          walkConfigures || visit.side == .direct && kernel.version == nil || kernel.warnsOfLateProbes
        guard case .accepted = visit.outcome, mayWarn, !device.isTwin(visit, of: used) else { continue }
        let file = CaseFile(boot, lines, device, nil, side: visit.side, visit: visit, kernel: kernel)
        if visit.side == .notifier, Cause.probeBeforeDomain.judge(file) == nil { continue }
        // A log that has the device's group line would have its warning too.
        if device.adding.isEmpty, file.driverWasSet {
          findings.append(finding(file))
        } else if let silent = silent(file, isUnmatched: unmatched.contains(device.name)) {
          findings.append(silent)
        }
      }
    }
    return findings.sorted { ($0.evidence.first?.time ?? 0) < ($1.evidence.first?.time ?? 0) }
  }

  /// A driver that ran before its domain, behind the walk's second look.
  private static func silent(_ file: CaseFile, isUnmatched: Bool) -> Finding? {
    guard let early = file.exposure?.bind else { return nil }
    var silent: Finding
    if let judgement = Cause.probeBeforeDomain.judge(file) {
      silent = settled(file, .probeBeforeDomain, judgement)
    } else if file.mustHaveWaited(early), !DriverManagedDMA.isOne(file.driver(of: early)) {
      silent = Undetermined.finding(file)
    } else {
      return nil
    }
    silent.kind = .silent
    silent.side = .none
    if isUnmatched {
      silent.confidence = silent.confidence.map { _ in .likely }
      silent.summary += ", and the warning that was printed is not this probe's"
      silent.missing.insert("inputs that agree: log and trace of one boot", at: 0)
    } else {
      silent.summary += ", and no warning was printed"
    }
    return silent
  }

  /// bcb81ac6ae3c brought the warning and made the walk, and the notifier, run dma_configure: what shows the one proves the other.
  private static func walkRunsDMAConfigure(_ boot: BootTimeline) -> Bool {
    boot.devices.values.contains { device in
      device.visits.contains { ($0.side == .walk || $0.side == .notifier) && $0.ownDMAConfigure != nil }
    }
  }
}

extension DeviceTimeline {
  /// Another thread came to the driver's ->probe during the visit, in which the lock was dropped.
  fileprivate func isBound(amid visit: Visit) -> Bool {
    visit.ownDMAConfigure != nil
      && binds.contains { bind in
        bind.phase.task.tid != visit.phase.task.tid
          && bind.driverProbe.map { visit.phase.contains($0.time) } ?? false
      }
  }

  /// One of `used` ran on the same thread at the same time: the visit is that one, seen twice.
  fileprivate func isTwin(_ visit: Visit, of used: Set<Phase.Key>) -> Bool {
    visits.contains { other in
      other.phase.task.tid == visit.phase.task.tid && other.phase.overlaps(visit.phase)
        && used.contains(other.phase.key)
    }
  }
}
