import Bytes
import Timelines

extension Cause {
  static let walkAbortedRegistration = Cause(
    kind: .walkAbortedRegistration, letter: "T10",
    title: "An error in the walk made the whole IOMMU fail", verdict: .real,
    harm: "harmed: none of its clients has an IOMMU", sides: [.none],
    story: """
      The walk swallows only -ENODEV. Any other error of one client ends it: iommu_device_unregister(), and the IOMMU \
      driver's own probe fails. Its clients stay deferred, or run without it after the timeout. The client that ended the walk \
      need not be its own: the walk asks the IOMMU that a client's firmware names. And groups of other IOMMUs' clients that were \
      queued in that walk never get a default domain: those clients wait for ever.
      """,
    needs: ["iommu_device_register()'s result in a trace, or \"Failed to register iommu\" in the log"],
    proof: "iommu_device_register() returned an error other than -EPROBE_DEFER.",
    decidedBy: [
      Proof(.registrations, .results),
      Proof(.kernelLog, if: "the IOMMU's driver prints that it failed to register"),
    ],
    against: "Nothing: the result says it.",
    advice:
      "Find the client that the walk's last visit names, and why the IOMMU driver refused it with that error.",
    cites: ["bcb81ac6ae3c"],
    judge: { file in
      guard file.warning == nil, file.side == .none else { return nil }
      guard !file.registersLater else { return nil }
      var evidence: [Evidence] = []
      var isTold = false
      var tier = Tier.kernelLog
      if let failed = file.boot.registrations.first(where: { $0.iommu == file.device.name && $0.hasFailed }) {
        let last = file.lastVisit(in: failed)
        // It may refuse before any walk: another IOMMU driver's ops are there (-EBUSY until 6.7), the module has no owner.
        if last == nil, file.boot.tracesVisits { return nil }
        tier = .trace
        isTold = last != nil
        if let visit = last {
          evidence.append(
            Evidence("the walk's last visit is \(visit.device): \(errno(visit.result))", visit.phase))
        }
        evidence.append(
          Evidence("iommu_device_register() returns \(errno(failed.phase.result))", end: failed.phase))
      }
      let refused = file.device.failures.filter { if case .registerFailed = $0.what { true } else { false } }
      if let line = refused.first {
        isTold = true
        evidence.append(Evidence("\"Failed to register iommu\"", line))
      } else if let banner = file.device.lines({ if case .iommuBanner = $0 { true } else { false } }).first {
        evidence.append(Evidence("the IOMMU announces itself", banner))
      }
      let failure = file.device.lines({ if case .probeFailed = $0 { true } else { false } }).first
      if let failure { evidence.append(Evidence("its driver's probe fails", failure)) }
      guard isTold || tier == .trace || failure != nil && !evidence.dropLast().isEmpty else { return nil }
      // Groups that came later may be another IOMMU's.
      let last = failure ?? refused.last
      // Nor is known what became of another try.
      let isAlone =
        last.map { last in
          file.walkAdditions(after: last.order, before: .max).isEmpty
            && !file.device.log.contains {
              if case .iommuBanner = $0.what { $0.order > last.order } else { false }
            }
        } ?? true
      let isProven = isTold && (tier == .trace || isAlone)
      return Judgement(
        confidence: isProven ? .certain : .likely, harm: .harmed, tier: tier,
        summary: "the IOMMU did not register, so no client has it",
        evidence: evidence + file.boardDeferred,
        missing: isProven ? [] : ["iommu_device_register()'s result: " + Advice.trace])
    })
}

extension BootTimeline {
  /// Some walk's visits are in a trace: where none is, none was.
  fileprivate var tracesVisits: Bool {
    devices.values.contains { $0.visits.contains { $0.side == .walk && !$0.isInferred } }
  }
}

extension Registration {
  /// Deferral is no failure: it comes back.
  var hasFailed: Bool { phase.result.map { $0 < 0 && $0 != -517 } ?? false }
}

extension DeviceTimeline {
  /// Where the driver of an IOMMU says that it failed, or the driver core does. What it says before it is deferred is no failure: it comes
  /// back.
  var failures: [LogMoment] {
    var failures: [LogMoment] = []
    // The next word of how its probe went.
    var isDeferred = false
    for line in log.reversed() {
      switch line.what {
      case .registerFailed: if !isDeferred { failures.append(line) }
      case .probeFailed(_, _, let error):
        if error != -517 { failures.append(line) }
        isDeferred = false
      case .probeReturned(_, let result, _): isDeferred = result == -517
      case .iommuBanner: isDeferred = false
      default: break
      }
    }
    return failures.reversed()
  }
}

extension CaseFile {
  /// It failed, was bound again, and registered then.
  fileprivate var registersLater: Bool {
    let own = boot.registrations.filter { $0.iommu == device.name }
    if let failed = own.firstIndex(where: \.hasFailed),
      own[failed...].contains(where: { $0.phase.result == 0 || !$0.hasFailed && serves($0) })
    {
      return true
    }
    guard let failed = device.failures.last else { return false }
    return device.log.contains { line in
      guard line.order > failed.order else { return false }
      switch line.what {
      case .iommuRegistered, .bound, .probeReturned(_, 0, _): return true
      // It tries again, and a walk serves clients then.
      case .iommuBanner:
        return boot.devices.values.contains { other in other.adding.contains { $0.order > line.order } }
      default: return false
      }
    }
  }

  /// A client got its group, or its domain, from that registration's walk.
  private func serves(_ registration: Registration) -> Bool {
    boot.devices.values.contains { other in
      other.groups.contains {
        $0.moment.tid == registration.phase.task.tid && registration.phase.contains($0.moment.time)
      }
        || other.domains.contains {
          $0.tid == registration.phase.task.tid && registration.phase.contains($0.time)
        }
    }
  }

  /// The visit that ended a failed registration.
  func lastVisit(in registration: Registration) -> (device: String, phase: Phase, result: Int64?)? {
    var last: (device: String, phase: Phase, result: Int64?)?
    for other in boot.devices.values {
      for visit in other.visits where visit.side == .walk && registration.phase.contains(visit.phase.start) {
        if visit.phase.start > last?.phase.start ?? .min {
          last = (other.name, visit.phase, visit.phase.result)
        }
      }
    }
    return last
  }
}
