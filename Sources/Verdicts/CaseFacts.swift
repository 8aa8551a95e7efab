// What the engine asks of a case and of the evidence for it.
import Bytes
import Records
import Timelines

extension BootTimeline {
  /// Events of a trace were lost between the first and the last thing that was seen.
  func hasGap(amid evidence: [Evidence]) -> Bool {
    let times = evidence.compactMap(\.time)
    guard let first = times.min(), let last = times.max() else { return false }
    return traces.contains { $0.hasGap(from: first, to: last) }
  }
}

extension CaseFile {
  /// The evidence is of several inputs, and nothing tells how far the clock of one is from the others': not even whether
  /// the trace's probe is the one that the log warns of. A silent finding's log lines only go with its trace.
  func isUntied(_ evidence: [Evidence]) -> Bool {
    let inputs = Set(evidence.compactMap { $0.time == nil ? nil : $0.place.map(boot.inputs(with:)) })
    let traces = boot.traces.filter { inputs.contains($0.inputs) }
    return (warning == nil ? traces.count : inputs.count) > 1 && traces.contains { $0.clock.slack == nil }
  }
}

extension [Evidence] {
  /// Each line once, as it was said first.
  var once: [Evidence] {
    var known: Set<String> = []
    return filter { known.insert("\($0.text) \($0.time ?? 0)").inserted }
  }

  /// By time; what has no time stays behind what it followed.
  var inOrder: [Evidence] {
    var last = Int64.min
    let keyed = enumerated().map { index, item -> (Int64, Int, Evidence) in
      last = item.time ?? last
      return (last, index, item)
    }
    return keyed.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }
}

extension CaseFile {
  /// iommu_setup_dma_ops() failed for it, in this life.
  var directDMALine: Evidence? {
    device.lines { if case .keepsDirectDMA = $0 { true } else { false } }.first
      .map { Evidence("the device keeps direct DMA (\"retaining platform DMA ops\")", $0) }
  }

  /// The driver's name: from the warning, the binds, or the log.
  var driver: String? {
    if let name = warning?.driver, !name.isEmpty, !BusName.isOne(name) { return name }
    return device.driver
  }

  /// A driver was set when the probe added the group.
  var driverWasSet: Bool {
    guard let visit else { return false }
    if visit.side == .bind { return true }
    // Drivers configure devices that have no driver, too, and nothing is printed for those.
    if visit.side == .direct {
      return device.binds.isEmpty || isBound(before: visit.phase.start)
    }
    guard let group else { return false }
    // A walk that takes who had been bound before runs no dma_configure for it.
    if visit.side == .walk, seesConfigure, ranNoConfigure, completedBind(before: visit.phase.start) != nil {
      return true
    }
    // Where returns are not traced, nobody knows that an attempt was still going on.
    return rivals.contains { bind in
      !bind.isWithoutReturn
        && ((bind.setBy ?? bind.phase.start) < group.time && (bind.phase.end ?? .max) > group.time
          || (bind.setBy ?? .max) < group.time && !bind.failed)
    }
  }

  /// An attempt had begun by then that is not known to have failed.
  func isBound(before time: Int64) -> Bool { device.binds.contains { $0.phase.start <= time && !$0.failed } }

  var notPrinted: [String] {
    guard warning == nil, side != .none else { return [] }
    return [
      mayBeUnprinted
        ? "the kernel log: the race is there, but the driver may have been set only after the walk looked again, and then nothing "
          + "was printed"
        : "the kernel log: the warning itself is in none of the inputs"
    ]
  }

  /// In the walk's own dma_configure, or before, nobody is seen to set the driver: the second look comes right behind it, and the
  /// group some time after that.
  var mayBeUnprinted: Bool {
    guard warning == nil, side == .walk, let end = visit?.ownDMAConfigure?.end else { return false }
    return !rivals.contains { ($0.setBy ?? .max) <= end }
  }
}
