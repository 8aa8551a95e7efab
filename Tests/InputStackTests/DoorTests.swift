import Foundation
import TestSupport
import Testing

/// Forms in which people hold logs and traces, found by trying them: they say what the file says as it was printed, or are an input
/// without an answer, and never a pass.
struct DoorTests {
  /// A way to write lines down.
  struct Form: Sendable, CustomStringConvertible {
    var description: String
    var write: @Sendable ([String]) -> String

    init(_ description: String, _ write: @escaping @Sendable ([String]) -> String) {
      self.description = description
      self.write = write
    }

    /// Line by line; the number comes with it.
    static func lines(_ description: String, _ change: @escaping @Sendable (String, Int) -> String) -> Form {
      Form(description) { lines in lines.enumerated().map { change($1, $0) + "\n" }.joined() }
    }
  }

  private static let logs = [
    "f2-multi-iommu-7.3.4-2/dmesg.txt", "late-silent-7.3.4/dmesg.txt", "clean-7.3.4/dmesg.txt",
  ]
  private static let traces = ["misuse-7.3.4/trace.txt", "race-bind-7.2.13-fgraph/trace.txt"]

  private static func check(_ form: Form, _ paths: [String]) throws {
    let folder = try TemporaryFolder()
    for path in paths {
      let lines = try Files.lines(path)
      let plain = Answer.report(Array(lines.map { $0 + "\n" }.joined().utf8))
      let bytes = Array(form.write(lines).utf8)
      let report = Answer.report(bytes)
      #expect(report == plain, "\(path)")
      #expect(try Answer.scan(bytes, in: folder) == report, "\(path)")
    }
  }

  /// As C, Python and YAML spell it.
  private static func spelled(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("'", with: "\\'").replacing("\t", with: "\\t").replacing(
      "\n", with: "\\n")
  }

  // MARK: logs and traces

