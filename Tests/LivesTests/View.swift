import TestSupport

/// What of a boot reaches the analyser.
enum View: String, CaseIterable {
  case both, trace, log
  case lateLog = "log late"
  case lateTrace = "trace late"
  case earlyEnd = "trace ends early"
  case oneCPU = "one CPU's events"
  /// tracefs filters on the entries' device; returns have none.
  case filtered = "filtered to the device"
  case searched = "searched for the device"
  case noProbeReturns = "no returns of really_probe"
  case noRemovals = "no removals"
  case noOfIOMMU = "no of_iommu_configure"

  /// Nothing of the last life is missing that a finding needs.
  var isWhole: Bool { [.both, .trace, .log].contains(self) }

  /// The texts that are given together: damaged traces with the log or without.
  func texts(of story: Story, _ random: inout Random) -> [[UInt8]] {
    let boot = story.boot
    let log = Boot.text(boot.log)
    func cut(_ keep: (Boot.Event) -> Bool) -> [[UInt8]] {
      let trace = Boot.text(boot.trace.filter(keep), header: self != .searched)
      return Bool.random(using: &random) ? [log, trace] : [trace]
    }
    let begin = story.start - 500_000
    switch self {
    case .both: return [log, Boot.text(boot.trace)]
    case .trace: return [Boot.text(boot.trace)]
    case .log: return [log]
    case .lateLog: return [Boot.text(boot.log.filter { $0.time >= begin }), Boot.text(boot.trace)]
    case .lateTrace:
      let first = Bool.random(using: &random) ? begin : Int.random(in: begin..<story.end, using: &random)
      return cut { $0.time >= first }
    case .earlyEnd:
      let last = Int.random(in: begin..<story.end, using: &random)
      return cut { $0.time < last }
    case .oneCPU:
      let cpu = [Thread.binder, .walker, .user].randomElement(using: &random)?.cpu
      return cut { $0.who.cpu == cpu }
    case .filtered:
      return cut {
        $0.isReturn || $0.device == story.client.name || $0.probe == .register || $0.probe == .ungroup
      }
    case .searched: return cut { !$0.isReturn && $0.device == story.client.name }
    case .noProbeReturns: return cut { !($0.isReturn && $0.probe == .reallyProbe) }
    case .noRemovals: return cut { $0.probe != .ungroup }
    case .noOfIOMMU: return cut { $0.probe != .ofIOMMU }
    }
  }
}
