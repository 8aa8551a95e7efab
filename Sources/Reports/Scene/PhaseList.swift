import Events
import Timelines

/// A device's phases: what the contract lists and what is drawn.
enum PhaseList {
  /// Everything that took time.
  static func spans(_ device: DeviceTimeline) -> [PhaseSpan] {
    device.binds.flatMap { of($0) }
      + device.visits.filter { !$0.isUntimed }.flatMap { of($0, own: device.registrations) }
      + device.registrations.map { PhaseSpan(.registration, $0.phase) }
  }

  /// Groups and domains.
  static func moments(_ device: DeviceTimeline) -> [PhaseMoment] {
    var moments = device.groups.map { moment(.group, $0.moment, "group \($0.group)") }
    moments += device.domains.map { moment(.domain, $0, nil) }
    if device.groups.isEmpty { moments += device.adding.map(fromLog) }
    return moments
  }

  /// A bind attempt, then what ran inside it.
  static func of(_ bind: Bind) -> [PhaseSpan] {
    var spans = [PhaseSpan(.bind, bind.phase, bind.driver.isEmpty ? nil : bind.driver)]
    spans[0].isWithoutReturn = bind.isWithoutReturn
    if let dma = bind.dmaConfigure ?? bind.firmware {
      spans.append(PhaseSpan(.dmaConfigure, dma, dma.function))
    }
    if let probe = bind.busProbe { spans.append(PhaseSpan(.driverProbe, probe, probe.function)) }
    for direct in bind.direct {
      spans.append(PhaseSpan(.dmaConfigure, direct, "\(direct.function), called by \(direct.caller)"))
    }
    return spans
  }

  /// An IOMMU probe, then what it called.
  static func of(_ visit: Visit, own: [Registration]) -> [PhaseSpan] {
    // The walk meets the IOMMU's own device: bound, no firmware description, left alone. Not a finding.
    let isOwn = own.contains {
      $0.phase.task.tid == visit.phase.task.tid && $0.phase.contains(visit.phase.start)
    }
    let outcome = visit.outcome.word + (isOwn ? " (the IOMMU's own device)" : "")
    var spans = [PhaseSpan(visit.side == .walk ? .walkVisit : .iommuProbe, visit.phase, outcome)]
    spans[0].isInferred = visit.isInferred
    if let own = visit.ownDMAConfigure, !visit.isInferred {
      spans.append(PhaseSpan(.dmaConfigure, own, own.function))
    }
    return spans
  }

  private static func moment(_ kind: PhaseKind, _ moment: Moment, _ detail: String?) -> PhaseMoment {
    PhaseMoment(
      kind: kind, time: moment.time, task: KernelTask(comm: "", tid: moment.tid), detail: detail,
      place: moment.place)
  }

  private static func fromLog(_ line: LogMoment) -> PhaseMoment {
    var detail: String?
    if case .adding(_, _, let group) = line.what { detail = "group \(group)" }
    return PhaseMoment(kind: .group, time: line.time, task: nil, detail: detail, place: line.place)
  }
}

extension Visit.Outcome {
  /// For readers: what came of the visit.
  var word: String {
    switch self {
    case .accepted: "accepted"
    case .already: "had a group"
    case .skipped: "left alone"
    case .refused(let error): "refused: \(error)"
    case .failed(let error): "failed: \(error)"
    case .unknown: "outcome not traced"
    }
  }
}
