// The sections of a document that holds more than one text: Android's bug reports, dropbox entries, pstore's records. A line
// of dashes is a heading only in a document that is a bug report, for mails and CI scripts draw such lines too.
import Bytes

/// Texts of which a document may hold several, as `proberace formats` lists them.
package enum DocumentSection: CaseIterable, Sendable {
  case bugReport, dropbox, pstore, ftraceDump, trace, boardFacts

  /// As `proberace formats` lists it.
  package var title: String {
    switch self {
    case .bugReport:
      "Android's bug report (`== dumpstate`): KERNEL LOG (dmesg), KERNEL LOG (logcat …), LAST KMSG, which is a boot of its own"
    case .dropbox: "dropbox entries: SYSTEM_LAST_KMSG and the like"
    case .pstore: "pstore's records: Panic#1 Part1, Oops#1 Part1, in the order of their parts"
    case .ftraceDump: "an ftrace dump in a log (ftrace_dump_on_oops)"
    case .boardFacts: "board facts below a log or in a mail: from `proberace board-facts 1` to `end`"
    case .trace: "traces in a log, and several traces in one file: each begins with `# tracer:`"
    }
  }
}

struct Sections {
  /// What a heading begins.
  enum Begin: Equatable {
    case log(LogPart)
    /// Something that is no kernel log: nothing of it is read.
    case other
    /// The heading of a record, which says no more.
    case heading
  }

  /// dumpstate's own heading, or one that only it writes, was seen.
  private(set) var isBugReport = false
  /// Inside a section that is no kernel log.
  private(set) var isElsewhere = false
  /// The line before was a rule of `=`: dumpsys dropbox prints one above each entry.
  private var followsRule = false

  /// Whether a line may be a heading, by its first byte.
  func mayBegin(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "P"), UInt8(ascii: "O"), UInt8(ascii: "E"),
      UInt8(ascii: "S"), UInt8(ascii: "U"), UInt8(ascii: "R"), UInt8(ascii: "H"):
      true
    default: followsRule
    }
  }

  /// Takes the line, which begins at `at`; what it begins, or nil if it is no heading.
  mutating func take(_ line: Span<UInt8>, from at: Int) -> Begin? {
    let follows = followsRule
    followsRule = false
    guard at < line.count else { return nil }
    let text = line.trimmed(at..<line.count)
    switch line[at] {
    case UInt8(ascii: "="):
      if line.has("== dumpstate: done", at: at) {
        isBugReport = false
        return begin(.log(.apart))
      }
      if line.has("== dumpstate: ", at: at) {
        isBugReport = true
        return begin(.other)
      }
      if text.count >= 40, text.allSatisfy({ line[$0] == UInt8(ascii: "=") }) {
        followsRule = true
        return nil
      }
      return Self.pstoreTime(line, at) ? begin(.heading) : nil
    case UInt8(ascii: "-"): return heading(line, text)
    default:
      if follows, let begin = dropbox(line, text) { return begin }
      return Self.pstoreRecord(line, text).map { begin(.log($0)) }
    }
  }

  /// The kernel says hello where no heading has said that a log follows: somebody put one behind a report that was cut.
  mutating func leave() { isElsewhere = false }

  private mutating func begin(_ what: Begin) -> Begin {
    if what != .heading { isElsewhere = what == .other }
    return what
  }

  /// `------ KERNEL LOG (dmesg) ------`, `------ 0.006s was the duration of 'KERNEL LOG (dmesg)' ------`
  private mutating func heading(_ line: Span<UInt8>, _ text: Range<Int>) -> Begin? {
    guard text.count > 16, line.has("------ ", at: text.lowerBound), line.ends(text, with: " ------") else {
      return nil
    }
    let title = text.lowerBound + 7..<text.upperBound - 7
    func says(_ words: StaticString) -> Bool {
      line.has(words, at: title.lowerBound, before: title.upperBound)
    }
    if says("KERNEL LOG (") {
      isBugReport = true
      return begin(.log(.running))
    }
    if says("LAST KMSG (") || says("LAST KMSG:") {
      isBugReport = true
      return begin(.log(.last))
    }
    guard isBugReport else { return nil }
    let isTitle = line.ends(title, with: ")") && line[title.lowerBound] &- 65 < 26
    let isEnd = line.index(of: "was the duration of '", from: title.lowerBound, to: title.upperBound) != nil
    return isTitle || isEnd ? begin(.other) : nil
  }

  /// `2026-11-27 20:40:00 SYSTEM_LAST_KMSG (compressed text, 12345 bytes)`, of which the date was taken off as any line's.
  private mutating func dropbox(_ line: Span<UInt8>, _ text: Range<Int>) -> Begin? {
    guard text.lowerBound >= 20, Dates.fits(line, text.lowerBound - 20, "0000-00-00 00:00:00 "),
      line.ends(text, with: " bytes)"),
      let open = line.index(of: " (", from: text.lowerBound, to: text.upperBound)
    else { return nil }
    let tag = text.lowerBound..<open
    return begin(
      line.index(of: "KMSG", from: tag.lowerBound, to: tag.upperBound) == nil ? .other : .log(.last))
  }

  /// `Panic#1 Part2`, `Oops#3 Part1`, `Emergency#1 Part1`: the highest part is the oldest text.
  private static func pstoreRecord(_ line: Span<UInt8>, _ text: Range<Int>) -> LogPart? {
    guard text.count < 32, reasons.contains(where: { line.has($0, at: text.lowerBound) }),
      let part = line.index(of: " Part", from: text.lowerBound, to: text.upperBound),
      let number = line.decimal(part + 5..<text.upperBound)
    else { return nil }
    return .pstore(dump: line.hash(text.lowerBound..<part), part: Int32(clamping: number))
  }

  /// Why the kernel dumped its log: kmsg_dump_reason_str() in kernel/printk/printk.c, and its older names.
  private static let reasons: [StaticString] = [
    "Panic#", "Oops#", "Emergency#", "Shutdown#", "Unknown#", "Restart#", "Halt#", "Poweroff#",
  ]

  /// `====1700000000.123456-D`
  private static func pstoreTime(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard line.has("====", at: at) else { return false }
    let end = PrintkStamp.number(line, at + 4)
    return end > at + 4 && (line.has("-D", at: end) || line.has("-C", at: end))
  }
}
