import Analysis
import Foundation
import Reading
import TestSupport
import Testing

/// What people paste or put together: one log in two forms, two logs in one text, what a terminal or a tool made of one. It says what
/// the log says as it was printed, to report and to scan.
struct PasteTests {
  private static let silent = "late-silent-7.3.4/dmesg.txt"
  private static let warned = "natural-7.3.4/dmesg.txt"
  private static let clean = "clean-7.3.4/dmesg.txt"

  /// Ways to print a kernel's log that lack its times, its order or both.
  enum Form: String, CaseIterable, Sendable {
    case plain, human, bare, journal, monotonic

    func print(_ lines: [String]) -> [String] {
      lines.map { line in
        let stamp = line.prefix { $0 != "]" }.dropFirst().trimmingPrefix { $0 == " " }
        let message = line.drop { $0 != "]" }.dropFirst(2)
        let seconds = Int(stamp.prefix { $0 != "." }) ?? 0
        let time = "10:0\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
        return switch self {
        case .plain: line
        case .human: "[Sat Nov 28 \(time) 2026] \(message)"
        case .bare: String(message)
        case .journal: "Nov 28 \(time) board kernel: \(message)"
        case .monotonic: line.replacing("] ", with: "] board kernel: ", maxReplacements: 1)
        }
      }
    }
  }

  private static func bytes(_ lines: some Sequence<String>) -> [UInt8] {
    Array(lines.map { $0 + "\n" }.joined().utf8)
  }

  private static func devices(_ answer: Answer) -> Set<Substring> {
    Set(answer.findings.compactMap { $0.split(separator: "/").dropFirst(2).first })
  }

  private static func certain(_ sure: [String]) -> Int { sure.count { $0.hasSuffix("/certain") } }

  private static let pairs = Form.allCases.flatMap { first in
    Form.allCases.filter { $0 != first }.map { (first, $0) }
  }

  /// Nor do two copies: sos collects dmesg, the journal and /var/log/messages.
  @Test(arguments: [(Form.human, Form.journal), (.journal, .journal), (.bare, .bare), (.bare, .human)])
  func threeLogsOfOneBoot(_ second: Form, _ third: Form) throws {
    for path in [Self.silent, Self.warned] {
      let lines = try Files.lines(path)
      let plain = Answer.report(Self.bytes(lines))
      let all = Analysis.run(texts: [Form.plain, second, third].map { Self.bytes($0.print(lines)) })
      #expect(all.boots.count == 1)
      #expect(!plain.sure.isEmpty && Answer(all).sure == plain.sure, "\(Answer(all))")
    }
  }

  /// More of the same boot takes nothing away.
  @Test(arguments: pairs) func twoLogsOfOneBoot(_ first: Form, _ second: Form) throws {
    for path in [Self.silent, Self.warned] {
      let lines = try Files.lines(path)
      let logs = [first, second].map { Self.bytes($0.print(lines)) }
      let alone = logs.map { Answer.report($0).sure }
      let surer = alone.max { Self.certain($0) < Self.certain($1) }
      let both = Analysis.run(texts: logs)
      #expect(both.boots.count == 1)
      #expect(surer?.isEmpty == false && Answer(both).sure == surer, "\(Answer(both))")
    }
  }

  /// The second log of a text is another boot, or the same once more.
  @Test(arguments: [Form.human, .bare, .journal])
  func twoLogsInOneText(_ form: Form) throws {
    let folder = try TemporaryFolder()
    let lines = try Files.lines(Self.silent)
    let others = try Files.lines(Self.clean)
    let alone = Answer.report(Self.bytes(form.print(lines)))
    #expect(!alone.findings.isEmpty)
    for text in [others + form.print(lines), form.print(others) + lines] {
      let report = Analysis.run(texts: [Self.bytes(text)])
      #expect(report.boots.count == 2)
      #expect(Self.devices(Answer(report)) == Self.devices(alone))
      #expect(try Answer.scan(Self.bytes(text), in: folder).findings == Answer(report).findings)
    }
    for text in [lines + form.print(lines), form.print(lines) + lines] {
      let report = Analysis.run(texts: [Self.bytes(text)])
      #expect(report.boots.count == 1)
      #expect(Answer(report).sure == Answer.report(Self.bytes(lines)).sure)
      #expect(try Answer.scan(Self.bytes(text), in: folder).sure == Answer(report).sure)
    }
  }

  /// What `cat /proc/version` prints on a console is no boot.
  @Test func theVersionAloneIsNoBoot() throws {
    let lines = try Files.lines(Self.warned)
    let hello = try #require(lines.first { $0.contains("Linux version ") })
    let text = lines + ["# cat /proc/version", String(hello.drop { $0 != "]" }.dropFirst(2)), "# "]
    #expect(Analysis.run(texts: [Self.bytes(text)]).boots.count == 1)
  }

  @Test(arguments: [silent, warned], [62, 79, 80])
  func aTerminalsColumns(_ path: String, _ columns: Int) throws {
    let bytes = try Files.bytes(Here.sample(path))
    let plain = Answer.report(bytes)
    #expect(!plain.findings.isEmpty)
    let folder = try TemporaryFolder()
    let wrapped = Array(Wrapped.terminal(String(decoding: bytes, as: UTF8.self), columns: columns).utf8)
    let report = Answer.report(wrapped)
    #expect(report.findings == plain.findings)
    #expect(try Answer.scan(wrapped, in: folder) == report)
  }

