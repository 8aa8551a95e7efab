import Analysis
import Bytes
import Facts
import Inputs
import Records
import Timelines
import Verdicts

/// A boot of a document, judged.
package struct JudgedBoot<Watch: BootWatch> {
  /// Of one document alone its places have the input 0.
  package var analysis: BootAnalysis
  /// Those of the logs that show it; none if it is a trace's alone.
  package var watches: [Watch]
  /// What this boot lacks; what is of the whole document is in `DocumentBoots.losses`.
  package var losses: [Loss]

  package init(analysis: BootAnalysis, watches: [Watch], losses: [Loss]) {
    self.analysis = analysis
    self.watches = watches
    self.losses = losses
  }
}

/// One document's boots, judged one after the other: for scans, which look at any number of documents of any size.
package struct DocumentBoots<Watch: BootWatch> {
  private let claims: KernelClaims
  private var reader: DocumentReader<Watch>
  /// Boots that have to wait for what else the document holds: a trace, or the same boot in another section.
  private var kept: [ReadBoot<Watch>] = []
  private var judged: [JudgedBoot<Watch>] = []
  private var hasEnded = false
  /// A boot until now has lost what may be a trace's calls.
  private var isCut = false
  /// There was a boot of a log, or a trace.
  private var hasLog = false
  /// At the end: what was lost beside the boots.
  package private(set) var losses: [Loss] = []

  /// `claims`: what the user knows of the kernel that was booted.
  package init(_ source: LineSource, claims: KernelClaims) {
    self.claims = claims
    reader = DocumentReader(source, input: 0, only: .any, names: NameTable())
  }

  /// What the document is, once it was read; nil if neither a log, a trace nor board facts were in it.
  package var format: InputFormat? { reader.format(hasLog: hasLog) }

  /// The next boot; nil at the end.
  package mutating func next() -> JudgedBoot<Watch>? {
    while judged.isEmpty {
      guard let group = reader.next() else {
        guard !hasEnded else { return nil }
        hasEnded = true
        judgeKept()
        losses += reader.losses
        continue
      }
      let logs = group.filter { $0.logged.isTelling }
      hasLog = hasLog || !logs.isEmpty
      // A boot loader's output, or prose, may be damaged too.
      isCut = isCut || group.contains { DocumentReading.mayLackCalls($0.losses) }
      for boot in group where !boot.logged.boot.isLog { losses += boot.losses.filter { $0.kind != .openEnd } }
      guard !logs.isEmpty else { continue }
      if reader.story.hasParts || !kept.isEmpty {
        kept += logs
      } else {
        judge(logs, traces: [])
        reader.forgetNames()
      }
    }
    return judged.removeFirst()
  }

  private mutating func judgeKept() {
    judge(kept, traces: reader.story.traces, reader.story.facts)
    kept = []
  }

  private mutating func judge(
    _ logs: [ReadBoot<Watch>], traces: [TracePart], _ facts: BoardFacts? = nil
  ) {
    guard !logs.isEmpty || !traces.isEmpty || facts != nil else { return }
    var story = InputStory(input: 0)
    story.facts = facts
    // Closures: a key path of a generic type is made anew each time.
    story.logs = logs.map { $0.logged.boot }
    // Damage of the document is that of its traces, and what no boot has lost may be theirs.
    story.losses = losses + reader.losses
    let before = story.losses.count
    DocumentReading.take(traces: traces, logs.flatMap { $0.logged.dumps }, &story, isCut: isCut)
    let ofTraces = story.losses.dropFirst(before)
    var stories = [story]
    var names = reader.story.names
    OneCPUTrace.merge(&stories, &names)
    losses += stories[0].losses.dropFirst(story.losses.count)
    for analysis in Analysis.judged(stories, names, claims) {
      let own = logs.filter { log in
        log.logged.boot.begins.map { analysis.timeline.logBegins.contains($0) } ?? false
      }
      judged.append(
        JudgedBoot(
          analysis: analysis, watches: own.map { $0.watch },
          losses: own.flatMap { $0.losses } + (analysis.timeline.traces.isEmpty ? [] : ofTraces)))
    }
  }
}
