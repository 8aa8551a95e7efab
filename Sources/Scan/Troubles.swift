// Other WARNINGs, oopses and panics of a log, by signature, so that one scan suffices. Only the reports that a hit is in are
// read, in the grammar in which the engine reads those of a late probe: what is one report there is one here.
import Bytes
import Events
import Records

/// Collects troubles from pieces of a log.
struct Troubles {
  private var lines = LogLines()
  private var reports = TroubleReports()
  /// The end of what was read.
  private var seenTo = 0
  /// Of the text that begins at `start` in the log, lines are counted up to `offset`: `lines` are above. Each hit goes on from
  /// there.
  private var counted = (start: 0, offset: 0, lines: 0)

  /// Kernel lines are never longer; of longer ones only the beginning is looked at.
  private static let longestLine = 4096

  /// What was found, those included that are not over yet.
  var found: [OtherTrouble] {
    guard isReading else { return reports.found }
    var lines = lines
    var reports = reports
    lines.flush { reports.take($0, $1, $2) }
    reports.finish()
    return reports.found
  }

  /// Goes on with a report that the piece before ended in.
  mutating func goOn(_ text: Span<UInt8>, at offset: Int, lines above: Int) {
    if isReading { read(text, from: 0, offset, above) }
  }

  /// Takes the report whose words stand at `hit` in `text`, whole lines that begin at `offset` in the log, where `above` lines
  /// are before them.
  mutating func take(_ text: Span<UInt8>, _ hit: Int, at offset: Int, lines above: Int) {
    guard offset + hit >= seenTo else { return }
    var start = hit
    while start > 0, text[start - 1] != 10 {
      guard hit - start < Self.longestLine else {
        seenTo = offset + (text.index(of: 10, from: hit) ?? text.count)
        return
      }
      start -= 1
    }
    read(text, from: start, offset, above)
  }

  /// Reads lines until no report is open.
  private mutating func read(_ text: Span<UInt8>, from start: Int, _ offset: Int, _ above: Int) {
    var start = start
    if counted.start != offset || counted.offset > offset + start || counted.lines < above {
      counted = (offset, offset, above)
    }
    let between = text.extracting(counted.offset - offset..<start)
    var number = counted.lines + between.count(of: 10, before: between.count) + 1
    counted = (offset, offset + start, number - 1)
    repeat {
      let end = text.index(of: 10, from: start) ?? text.count
      let line = text.extracting(start..<min(end, start + Self.longestLine))
      if !line.isEmpty {
        Self.feed(line, Place(input: 0, line: number, offset: offset + start), &lines, &reports)
      }
      seenTo = offset + end
      start = end + 1
      number += 1
    } while isReading && start < text.count
  }

  private var isReading: Bool { reports.isReading || lines.isHolding }

  /// Both are handed in: the one lends its lines to the other, and nothing of them is copied.
  private static func feed(
    _ line: Span<UInt8>, _ place: Place, _ lines: inout LogLines, _ reports: inout TroubleReports
  ) {
    lines.take(LogPrefix.parse(line), line, place) { reports.take($0, $1, $2) }
  }
}

/// The reports of those lines.
private struct TroubleReports {
  /// Where a report names its trouble.
  private struct Head {
    var title: String
    var time: Int64?
    /// The function, if the line names it.
    var function: String?
    /// The line without numbers.
    var words: String
  }
  private var listed: [OtherTrouble] = []
  private var index: [String: Int] = [:]
  private var blocks = WarningBlocks(namesFrames: false)
  private var names = NameTable()
  /// Of the reports that are open, by where they stand.
  private var heads: [Place: Head] = [:]

  /// Signatures kept for one log; more means a log full of garbage.
  private static let kept = 200

  /// In the order of the log.
  var found: [OtherTrouble] {
    listed.count < 2 ? listed : listed.sorted { $0.place?.offset ?? 0 < $1.place?.offset ?? 0 }
  }

  var isReading: Bool { !blocks.isEmpty }

  mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    let hasClosed = blocks.feed(record, line, place, order: 0, &names)
    switch blocks.last {
    case .warning, .oops, .bug, .panic: heads[place] = Self.head(line, record)
    default: break
    }
    // Many a report has no end: then it would be read for hundreds of lines.
    if blocks.closeTold() || hasClosed { list() }
  }

  /// Ends what is open.
  mutating func finish() {
    blocks.closeAll()
    list()
  }

  private mutating func list() {
    for block in blocks.takeClosed() {
      guard let kind = OtherTrouble.Kind(block.kind), let place = block.headerPlace, let head = heads[place]
      else { continue }
      let function = block.function == .none ? nil : names[block.function]
      let signature = "\(kind.rawValue):\(head.function ?? function ?? head.words)"
      if let known = index[signature] {
        listed[known].count += 1
      } else if listed.count < Self.kept {
        index[signature] = listed.count
        listed.append(
          OtherTrouble(kind: kind, signature: signature, title: head.title, place: place, time: head.time))
      }
    }
    guard blocks.isEmpty else { return }
    heads = [:]
    names = NameTable()
  }

  /// What stays the same over builds, CPUs and pids: the function, else the words without numbers.
  private static func head(_ line: Span<UInt8>, _ record: LogRecord) -> Head {
    let message = line.trimmed(record.message)
    return Head(
      title: line.string(message), time: record.time, function: function(line, message),
      words: words(line, message))
  }

  private static func function(_ line: Span<UInt8>, _ message: Range<Int>) -> String? {
    guard let plus = line.index(of: "+0x", from: message.lowerBound, to: message.upperBound) else {
      return nil
    }
    var low = plus
    while low > message.lowerBound, Symbol.isByte(line[low - 1]) { low -= 1 }
    return low < plus ? line.string(Symbol.base(line, low..<plus)) : nil
  }

  private static func words(_ line: Span<UInt8>, _ message: Range<Int>) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(80)
    // Which address it was says little, and its letters are no numbers.
    let end = line.index(of: " at virtual address ", from: message.lowerBound, to: message.upperBound)
    for at in (message.lowerBound..<(end ?? message.upperBound)).prefix(80) {
      let byte = line[at]
      if byte &- 48 < 10 { if out.last != 35 { out.append(35) } } else { out.append(byte) }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

extension OtherTrouble.Kind {
  /// What a scan lists a report as; nil if it is the verdicts' or says nothing.
  init?(_ kind: WarningBlock.Kind) {
    switch kind {
    case .warning: self = .warning
    case .oops, .bug: self = .oops
    case .panic: self = .panic
    case .lateProbe, .hungTask, .other: return nil
    }
  }
}
