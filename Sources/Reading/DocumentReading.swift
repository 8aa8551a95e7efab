// One document to its story: see what it is, read it to the end, keep what it says and what it lacks.
import Analysis
import Bytes
import Events
import Facts
import Inputs
import Records
import SystemPackage
import Timelines

/// A document as it was read.
private struct ReadDocument {
  var summary: InputSummary
  var story: InputStory
}

enum DocumentReading {
  /// Reads one document; `index` is its input's number.
  static func read<Watch: BootWatch>(
    _ document: Document, _ index: Int, _ forced: InputFormat?, _ names: inout NameTable,
    _ watches: inout [Place: Watch], _ recordings: inout Recordings
  ) throws -> (InputSummary, InputStory) {
    var read = ReadDocument(
      summary: InputSummary(document.name, isFound: document.isFound), story: InputStory(input: index))
    read.story.isFound = document.isFound
    let source = LineSource(stream: document.stream)
    let (isEmpty, recognised) = try source.peek(Recognised.sniffed) { ($0.isEmpty, Recognised($0)) }
    guard !isEmpty else {
      read.summary.losses = [Loss(.empty, "the file is empty")]
      return (read.summary, read.story)
    }
    switch forced.map(Recognised.format) ?? recognised {
    case .refused(let refusal): try refuse(source, refusal, &read)
    case .format(let format):
      switch format.reader {
      case .traceDat: try readTraceDat(document, source, &read, &names)
      case .perfettoTrace: try readPerfetto(source, &read, &names, &recordings)
      case .facts: try readFacts(source, &read)
      case .probes: try readProbes(source, &read, &recordings)
      case .text(let only): readText(source, only, &read, &names, &watches)
      }
    case .text: readText(source, .any, &read, &names, &watches)
    }
    return (read.summary, read.story)
  }

  /// Names what is not read. The warning's words in it would be lost: they are looked for all the same.
  private static func refuse(_ source: LineSource, _ refusal: Refusal, _ read: inout ReadDocument) throws {
    var tripwire = Tripwire(input: read.story.input)
    while try source.next({ text, offset in tripwire.look(text, at: offset, lines: 0) }) {}
    read.summary.bytes = source.offset
    read.summary.losses = refused(refusal, tripwire.hits)
  }

  /// What a refused document comes to. Where nobody named it the refusal is no fault, the words of the warning in it are.
  static func refused(_ refusal: Refusal, _ hits: [Tripwire.Hit]) -> [Loss] {
    [Loss(.unrecognised, refusal.sentence)] + unexplained(hits, of: refusal)
  }

  /// The warning's words in what is not read.
  static func unexplained(_ hits: [Tripwire.Hit], of refusal: Refusal? = nil) -> [Loss] {
    guard var place = hits.map(\.place).min() else { return [] }
    place.line = 0
    let what = refusal.map { "\($0.title), which is not read" } ?? "no part of the recording"
    return [
      Loss(
        .unexplained, count: Int64(hits.count),
        "the words of a late-IOMMU-probe warning stand in it: \(what)", at: place)
    ]
  }

  private static func readTraceDat(
    _ document: Document, _ source: LineSource, _ read: inout ReadDocument, _ names: inout NameTable
  ) throws {
    read.summary.format = .traceDat
    let copy = document.path == nil ? try TemporaryFile(rest: source) : nil
    read.summary.bytes = try TraceDatReading.read(
      copy?.path ?? document.path ?? "", name: document.name, &read.story, &read.summary.buffers, &names)
    read.summary.losses = read.story.losses
  }

  private static func readPerfetto(
    _ source: LineSource, _ read: inout ReadDocument, _ names: inout NameTable,
    _ recordings: inout Recordings
  ) throws {
    let found = try readRecording(source, read.story.input, &names, &recordings)
    (read.summary.format, read.summary.bytes, read.summary.buffers) = (
      found.format, found.bytes, found.buffers
    )
    read.story.losses = found.losses
    read.summary.losses = found.losses
  }

  private static func readProbes(
    _ source: LineSource, _ read: inout ReadDocument, _ recordings: inout Recordings
  ) throws {
    while try source.next({ text, _ in recordings.define(text) }) {}
    read.summary.format = .kprobeEvents
    read.summary.bytes = source.offset
  }

