import Bytes
import Records
import Timelines
import Verdicts
import Windows

/// One input as it was read.
public struct InputSummary: Sendable {
  public var path: String
  /// Where its bytes can be read once more, if not at `path`.
  public var copy: String?
  /// Nil if it was not recognised or could not be read.
  public var format: InputFormat?
  public var bytes: Int
  public var losses: [Loss]
  /// The ring buffers of a trace.dat: the top one ("") and the instances.
  public var buffers: [TraceBuffer] = []
}

/// One ring buffer of a trace.dat.
public struct TraceBuffer: Sendable {
  public var name: String
  public var clock: String
  /// Records in it, needed or not.
  public var events: Int64
  /// Events lost; nil if a gap does not tell how many.
  public var lost: Int64?
}

/// One boot, judged.
public struct BootAnalysis: Sendable {
  public var timeline: BootTimeline
  public var windows: [Window]
  public var findings: [Finding]
  /// Notes: no verdict, and no gate fails for them.
  public var suspects: [Suspect]
}

/// Everything that `report` and `timeline` show.
public struct Analysis: Sendable {
  public var inputs: [InputSummary]
  public var boots: [BootAnalysis]

  /// Findings may be missing: an input could not be read, or is empty, cut, damaged or no kernel log or trace.
  public var isDamaged: Bool { inputs.contains { $0.losses.contains(where: \.isDamage) } }

  /// There is a kernel log, or a trace of something that tells about IOMMU probes: without either there is no answer.
  public var isTelling: Bool { boots.contains { $0.timeline.hasLog || !$0.timeline.traces.isEmpty } }

  public func count(_ verdict: Verdict) -> Int {
    boots.reduce(0) { $0 + $1.findings.count { $0.verdict == verdict } }
  }

  /// Printed warnings.
  public var warnings: Int {
    boots.reduce(0) { $0 + $1.findings.count { $0.kind == .lateIOMMUProbe } }
  }

  /// Reads `paths` (`-` is standard input) as the files of one machine and judges every boot in them.
  /// `claims`: what the user knows of his kernel.
  public static func run(
    _ paths: [String], format: InputFormat? = nil, claims: KernelClaims = KernelClaims()
  ) -> Analysis {
    run(paths, format, claims) { try LineSource(path: paths[$0]) }
  }

  /// The same for texts that are in memory: tests make thousands of them.
  public static func run(texts: [[UInt8]], format: InputFormat? = nil) -> Analysis {
    run(texts.indices.map { "text \($0)" }, format, KernelClaims()) { LineSource(bytes: texts[$0]) }
  }

  private static func run(
    _ paths: [String], _ format: InputFormat?, _ claims: KernelClaims, _ open: (Int) throws -> LineSource
  ) -> Analysis {
    var names = NameTable()
    var summaries: [InputSummary] = []
    var stories: [InputStory] = []
    for (index, path) in paths.enumerated() {
      let (summary, story) = InputReading.read(path, index, format, &names) { try open(index) }
      summaries.append(summary)
      stories.append(story)
    }
    return Analysis(inputs: summaries, boots: judged(stories, names, claims))
  }

  /// Reads one open kernel log, e.g. out of an archive, and hands on each boot with what was lost of it as soon as it is
  /// over. Before that `piece` has seen the boot's text, in runs of whole lines with their offset in the log.
  public static func eachBoot(
    of source: LineSource, claims: KernelClaims,
    piece: (Span<UInt8>, Int) -> Void, boot: (BootAnalysis, [Loss]) -> Void
  ) {
    var names = NameTable()
    LogBoots.read(source, input: 0, &names, piece: piece) { log, trace, names in
      var story = InputStory(input: 0)
      story.logs = [log]
      if let trace {
        story.traces = [trace]
        story.clock = .relative
      }
      defer { names = NameTable() }
      return judged([story], names, claims)
    } each: { boots, losses in
      for (index, analysis) in boots.enumerated() { boot(analysis, index == 0 ? losses : []) }
    }
  }

  private static func judged(
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
