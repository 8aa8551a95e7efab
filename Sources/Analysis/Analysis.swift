import Bytes
import Records
import Timelines
import Verdicts

/// One document as it was read: a file, or what was in one.
package struct InputSummary: Sendable {
  /// As it was named; what was in a container has the member's name behind a colon.
  package var path: String
  /// What was named: the path, or that of what it was in.
  package var named: String
  /// Where its bytes can be read once more; nil if they cannot.
  package var source: String?
  /// Its bytes are those of the source: nothing was undone.
  package var isPlain = false
  /// Nil if it is no kernel log and no trace, or could not be read.
  package var format: InputFormat?
  /// Bytes of the document, after unpacking; 0 if it could not be read.
  package var bytes: Int
  /// What its bytes are known by; nil unless a scan asked for it.
  package var hash: ContentHash?
  /// What it lacks or has lost, those of the same words put together.
  package var losses: [Loss]
  /// The ring buffers of a trace.dat: the top one ("") and the instances.
  package var buffers: [TraceBuffer] = []
  /// What the headers of its traces say.
  package var promises: [TracePromise] = []
  /// It was found in an archive, where other things may lie too.
  package var isFound: Bool

  /// As it was named; nothing is read yet.
  package init(_ path: String, isFound: Bool, losses: [Loss] = []) {
    self.path = path
    named = path
    self.isFound = isFound
    self.losses = losses
    bytes = 0
  }

  /// It was found beside logs and is none: without effect.
  package var isOther: Bool { isFound && format == nil && !isDamaged }

  /// Findings may be missing because of it. What was found and is no log, is none of ours.
  package var isDamaged: Bool {
    losses.contains {
      $0.isDamage && !(isFound && format == nil && ($0.kind == .unrecognised || $0.kind == .empty))
    }
  }
}

/// One ring buffer of a trace.dat.
package struct TraceBuffer: Sendable {
  /// "" for the top buffer.
  package var name: String
  /// The name of its trace clock as the file has it; "" if it does not say.
  package var clock: String
  /// Records in it, needed or not.
  package var events: Int64
  /// Events lost; nil if a gap does not tell how many.
  package var lost: Int64?

  package init(name: String, clock: String, events: Int64, lost: Int64?) {
    self.name = name
    self.clock = clock
    self.events = events
    self.lost = lost
  }
}

/// One boot, judged.
package struct BootAnalysis: Sendable {
  /// What the inputs show of it, per device.
  package var timeline: BootTimeline
  /// By opening time.
  package var windows: [Window]
  /// Warnings first, by time; then the silent ones, by device.
  package var findings: [Finding]
  /// Notes: no verdict, and no gate fails for them.
  package var suspects: [Suspect]
  /// What its logs lack.
  package var gaps: [LogGap] = []

  package init(timeline: BootTimeline, windows: [Window], findings: [Finding], suspects: [Suspect]) {
    self.timeline = timeline
    self.windows = windows
    self.findings = findings
    self.suspects = suspects
  }
}

/// Everything that `report` and `timeline` show.
package struct Analysis: Sendable {
  /// In the order in which they were read; `Place.input` is the number in it.
  package var inputs: [InputSummary]
  /// The oldest first; empty if no input holds a boot.
  package var boots: [BootAnalysis]
  /// What the kernel's source says of the known fixes, where it was given.
  package var tree: TreeAnswer?

  package init(inputs: [InputSummary], boots: [BootAnalysis], tree: TreeAnswer?) {
    self.inputs = inputs
    self.boots = boots
    self.tree = tree
  }

  /// Findings may be missing: an input could not be read, or is empty, cut, damaged or no kernel log or trace.
  package var isDamaged: Bool { inputs.contains(where: \.isDamaged) }

  /// There is a kernel log, a trace of something that tells about IOMMU probes, or a board's facts: without any there is no answer.
  package var isTelling: Bool {
    boots.contains { $0.timeline.hasLog || !$0.timeline.traces.isEmpty || $0.timeline.facts != nil }
  }

  /// Findings of that verdict, in all boots.
  package func count(_ verdict: Verdict) -> Int {
    boots.reduce(0) { $0 + $1.findings.count { $0.verdict == verdict } }
  }

  /// Printed warnings.
  package var warnings: Int {
    boots.reduce(0) { $0 + $1.findings.count { $0.kind == .lateIOMMUProbe } }
  }

  /// What is said of a document in which nothing was found.
  package static let nothingFound =
    "no kernel log and no trace in here; if it is one, name its format with --input-format"

  /// Why there is no answer where a trace was read.
  package static let notTelling = "none of the functions and events that tell about IOMMU probes was traced"
}