  /// `cut -c`, a pager or journalctl at a terminal: who gave up has said so before the line ends.
  @Test(arguments: [66, 72, 79], ["", ">", "…", "..."]) func choppedLines(_ columns: Int, _ mark: String)
    throws
  {
    let lines = try Files.lines(Self.silent)
    let plain = Answer.report(Self.bytes(lines))
    let chopped = Self.bytes(lines.map { $0.count > columns ? $0.prefix(columns) + mark : $0 })
    let report = Answer.report(chopped)
    #expect(report.findings == plain.findings)
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(chopped, in: folder) == report)
  }

  /// So few columns that nothing of the warning's sentence is left: its header is chopped too, and may be anybody's.
  @Test(
    arguments: ["late-rebind-7.3.4", "race-bind-6.17.13-kprobe"],
    ["", ">", "\t <", " [    0.000000] another log"])
  func choppedBeforeTheSentence(_ sample: String, _ mark: String) throws {
    let lines = try Files.lines("\(sample)/dmesg.txt")
    let folder = try TemporaryFolder()
    for columns in [26, 32, 38, 45, 50] {
      let chopped = Self.bytes(lines.map { $0.count > columns ? $0.prefix(columns) + mark : $0 })
      let report = Answer.report(chopped)
      #expect(report.exit == 2, "\(columns) columns")
      #expect(try Answer.scan(chopped, in: folder) == report)
    }
  }

  /// A line that nobody wrapped, or a whole log, stands in front; Apple's mails keep two blanks where they break a line.
  @Test func wrappedBehindWhatIsNot() throws {
    let lines = try Files.lines(Self.silent)
    let plain = Answer.report(Self.bytes(lines))
    let wrapped = Wrapped.text(lines.joined(separator: "\n"), width: 72)
    let long = "[    0.000000] toy: " + String(repeating: "a long line ", count: 12)
    let flowed = wrapped.replacing("\n", with: "  \n").replacing("  \n[", with: "\n[")
    let folder = try TemporaryFolder()
    for text in [
      long + "\n" + wrapped, flowed, try Files.lines(Self.clean).joined(separator: "\n") + "\n" + wrapped,
    ] {
      let bytes = Array((text + "\n").utf8)
      let report = Answer.report(bytes)
      #expect(report.findings == plain.findings)
      #expect(try Answer.scan(bytes, in: folder).findings == report.findings)
    }
  }

  /// Sections that begin with a date, and what stands behind a bug report.
  @Test func aroundABugReport() throws {
    let lines = try Files.lines(Self.silent)
    let plain = Answer.report(Self.bytes(lines))
    let report =
      ["== dumpstate: 2026-11-28 10:00:00", "------ KERNEL LOG (dmesg) ------"]
      + (try Files.lines(Self.clean)) + ["------ 0.006s was the duration of 'KERNEL LOG (dmesg)' ------"]
    let rule = String(repeating: "=", count: 40)
    let entry = [rule, "2026-11-28 10:00:00 SYSTEM_LAST_KMSG (text, 12345 bytes)"] + lines
    let folder = try TemporaryFolder()
    for text in [report + entry, report + ["== dumpstate: done (id 1)"] + lines, report + lines] {
      let answer = Answer.report(Self.bytes(text))
      #expect(answer.findings == plain.findings)
      #expect(try Answer.scan(Self.bytes(text), in: folder).findings == answer.findings)
    }
  }

  @Test(arguments: [
    "Panic#1", "Oops#1", "Emergency#1", "Shutdown#1", "Unknown#1", "Restart#1", "Halt#1", "Poweroff#1",
  ])
  func whyTheLogWasDumped(_ reason: String) throws {
    let lines = try Files.lines(Self.warned)
    let half = lines.count / 2
    let parts = ["\(reason) Part1"] + lines[half...] + ["\(reason) Part2"] + lines[..<half]
    let report = Analysis.run(texts: [Self.bytes(parts)])
    #expect(report.boots.count == 1)
    #expect(Answer(report).findings == Answer.report(Self.bytes(lines)).findings)
  }

  /// ftrace_dump_on_oops=INSTANCE: 6.9 and later name the instance; several are dumped one after the other.
  @Test func anInstancesDump() throws {
    let path = Here.sample("bind-loops-6.17.13-dump/dmesg.txt")
    let plain = Answer.report(paths: path)
    let text = String(decoding: try Files.bytes(path), as: UTF8.self)
    let named = text.replacing("Dumping ftrace buffer:", with: "Dumping ftrace instance toy buffer:")
    #expect(!plain.findings.isEmpty && named != text)
    #expect(Answer.report(Array(named.utf8)) == plain)
    let other = """
      [   99.000000] Dumping ftrace instance other buffer:
      [   99.000001] ---------------------------------
      [   99.000002]   toy-1       0d..1.     1us : rpm_idle: toy flags-4 cnt-0
      [   99.000003] ---------------------------------

      """
    #expect(Answer.report(Array((named + other).utf8)).findings == plain.findings)
  }

  /// A trace as a list of strings, as ansible and notebooks keep what they printed.
  @Test func aTraceAsAList() throws {
    let lines = try Files.lines("natural-7.3.4/trace.txt")
    let plain = Answer.report(Self.bytes(lines))
    let strings = lines.map { line in
      "      \""
        + line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
        + "\","
    }
    let text = Self.bytes(["{", "    \"stdout_lines\": ["] + strings + ["      \"\"", "    ]", "}"])
    let report = Answer.report(text)
    #expect(!plain.findings.isEmpty && report == plain)
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(text, in: folder) == report)
  }
}
