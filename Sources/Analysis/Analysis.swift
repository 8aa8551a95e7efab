import Bytes
import Inputs
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
  var isPlain = false
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
  var promises: [TracePromise] = []
  /// It was found in an archive, where other things may lie too.
  package var isFound: Bool

  init(_ path: String, isFound: Bool, losses: [Loss] = []) {
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
}

/// Everything that `report` and `timeline` show.
package struct Analysis: Sendable {
  /// In the order in which they were read; `Place.input` is the number in it.
  package var inputs: [InputSummary]
  /// The oldest first; empty if no input holds a boot.
  package var boots: [BootAnalysis]
  /// What the kernel's source says of the known fixes, where it was given.
  package var tree: TreeAnswer?

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

  /// Reads `paths` (`-` is standard input) as the files of one machine and judges every boot in them.
  /// `claims`: what the user knows of his kernel.
  package static func run(
    _ paths: [String], format: InputFormat? = nil, claims: KernelClaims = KernelClaims()
  ) -> Analysis {
    var inputs = InputsReading<UserSpaceWatch>(format)
    // Nobody stops it.
    for path in paths { try? inputs.add(path, path) { documents in try documents.visit(path) } }
    return inputs.judged(claims).0
  }

  /// The same for inputs that are read from elsewhere than their names say: copies of standard input and of pipes.
  package static func run(
    _ inputs: [(name: String, source: String)], format: InputFormat?, claims: KernelClaims
  ) -> Analysis {
    var reading = InputsReading<UserSpaceWatch>(format)
    for (name, source) in inputs {
      try? reading.add(name, source) { documents in try documents.visit(source, as: name) }
    }
    return reading.judged(claims).0
  }

  /// The same for one document.
  package static func run(_ document: Document, claims: KernelClaims) throws -> Analysis {
    var names = NameTable()
    var watches: [Place: UserSpaceWatch] = [:]
    var recordings = Recordings()
    var (summary, story) = try DocumentReading.read(document, 0, nil, &names, &watches, &recordings)
    var stories = [story]
    if !recordings.inputs.isEmpty {
      recordings.settle(&stories, &names, claims)
      story = stories[0]
      summary.losses = story.losses
    }
    return Analysis(
      inputs: [summary],
      boots: judged([story], names, claims).map { boot in
        var boot = boot
        boot.gaps = JudgedBoot<UserSpaceWatch>(analysis: boot, watches: [], losses: []).gaps
        return boot
      }, tree: claims.tree)
  }

  /// What is said of a document in which nothing was found.
  package static let nothingFound =
    "no kernel log and no trace in here; if it is one, name its format with --input-format"

  /// Why there is no answer where a trace was read.
  package static let notTelling = "none of the functions and events that tell about IOMMU probes was traced"

  /// The same for texts that are in memory: tests make thousands of them.
  package static func run(texts: [[UInt8]], format: InputFormat? = nil) -> Analysis {
    var inputs = InputsReading<UserSpaceWatch>(format)
    for (index, text) in texts.enumerated() {
      try? inputs.add("text \(index)", nil) { documents in try documents.visit(text, name: "text \(index)") }
    }
    return inputs.judged(KernelClaims()).0
  }

  static func judged(
    _ stories: [InputStory], _ names: NameTable, _ claims: KernelClaims
  ) -> [BootAnalysis] {
    Assembly.boots(stories, names).map { timeline in
      let findings = Engine.findings(timeline, claims)
      return BootAnalysis(
        timeline: timeline, windows: Windows.all(timeline), findings: findings,
        suspects: Engine.suspects(timeline, besides: findings, claims))
    }
  }
}
