// One input to its story: recognise it, read it to the end, keep what it says and what it lacks.
import Bytes
import Events
import Records
import SystemPackage
import Timelines

enum InputReading {
  private static let sniffed = 1 << 16

  /// Reads one input; `open` gives its lines when they are needed.
  static func read(
    _ path: String, _ index: Int, _ forced: InputFormat?, _ names: inout NameTable,
    open: () throws -> LineSource
  ) -> (InputSummary, InputStory) {
    var summary = InputSummary(path: path, format: forced, bytes: 0, losses: [])
    var story = InputStory(input: index)
    do {
      try read(open(), path, forced, &summary, &story, &names)
    } catch let error as Errno {
      summary.losses = [Loss(.unreadable, explain(error))]
    } catch {
      summary.losses = [Loss(.unreadable, "\(error)")]
    }
    return (summary, story)
  }

  /// Reads an open source: a file, standard input, or a member of an archive.
  static func read(
    _ source: LineSource, _ path: String, _ forced: InputFormat?, _ summary: inout InputSummary,
    _ story: inout InputStory, _ names: inout NameTable
  ) throws {
    let (recognised, isEmpty) = try source.peek(sniffed) { (InputFormat.recognise($0), $0.isEmpty) }
    guard !isEmpty else {
      summary.losses = [Loss(.empty, "the file is empty")]
      return
    }
    guard let format = forced ?? recognised else {
      let isPacked = try source.peek(8) { head in
        head.has("BZh", at: 0) || head.has("PK\u{3}\u{4}", at: 0) || head.has("7zXZ", at: 1)
          || head.count > 3 && (head[0] == 0x1f && head[1] == 0x8b || head[0] == 0x28 && head[1] == 0xb5)
      }
      let isExport = try source.peek(512) { InputFormat.isJournalExport($0) }
      let advice =
        isPacked
        ? packed : isRawPages(path) ? rawPages : isExport ? InputFormat.journalExportAdvice : unknown
      summary.losses = [Loss(.unrecognised, advice)]
      return
    }
    summary.format = format
    if format == .traceDat {
      summary.bytes = try TraceDatReading.read(path, &story, &summary.buffers, &names)
    } else {
      try read(source, format, &story, &names)
      summary.bytes = source.offset
    }
    summary.losses = story.losses
  }

  private static let unknown =
    "no kernel log and no trace in here; if it is one, name its format with --input-format"
  private static let packed =
    "compressed or an archive: unpack it first (zcat, zstdcat), or use proberace scan"
  private static let rawPages =
    "raw pages of a recorder that died: `trace-cmd restore` makes a trace.dat of them"

  /// `trace.dat.cpu3`, as trace-cmd leaves them behind.
  private static func isRawPages(_ path: String) -> Bool {
    guard let name = path.split(separator: ".").last, name.hasPrefix("cpu") else { return false }
    return name.count > 3 && name.dropFirst(3).allSatisfy(\.isNumber)
  }

  static func explain(_ error: Errno) -> String {
    switch error {
    case .noSuchFileOrDirectory: "no such file"
    case .permissionDenied: "permission denied"
    case .isDirectory: "this is a directory: name the files of one boot (or use shell globs)"
    default: "\(error)"
    }
  }

  private static func read(
    _ source: LineSource, _ format: InputFormat, _ story: inout InputStory, _ names: inout NameTable
  ) throws {
    if format == .kernelLog {
      readLog(source, &story, &names)
    } else {
      try readTrace(source, &story, &names)
    }
  }

  private static func readTrace(_ source: LineSource, _ story: inout InputStory, _ names: inout NameTable)
    throws
  {
    var reader = TraceTextReader(input: story.input)
    var tracker = ThreadTracker()
    while try source.next({ text, offset in
      reader.read(text, at: offset) { record, line, place in
        if tracker.wantsMore, let event = TraceEvents.event(record, line, place, &names) {
          tracker.feed(event)
        }
      }
    }) {}
    reader.finish()
    story.clock = reader.clock
    story.kernel = reader.kernel
    story.losses += reader.losses
    defer { story.losses += source.losses(isCut: source.endsInsideLine) }
    finish(&tracker, &story)
  }

  /// Takes over what a tracker found, and says what is wrong with it.
  static func finish(_ tracker: inout ThreadTracker, _ story: inout InputStory) {
    tracker.finish()
    tracker.story.isIncomplete = story.losses.contains {
      [.truncated, .damaged, .unusable].contains($0.kind)
    }
    story.traces.append(tracker.story)
    if tracker.story.events == 0, story.losses.contains(where: { $0.kind == .noContext }) {
      story.losses.append(Loss(.unusable, "nothing in this trace can be used, so it proves nothing"))
    }
    story.losses += tracker.story.losses
  }

  private static func readLog(_ source: LineSource, _ story: inout InputStory, _ names: inout NameTable) {
    LogBoots.read(source, input: story.input, &names) { log, trace, _ in
      (log, trace)
    } each: { boot, losses in
      story.logs.append(boot.0)
      if let trace = boot.1 {
        story.traces.append(trace)
        story.clock = .relative
      }
      story.losses += losses
    }
    // Prose about kernels has their words: without a stamp, a kernel's name or trouble it is no log of one.
    if story.traces.isEmpty, !story.logs.isEmpty,
      story.logs.allSatisfy({ !$0.isStamped && !$0.speaksOfKernel })
    {
      story.losses.append(
        Loss(.unrecognised, "no line has a kernel's stamp, and no kernel is named: this is no kernel log"))
    }
  }
}
