// Inputs to an analysis.
import Analysis
import Bytes
import Inputs
import Records
import Timelines
import Verdicts

extension Analysis {
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