  private static func readFacts(_ source: LineSource, _ read: inout ReadDocument) throws {
    var reader = FactsReader(input: read.story.input)
    var tripwire = Tripwire(input: read.story.input)
    var broken: [Loss] = []
    do {
      while try source.next({ text, offset in
        reader.read(text, at: offset)
        tripwire.look(text, at: offset, lines: 0)
      }) {}
    } catch let stop as Stopped {
      throw stop
    } catch {
      broken = [Loss(.unreadable, InputError.explain(error))]
    }
    reader.finish(isCut: source.endsInsideLine || !broken.isEmpty)
    read.summary.format = .boardFacts
    read.summary.bytes = source.offset
    read.story.facts = reader.isUsable ? reader.facts : nil
    read.story.losses = broken + reader.facts.losses + unexplained(tripwire.hits)
    read.summary.losses = read.story.losses
  }

  private static func readText<Watch: BootWatch>(
    _ source: LineSource, _ only: TextReader.Only, _ read: inout ReadDocument, _ names: inout NameTable,
    _ watches: inout [Place: Watch]
  ) {
    let head = source.peekable(1 << 14)
    var reader = DocumentReader<Watch>(source, input: read.story.input, only: only, names: names)
    names = NameTable()
    var boots: [LoggedBoot] = []
    while let group = reader.next() {
      for boot in group {
        boots.append(boot.logged)
        if let begins = boot.logged.boot.begins { watches[begins] = boot.watch }
        read.story.losses += boot.losses
      }
    }
    names = reader.story.names
    read.summary.promises = reader.story.promises
    take(boots, reader, &read)
    read.summary.bytes = source.offset
    guard read.summary.format != nil else {
      let what = Refusal(text: head.span)
      read.summary.losses =
        (read.story.losses + reader.losses).whereNothingWasFound(what)
        + [Loss(.unrecognised, what?.sentence ?? Analysis.nothingFound)]
      return
    }
    read.summary.losses = read.story.losses
  }

  /// Takes over what the reader found.
  private static func take<Watch: BootWatch>(
    _ boots: [LoggedBoot], _ reader: DocumentReader<Watch>, _ read: inout ReadDocument
  ) {
    let logs = boots.filter(\.isTelling)
    read.story.facts = reader.story.facts
    read.summary.format = reader.format(hasLog: !logs.isEmpty)
    guard read.summary.format != nil else { return }
    // A trace's text has no lines of a log's, but prose about it may stand beside.
    read.story.logs = logs.map(\.boot)
    read.story.losses += reader.losses
    take(traces: reader.story.traces, logs.flatMap(\.dumps), &read.story)
  }

  /// Whether calls or returns may be missing from a trace in what lost these.
  static func mayLackCalls(_ losses: [Loss]) -> Bool {
    losses.contains { [.truncated, .damaged, .unusable].contains($0.kind) }
  }

  /// Puts traces into a story, and says what is wrong with them. `isCut`: calls may be missing from the document for a loss that the
  /// story does not have. A dump lacks what its boot's log lacks, which its reader has told.
  static func take(
    traces: [TracePart], _ dumps: [TraceStory], _ story: inout InputStory, isCut: Bool = false
  ) {
    let isCut = isCut || mayLackCalls(story.losses)
    for (index, var trace) in (traces.map(\.story) + dumps).enumerated() {
      trace.isIncomplete = trace.isIncomplete || isCut && index < traces.count
      if trace.events == 0, story.losses.contains(where: { $0.kind == .noContext }) {
        story.losses.append(Loss(.unusable, "nothing in this trace can be used, so it proves nothing"))
      }
      story.losses += trace.losses
      story.traces.append(trace)
    }
    story.ofOneCPU = traces.enumerated().compactMap { index, part in
      part.cpu.map { OneCPUTrace(trace: index, cpu: $0, events: part.events) }
    }
  }
}

extension [Loss] {
  /// What counts of the losses of a text in which neither a log nor a trace was found: no line of one is missing, but what could not
  /// be read may have had some. Behind binary data no log begins.
  package func whereNothingWasFound(_ refusal: Refusal?) -> [Loss] {
    filter { $0.kind == .unexplained || $0.kind == .unreadable && refusal != .binary }
  }
}
