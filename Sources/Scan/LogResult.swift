import Analysis
import Bytes
import Inputs
import Records
import Verdicts

/// What a scan says of one boot of one log. One log may hold several boots.
package struct LogResult: Sendable {
  /// How far the log goes, where it has no finding.
  package enum State: String, Sendable {
    /// From the kernel's hello to user space.
    case complete
    /// A kernel log that lacks something of its boot, see `gaps`: what was there is not known.
    case incomplete
    /// Neither a kernel log nor a trace.
    case noKernelLog = "no-kernel-log"
    /// Could not be read, is empty, or is damaged so that findings may be missing.
    case unreadable
  }
  /// As given; a member of an archive is `archive.tar.gz:dir/boot.log`.
  package var path: String
  /// Which boot of the log, from 0.
  package var boot: Int
  /// The release; nil if the log does not say.
  package var kernel: String?
  /// What the machine is called; nil if the log does not say.
  package var hardware: String?
  /// What it is worth as an answer; findings count in any state.
  package var state: State
  /// What it lacks of its boot; empty if it is complete.
  package var gaps: [LogGap]
  /// As a report lists them: warnings first, by time.
  package var findings: [Judged]
  /// Devices that may run without their IOMMU: notes, which no gate fails for.
  package var suspects: [Suspect] = []
  /// A race would have shown: of a trace without a log that is not always so.
  package var showsRaces = true
  /// Other WARNINGs, oopses and panics, by signature.
  package var others: [OtherTrouble]
  /// What the input lacks; empty for a log that is whole.
  package var losses: [Loss]
  /// Why it could not be read; nil if it could.
  package var error: String?
  /// What it is, if it is no kernel log.
  package var reason: String?
  /// What the document is; nil if that is not known.
  package var format: InputFormat?
  /// It was found in an archive or a folder: nobody said that it is a log.
  package var isFound = false
  /// The named folder that it was found in, by its number among those.
  package var folder: Int?
  /// What the log is known by, wherever it lies; nil where nobody asked, or it could not be opened.
  package var hash: ContentHash?
  /// `--skip-known` has it: it was not judged, and there is no row of it.
  package private(set) var isKnown = false
  /// Whether it counts in a rate.
  package var eligible = Eligibility.unread
  /// What its owner calls it.
  package var labels: [String: String] = [:]
  /// The manifest's name of it.
  package var id: String?
  /// `--labels-from-path` told its labels.
  package var fitsPattern = true
  /// Where several documents are judged as those of one machine: all of them. Places name them by their number.
  package var inputs: [String] = []

  /// Without findings, gaps and losses.
  package init(path: String, boot: Int, state: State) {
    self.path = path
    self.boot = boot
    self.state = state
    gaps = []
    findings = []
    others = []
    losses = []
  }

  /// A boot of a kernel log, complete if it lacks nothing.
  init(path: String, boot: Int, gaps: [LogGap]) {
    self.init(path: path, boot: boot, state: gaps.isEmpty ? .complete : .incomplete)
    self.gaps = gaps
  }

  /// `path` could not be read, for `reason`; `kind` is the code of it.
  package static func unreadable(
    _ path: String, _ reason: String, _ kind: Loss.Kind = .unreadable, isFound: Bool = false
  ) -> LogResult {
    var result = LogResult(path: path, boot: 0, state: .unreadable)
    result.error = reason
    result.losses = [Loss(kind, reason)]
    result.isFound = isFound
    return result
  }

  /// A log that is known already.
  static func known(_ path: String, _ hash: ContentHash) -> LogResult {
    var result = LogResult(path: path, boot: 0, state: .incomplete)
    (result.hash, result.isKnown) = (hash, true)
    return result
  }

  func known(by hash: ContentHash?) -> LogResult {
    var result = self
    result.hash = hash
    return result
  }

  /// A document without a byte: no log of those that were named.
  static func empty(_ document: Document.Name) -> LogResult {
    let reason = "the log is empty"
    return document.isFound ? noLog(document, reason) : unreadable(document.name, reason)
  }

  /// A trace in which nothing tells about IOMMU probes.
  static func notTelling(_ document: Document.Name, _ reason: String, _ losses: [Loss] = []) -> LogResult {
    guard !document.isFound else { return noLog(document, reason) }
    var result = unreadable(document.name, reason, .notTelling)
    result.losses += losses
    return result
  }

  /// A document that is neither a log nor a trace, and what it is.
  static func noLog(_ document: Document.Name, _ reason: String) -> LogResult {
    var result = LogResult(path: document.name, boot: 0, state: .noKernelLog)
    result.reason = reason
    result.isFound = document.isFound
    return result
  }

  /// The same of a text that begins with `head`.
  static func noLog(_ document: Document.Name, text head: Span<UInt8>) -> LogResult {
    noLog(document, Refusal(text: head)?.sentence ?? "no kernel log in here")
  }

  /// What the boot is known by, wherever its log lies: the log's hash and which boot of it; nil without a hash.
  package var record: String? { hash.map { "\($0.text):\(boot)" } }

  /// What it comes to, in the words of `Answer`.
  package var answer: String {
    if !findings.isEmpty { return Answer.findings.code }
    if losses.contains(where: { $0.kind == .unexplained }) { return Answer.unexplained.code }
    switch state {
    case .noKernelLog: return Answer.noAnswer(.unusable).code
    case .unreadable: return (kernel == nil ? Answer.noAnswer(.unusable) : .incomplete(.damaged)).code
    case .incomplete: return (showsRaces ? Answer.incomplete(.partOfLog) : .notVisible).code
    case .complete: return (suspects.isEmpty ? Answer.clean : .incomplete(.suspects(suspects.count))).code
    }
  }

  /// Nothing can be said of it. The scan then ends with 2; not for what lies in a folder or an archive beside logs.
  package var isNoAnswer: Bool { state == .unreadable || state == .noKernelLog && !isFound }
  /// Something could be said of it.
  package var isJudged: Bool { state == .complete || state == .incomplete }
  /// `group`: a line of the log adds a device to an IOMMU group.
  package mutating func decideEligibility(group: Bool) {
    eligible =
      findings.isEmpty
      ? gaps == [.log] && showsRaces && state == .incomplete
        ? .trace : Eligibility(log: state, gaps: gaps, kernel: kernel, group: group)
      : .finding
  }

  /// It is of a boot, though it may be damaged: a log without one is a log all the same.
  package var isBoot: Bool { isJudged || kernel != nil || !findings.isEmpty }
  /// An unreadable log is never a pass, whatever was found in it.
  package var fails: Bool { state == .unreadable || findings.contains { !$0.decision.passes } }
}

