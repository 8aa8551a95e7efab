// The documents of one machine, from any number of inputs, put together and judged.
import Analysis
import Bytes
import Inputs
import Records
import SystemPackage
import Timelines
import Verdicts

/// What the inputs' documents say, until all are read.
struct InputsReading<Watch: BootWatch> {
  private let format: InputFormat?
  private var names = NameTable()
  private var summaries: [InputSummary] = []
  private var stories: [InputStory] = []
  /// By where the log of a boot begins.
  private var watches: [Place: Watch] = [:]
  private var recordings = Recordings()

  init(_ format: InputFormat?) { self.format = format }

  /// Reads everything that `path` holds; `source`: where it can be read once more; `isFound`: it lay in a folder, nobody named it.
  /// Throws only `Stopped`.
  mutating func add(
    _ path: String, _ source: String?, isFound: Bool = false,
    meter: Meter = Meter(isStopped: { false }, count: { _ in }),
    _ visit: (Documents) throws -> Void
  ) throws {
    let first = summaries.count
    var read = self
    let documents = Documents(meter: meter) { document in
      // Moved out and back: two parts of what a closure holds are not changed at once.
      var names = read.names
      var watches = read.watches
      read.names = NameTable()
      var recordings = read.recordings
      read.watches = [:]
      read.recordings = Recordings()
      defer {
        read.names = names
        read.watches = watches
        read.recordings = recordings
      }
      var (summary, story) = try DocumentReading.read(
        document, read.summaries.count, read.format, &names, &watches, &recordings)
      summary.hash = try document.hashed?.finish()
      summary.named = path
      summary.isFound = summary.isFound || isFound
      summary.source = source == "-" ? nil : source
      summary.isPlain = document.path != nil
      read.summaries.append(summary)
      read.stories.append(story)
    } failed: { name, isFound, error in
      let advice = error as? Errno == .isDirectory ? ": give its files, or let scan read it" : ""
      read.fail(name, isFound, InputError.explain(error) + advice)
    }
    try visit(documents)
    self = read
    guard !isFound else { return }
    let own = summaries[first...]
    if own.isEmpty {
      fail(path, false, "nothing is in here")
    } else if own.allSatisfy(\.isFound), own.allSatisfy({ $0.format == nil && !$0.isDamaged }) {
      fail(path, false, "no kernel log and no trace in here (files: \(own.count))")
    }
  }

  private mutating func fail(_ name: String, _ isFound: Bool, _ reason: String) {
    summaries.append(InputSummary(name, isFound: isFound, losses: [Loss(.unreadable, reason)]))
    stories.append(InputStory(input: summaries.count - 1))
  }

  /// All boots. `areNamed`: somebody says that all documents are of one machine, whatever they were found in.
  func judged(_ claims: KernelClaims, areNamed: Bool = false) -> (Analysis, [JudgedBoot<Watch>]) {
    var stories = stories
    var summaries = summaries
    if areNamed { for index in stories.indices { stories[index].isFound = false } }
    var names = names
    var recordings = recordings
    let told = recordings.inputs
    recordings.settle(&stories, &names, claims)
    for input in told { summaries[input].losses = stories[input].losses }
    Self.settlePromises(&summaries, &stories)
    OneCPUTrace.merge(&stories, &names)
    for story in stories { summaries[story.input].losses += story.losses.filter { $0.kind == .oneCPU } }
    var boots = Analysis.judged(stories, names, claims)
    let judged = boots.enumerated().map { index, boot in
      JudgedBoot(
        analysis: boot, watches: boot.timeline.logBegins.compactMap { watches[$0] },
        // What the inputs as a whole lack is told once.
        losses: index == 0 ? summaries.flatMap { $0.isDamaged || $0.format != nil ? $0.losses : [] } : [])
    }
    for index in boots.indices { boots[index].gaps = judged[index].gaps }
    return (Analysis(inputs: summaries, boots: boots, tree: claims.tree), judged)
  }
}

extension InputsReading {
  /// The files of one buffer have the header of all of it: what it promises they hold together, and none was cut. That of a CPU
  /// which wrote nothing is a header alone.
  private static func settlePromises(_ summaries: inout [InputSummary], _ stories: inout [InputStory]) {
    let all = summaries.indices.flatMap { input in summaries[input].promises.map { (input: input, $0) } }
    for (entries, files) in Dictionary(grouping: all, by: { $0.1.entries })
    where Set(files.map(\.input)).count > 1 && files.reduce(0, { $0 + $1.1.here }) == entries {
      for (input, promise) in files where promise.here < entries {
        func isKept(_ loss: Loss) -> Bool {
          loss.kind == .truncated && loss.place == nil && loss.count == entries - promise.here
        }
        summaries[input].losses.removeAll(where: isKept)
        stories[input].losses.removeAll(where: isKept)
        for trace in stories[input].traces.indices where stories[input].traces[trace].events == 0 {
          stories[input].traces[trace].isIncomplete = DocumentReading.mayLackCalls(stories[input].losses)
        }
      }
    }
  }
}

extension Analysis {
  /// Reads the inputs of one machine for a scan. Throws only `Stopped`.
  package static func group<Watch: BootWatch>(
    _ paths: [String], areFound: Bool, areNamed: Bool, meter: Meter, claims: KernelClaims,
    watchedBy: Watch.Type
  ) throws -> (inputs: [InputSummary], boots: [JudgedBoot<Watch>]) {
    var inputs = InputsReading<Watch>(nil)
    for path in paths { try inputs.add(path, path, isFound: areFound, meter: meter) { try $0.visit(path) } }
    let (analysis, boots) = inputs.judged(claims, areNamed: areNamed)
    return (analysis.inputs, boots)
  }
}