  static let both: [Form] = [
    .lines("logfmt with tails of its own") { line, number in
      "time=\"2026-04-01T10:00:00Z\" level=info msg=\(Layer.json(line)) container=board\(number % 3) n=\(number)"
    },
    .lines("what Python shows of bytes") { line, _ in "b'\(spelled(line))\\r\\n'" },
    .lines("the same in a sentence") { line, number in
      "read \(number) bytes: b'\(spelled(line))\\r\\n' in time"
    },
    .lines("a list in YAML") { line, _ in "- '\(line.replacing("'", with: "''"))'" },
    .lines("code marks") { line, _ in "`\(line)`" },
    .lines("cat -v") { line, _ in "\(line)^M" },
    .lines("line ends that are spelled as well") { line, _ in "\(line)\\r\\n" },
    .lines("colours without their escape") { line, _ in "\(line)[0m" },
    .lines("the end of a string in C") { line, _ in "\(line)\0" },
    .lines("a test's remarks") { line, _ in "# \(line)" },
    .lines("a job's name and the line's number") { line, number in "[boot:\(number)] \(line)" },
    .lines("a logger's words") { line, number in
      "2026-04-01 10:00:\(number / 50 % 50 + 10),123 avocado.test.stdout DEBUG| \(line)"
    },
    Form("a string in one line") { lines in "'\(spelled(lines.map { $0 + "\n" }.joined()))'\n" },
    Form("JSON in one line") { lines in
      "{\"output\": \(Layer.json(lines.map { $0 + "\n" }.joined()))}\n"
    },
    Form("JSON in one line, in pieces") { lines in
      let text = Array(lines.map { $0 + "\r\n" }.joined().utf8)
      let pieces = stride(from: 0, to: text.count, by: 1000).map {
        "{\"message\": \(Layer.json(String(decoding: text[$0..<min($0 + 1000, text.count)], as: UTF8.self)))}"
      }
      return "[" + pieces.joined(separator: ", ") + "]\n"
    },
    Form("JSON in lines, without a last line end") { lines in
      "{\n  \"title\": \"boot\",\n  \"body\": \(Layer.json(lines.map { $0 + "\n" }.joined()))\n}"
    },
  ]

  @Test(arguments: both) func logsAndTraces(_ form: Form) throws {
    try Self.check(form, Self.logs + Self.traces)
  }

  // MARK: logs

  static let ofLogs: [Form] = [
    Form("rsyslog's escapes") { lines in
      "Apr  1 10:00:00 host qemu: " + lines.joined(separator: "#012") + "\n"
    },
    Form("a cursor that goes to the next row") { lines in
      lines.enumerated().map { "\u{1b}[\($0 % 50 + 1);1H\($1)\u{1b}[K" }.joined() + "\n"
    },
    Form("IGT's results") { lines in
      let log = lines.map { "<6>\($0)\n" }.joined()
      return "{\n    \"tests\": {\n        \"boot\": {\n            \"out\": \"\",\n            \"dmesg\": "
        + "\(Layer.json(log))\n        }\n    }\n}\n"
    },
  ]

  @Test(arguments: ofLogs) func logs(_ form: Form) throws { try Self.check(form, Self.logs) }

  /// Objects over lines, of which no line has a stamp: as much as the log says without its stamps.
  @Test func objectsOverLines() throws {
    let folder = try TemporaryFolder()
    for path in Self.logs {
      let messages = try Files.lines(path).map { String($0.drop { $0 != "]" }.dropFirst(2)) }
      let plain = Answer.report(Array(messages.map { $0 + "\n" }.joined().utf8))
      let objects = messages.map { "    {\n      \"pid\": 0,\n      \"message\": \(Layer.json($0))\n    }" }
      let bytes = Array(("{\n  \"messages\": [\n" + objects.joined(separator: ",\n") + "\n  ]\n}\n").utf8)
      let report = Answer.report(bytes)
      #expect(report == plain, "\(path)")
      #expect(try Answer.scan(bytes, in: folder) == report, "\(path)")
    }
  }

  // MARK: traces

  /// A terminal's last column, wherever it is, with the blanks at a row's end or without.
  @Test(arguments: [62, 64, 72, 80, 90, 100, 110, 120], [true, false])
  func aTerminalsRows(_ columns: Int, _ keepsBlanks: Bool) throws {
    let form = Form("rows of \(columns)") { lines in
      lines.map { line in
        var rest = Substring(line)
        var rows: [String] = []
        while rest.count > columns {
          rows.append(String(rest.prefix(columns)))
          rest = rest.dropFirst(columns)
        }
        rows.append(String(rest))
        return rows.map { row in
          keepsBlanks ? row : String(row.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n") + "\n"
      }.joined()
    }
    try Self.check(form, ["two-iommus-7.3.4/trace.txt", "race-bind-7.2.13-fgraph/trace.txt"])
    // In a short trace too few rows may be broken to tell a terminal by: that is said.
    let short = try Files.lines("late-smmu-rebind-6.17.13-kprobe/trace.txt")
    let report = Answer.report(Array(form.write(short).utf8))
    #expect(report.exit == (columns == 110 && !keepsBlanks ? 2 : 0) && report.findings.isEmpty)
  }

  /// `cat per_cpu/cpu*/trace_pipe`: one CPU behind the other, and no header between them.
  @Test(arguments: ["natural-7.3.4", "two-iommus-7.3.4", "platform-race-7.2.13", "rebind-7.3.4"])
  func aCPUBehindTheOther(_ sample: String) throws {
    let lines = try Files.lines("\(sample)/trace.txt").filter { !$0.hasPrefix("#") }
    let plain = Answer.report(Array(lines.map { $0 + "\n" }.joined().utf8))
    let cpus = Dictionary(grouping: lines) { line in line.split(separator: "[")[1].prefix(3) }
    let order = cpus.keys.sorted()
    let folder = try TemporaryFolder()
    for prefix in [{ _ in "" }, { "per_cpu/cpu\(Int($0) ?? 0)/trace:" }] as [(Substring) -> String] {
      let text = order.flatMap { cpu in (cpus[cpu] ?? []).map { "\(prefix(cpu))\($0)\n" } }.joined()
      let report = Answer.report(Array(text.utf8))
      #expect(order.count == 4 && report == plain)
      #expect(try Answer.scan(Array(text.utf8), in: folder) == report)
    }
  }

  /// Turned round, with its header or without: nothing is in its place.
  @Test(arguments: ["natural-7.3.4", "late-reload-7.3.4", "clean-7.3.4"], [true, false])
  func aTraceThatRunsBackwards(_ sample: String, _ hasHeader: Bool) throws {
    let lines = try Files.lines("\(sample)/trace.txt").filter { hasHeader || !$0.hasPrefix("#") }
    let bytes = Array(lines.reversed().map { $0 + "\n" }.joined().utf8)
    let folder = try TemporaryFolder()
    #expect(Answer.report(bytes).exit == 2)
    #expect(try Answer.scan(bytes, in: folder).exit == 2)
  }

  /// What came first stands behind the rest, or the lines are sorted by what they begin with: the kernel prints neither.
  @Test func aTraceInAnotherOrder() throws {
    let lines = try Files.lines("platform-race-7.2.13/trace.txt").filter { !$0.hasPrefix("#") }
    for other in [Array(lines[(lines.count / 3)...] + lines[..<(lines.count / 3)]), lines.sorted()] {
      #expect(Answer.report(Array(other.map { $0 + "\n" }.joined().utf8)).exit == 2)
    }
  }

  /// The lines of a trace as a pager chops them, or `cut -c`.
  @Test(arguments: [80, 100], [">", ""])
  func aChoppedTrace(_ width: Int, _ mark: String) throws {
    let folder = try TemporaryFolder()
    for path in ["two-iommus-7.3.4/trace.txt", "late-silent-7.3.4/trace.txt"] {
      let text = try Files.lines(path).map {
        $0.count > width ? $0.prefix(width - 1) + mark + "\n" : $0 + "\n"
      }
      let bytes = Array(text.joined().utf8)
      #expect(Answer.report(bytes).exit == 2)
      #expect(try Answer.scan(bytes, in: folder).exit == 2)
    }
  }

  /// The traces of two boots, and no header between them: as with headers.
  @Test func twoBootsBehindEachOther() throws {
    let traces = try ["two-iommus-7.3.4", "natural-6.17.13"].map { sample in
      try Files.lines("\(sample)/trace.txt").filter { !$0.hasPrefix("#") }.map { $0 + "\n" }.joined()
    }
    let announced = Answer.report(Array(traces.map { "# tracer: nop\n" + $0 }.joined().utf8))
    #expect(Answer.report(Array(traces.joined().utf8)) == announced && announced.findings.count == 4)
  }

  // MARK: what has no answer

  /// What another program prints is no kernel's log, to either; nor is one whose lines nobody can tell apart.
  @Test func noAnswer() throws {
    let folder = try TemporaryFolder()
    for path in Self.logs {
      let lines = try Files.lines(path)
      let messages = lines.map { String($0.drop { $0 != "]" }.dropFirst(2)) }
      for text in [
        messages.map { "Apr  1 10:00:00 host qemu-system-aarch64[1234]: \($0)\n" }.joined(),
        messages.map { "2026-04-01 10:00:00,123 INFO console: \($0)\n" }.joined(),
        lines.joined(separator: " ") + "\n", lines.joined(separator: "|n") + "\n",
      ] {
        let bytes = Array(text.utf8)
        #expect(Answer.report(bytes).exit == 2, "\(path)")
        #expect(try Answer.scan(bytes, in: folder).exit == 2, "\(path)")
      }
    }
  }

  /// Of two warnings in one line the second is not read: it is said.
  @Test func twoWarningsInOneLine() throws {
    func message(_ device: String) -> String {
      "toycodec \(device): late IOMMU probe at driver bind, something fishy here!"
    }
    let folder = try TemporaryFolder()
    for (line, exit) in [
      ("[    4.000000] " + message("b2000000.toycodec"), Int32(1)),
      ("[    4.000000] " + message("b2000000.toycodec") + " " + message("b2000000.toycodec"), 1),
      ("[    4.000000] " + message("b2000000.toycodec") + " " + message("c3000000.toycodec"), 2),
    ] {
      let bytes = Array((PlantedTests.before + line + "\n").utf8)
      #expect(Answer.report(bytes).exit == exit)
      #expect(try Answer.scan(bytes, in: folder).exit == exit)
    }
  }
}