/// A finding and what the gate makes of it.
package struct Judged: Sendable {
  /// What a report says of it.
  package var finding: Finding
  /// Whether it stops the job, and why.
  package var decision: GateDecision
  /// For a page; nil but of some examples.
  package var illustration: Illustration?
  package init(finding: Finding, decision: GateDecision) {
    self.finding = finding
    self.decision = decision
  }
}

/// Why a finding passes or fails.
package struct GateDecision: Sendable {
  /// It does not stop the job.
  package var passes: Bool
  /// One sentence for --explain-gate.
  package var reason: String
  /// The allow-list entry that lets it pass; nil if the verdict alone does.
  package var allowedBy: String?
  /// A bug link of that entry.
  package var bug: String?
  /// Let pass, but to be shown as a warning rather than nothing ("soft").
  package var isSoft: Bool

  package init(
    passes: Bool, reason: String, allowedBy: String? = nil, bug: String? = nil, isSoft: Bool = false
  ) {
    self.passes = passes
    self.reason = reason
    self.allowedBy = allowedBy
    self.bug = bug
    self.isSoft = isSoft
  }
}

/// A WARNING, oops or panic that is not the late IOMMU probe.
package struct OtherTrouble: Sendable {
  /// As JSON has it.
  package enum Kind: String, Sendable { case warning, oops, panic }
  /// What the kernel called it.
  package var kind: Kind
  /// Stable over builds, CPUs and pids: the kind and the function.
  package var signature: String
  /// Its first line.
  package var title: String
  /// How often it came in this boot.
  package var count: Int
  /// Where it came first; nil if that is not known.
  package var place: Place?
  /// When it came first, in nanoseconds since boot; nil without stamps.
  package var time: Int64?
  package init(
    kind: Kind, signature: String, title: String, count: Int = 1, place: Place? = nil, time: Int64? = nil
  ) {
    self.kind = kind
    self.signature = signature
    self.title = title
    self.count = count
    self.place = place
    self.time = time
  }
}
