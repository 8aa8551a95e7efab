import Foundation
import TestSupport
import Testing

/// Files that do not belong together, or that say the same thing twice.
struct MixedInputTests {
  private static func findings(_ paths: String...) throws -> [String] {
    let command = try Command.run(
      Command.executable, ["report", "--format", "json", "--fail-on", "none"] + paths, nil, [:])
    let boots = try #require(command.json?["boots"] as? [[String: Any]])
    return boots.flatMap { $0["findings"] as? [[String: Any]] ?? [] }.map { finding in
      ["device", "verdict", "cause", "confidence", "harm"].map { "\(finding[$0] ?? "-")" }.joined(
        separator: " ")
    }
  }

  private static func log(_ name: String) -> String { Here.sample("\(name)/dmesg.txt") }

  /// What a log comes to alone it comes to beside the logs of other boots.
  @Test func logsOfDifferentBoots() throws {
    let names = ["natural-6.17.13-4", "t2-registered-too-early-7.2.13", "race-bind-7.2.13-kprobe"]
    let alone = try names.flatMap { try Self.findings(Self.log($0)) }
    #expect(alone.count > 6)
    let together = try Self.findings(Self.log(names[0]), Self.log(names[1]), Self.log(names[2]))
    #expect(together.sorted() == alone.sorted())
  }

  /// The log once more, without its stamps: one finding with two places each, though nothing is sure of its order any more.
  @Test func aLogWithoutTimesBesideTheLogItself() throws {
    let path = Self.log("natural-6.17.13-4")
    let bare = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      line.first == "[" ? line.drop { $0 != "]" }.dropFirst(2) : line
    }
    let folder = try TemporaryFolder()
    let copy = try folder.file("bare.txt", Data((bare.joined(separator: "\n") + "\n").utf8))
    func devices(_ findings: [String]) -> [String] {
      findings.map { String($0.prefix { $0 != " " }) }.sorted()
    }
    let alone = try devices(Self.findings(path))
    #expect(alone.count == 4)
    #expect(try devices(Self.findings(path, copy)) == alone)
  }

  /// A trace of another kernel is another boot.
  @Test func logAndTraceOfDifferentKernels() throws {
    let log = Self.log("t2-registered-too-early-7.2.13")
    let trace = Here.sample("natural-7.3.4-cmdline/trace.dat")
    let alone = try Self.findings(log) + Self.findings(trace)
    #expect(try Self.findings(log, trace).sorted() == alone.sorted())
  }

  /// Two boots of one kernel: IOMMU groups, their times, or the devices that have one, tell them apart. Then the log says
  /// what it says alone, and that the trace is another boot's is told.
  @Test(arguments: [
    ("late-silent-6.17.13", "clean-fgraph-6.17.13"), ("late-silent-6.17.13", "clean-function-6.17.13"),
    ("registered-early-7.2.13", "two-iommus-7.2.13"), ("late-clock-7.2.13", "natural-7.2.13-tracefs"),
    ("late-clock-7.3.4", "natural-7.3.4"), ("harm-7.3.4", "no-async-7.3.4"),
    ("harm-6.17.13", "natural-6.17.13-4"),
    ("natural-7.3.4-tracefs", "natural-7.3.4"),
  ])
  func logAndTraceOfTwoBootsOfOneKernel(_ log: String, _ trace: String) throws {
    let log = Self.log(log)
    let trace = Here.sample("\(trace)/trace.txt")
    let alone = try Self.findings(log)
    #expect(alone.count > 1)
    #expect(try Self.findings(log, trace).sorted() == (alone + Self.findings(trace)).sorted())
    let command = try Command.run("report", "--format", "json", "--fail-on", "none", log, trace)
    let boots = try #require(command.json?["boots"] as? [[String: Any]])
    let losses = boots.flatMap { $0["losses"] as? [[String: Any]] ?? [] }
    #expect(losses.contains { $0["kind"] as? String == "another-boot" })
  }

  /// One recording as text and as trace.dat is one recording, in either order; that it is so is said.
  @Test(arguments: [["trace.txt", "trace.dat"], ["trace.dat", "trace.txt"]])
  func oneTraceInTwoForms(_ forms: [String]) throws {
    let folder = Here.sample("natural-7.3.4-cmdline/")
    let once = try Command.run("timeline", folder + "dmesg.txt", folder + "trace.dat")
    let twice = try Command.run("timeline", folder + "dmesg.txt", folder + forms[0], folder + forms[1])
    func calls(_ text: String) -> Int { text.split(separator: "\n").count { $0.contains("warned") } }
    #expect(calls(once.output) == 2 && calls(twice.output) == 2)
    let report = try Command.run(
      "report", "--format", "json", "--fail-on", "none", folder + forms[0], folder + forms[1])
    let boots = try #require(report.json?["boots"] as? [[String: Any]])
    #expect(boots.count == 1)
    #expect((boots[0]["losses"] as? [[String: Any]])?.map { $0["kind"] as? String } == ["repeated"])
  }

  @Test func proseIsNoLog() throws {
    let folder = try TemporaryFolder()
    let notes = try folder.file("notes.txt", "notes\n\nWe talked about the IOMMU and DMA.\nhttp://a.b: c\n")
    let command = try Command.run("report", notes)
    #expect(command.code == 2)
    #expect(command.errors.contains("no kernel log and no trace in here"))
  }

  @Test func anInputIsNotWrittenOver() throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: Self.log("clean-fgraph-6.17.13"), encoding: .utf8)
    let log = try folder.file("boot.log", text)
    for command in [["report", "-o", log, log], ["timeline", "-o", log, log], ["scan", "-o", log, log]] {
      let result = try Command.run(Command.executable, command, nil, [:])
      #expect(result.code == 2)
      #expect(result.errors.contains("would overwrite the input"))
    }
    #expect(try String(contentsOfFile: log, encoding: .utf8) == text)
  }

  @Test(arguments: ["", "real,", ","]) func anEmptyGateIsAMistake(_ verdicts: String) throws {
    let command = try Command.run("scan", "--fail-on", verdicts, Self.log("natural-6.17.13-4"))
    #expect(command.code == 2)
  }

  /// A trace alone is judged; without a log it is no whole answer.
  @Test func aTraceAloneIsJudged() throws {
    let trace = Here.sample("natural-6.17.13-4/trace.txt")
    for format in ["terminal", "markdown"] {
      let command = try Command.run("scan", "--format", format, trace)
      #expect(command.code == 1)
      #expect(!command.output.contains("PASS") && command.output.contains("probe-before-domain"))
    }
  }
}
