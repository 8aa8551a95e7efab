import Foundation
import TestSupport
import Testing

struct ReportTests {
  private static let dmesg = Here.sample("natural-6.17.13-4/dmesg.txt")
  private static let trace = Here.sample("natural-6.17.13-4/trace.txt")

  private static func keys(_ value: Any?) -> Set<String> { Set((value as? [String: Any] ?? [:]).keys) }

  /// No finding in a log's end is no clean bill for the boot.
  @Test func theEndOfALogIsSaidToBeOne() throws {
    let log = try String(contentsOfFile: Here.sample("clean-fgraph-6.17.13/dmesg.txt"), encoding: .utf8)
    let folder = try TemporaryFolder()
    for (lines, isWhole) in [(100_000, true), (200, false)] {
      let text = log.split(separator: "\n").suffix(lines).joined(separator: "\n") + "\n"
      let path = try folder.file("log.txt", Data(text.utf8))
      let command = try Command.run("report", path)
      #expect(command.code == 0 && command.output.hasPrefix("No late-IOMMU-probe warning"))
      #expect(command.output.contains("as far as the log goes") == !isWhole)
      #expect(command.output.contains("that a kernel log shows") == isWhole)
      #expect(command.output.contains("no-beginning") == !isWhole)
    }
    let traced = try Command.run(
      "report", Here.sample("clean-fgraph-6.17.13/dmesg.txt"), Here.sample("clean-fgraph-6.17.13/trace.txt"))
    #expect(traced.output.hasPrefix("No late-IOMMU-probe warning, and no silent relative of it.\n"))
  }

  /// The fields of the contract; more may be there.
  @Test func contract() throws {
    let command = try Command.run("report", "--format", "json", Self.dmesg, Self.trace)
    let report = try #require(command.json)
    #expect(report["schema"] as? String == "proberace/report@1")
    #expect(Self.keys(report).isSuperset(of: ["schema", "inputs", "boots", "summary"]))
    let input = try #require((report["inputs"] as? [Any])?.first)
    #expect(Self.keys(input).isSuperset(of: ["path", "format", "bytes", "losses"]))
    let boot = try #require((report["boots"] as? [[String: Any]])?.first)
    #expect(Self.keys(boot).isSuperset(of: ["kernel", "hardware", "devices", "windows", "findings"]))
    #expect(boot["kernel"] as? String == "6.17.13+deb13-arm64")
    #expect(boot["hardware"] as? String == "linux,dummy-virt (DT)")
    let devices = try #require(boot["devices"] as? [[String: Any]])
    #expect(devices.allSatisfy { Self.keys($0).isSuperset(of: ["name", "driver", "phases"]) })
    try Self.phases(devices.flatMap { $0["phases"] as? [[String: Any]] ?? [] })
    let windows = try #require(boot["windows"] as? [[String: Any]])
    #expect(!windows.isEmpty)
    #expect(
      windows.allSatisfy {
        Self.keys($0).isSuperset(of: ["device", "opened", "openedLatest", "closed", "state"])
      })
    let states = Set(windows.compactMap { $0["state"] as? String })
    #expect(states.isSubset(of: ["warned", "raced", "exposed"]) && states.contains("warned"))
    try Self.findings(boot["findings"] as? [[String: Any]] ?? [])
    let summary = report["summary"] as? [String: Int]
    #expect(summary == ["warnings": 4, "falsePositive": 2, "real": 2, "undetermined": 0])
  }

  /// The same answers in every format that has them.
  @Test func whatIf() throws {
    let text = try Command.run("report", "--what-if", "p1", "--what-if", "p4", Self.dmesg, Self.trace).output
    #expect(text.contains("(p1)") && text.contains("(p4)") && !text.contains("(p5)"))
    #expect(text.contains("deferred, no harm") && text.contains("asked while the walk visited"))
    let page = try Command.run("report", "--what-if", "all", "--format", "html", Self.dmesg, Self.trace)
      .output
    #expect(page.contains("<code>device-lock</code>") && page.contains("<code>p5</code>"))
    #expect(page.contains("<td>deferred, no harm</td>"))
    let json = try #require(try Command.run("report", "--format", "json", Self.dmesg, Self.trace).json)
    let boot = try #require((json["boots"] as? [[String: Any]])?.first)
    let answers = try #require(boot["whatIf"] as? [[String: Any]])
    #expect(answers.count == 8)
    let p1 = try #require(answers.first { $0["candidate"] as? String == "p1" })
    let outcomes = (p1["findings"] as? [[String: Any]])?.compactMap { $0["outcome"] as? String }
    #expect(outcomes?.sorted() == ["deferred", "deferred", "unchanged", "unchanged"])
  }

  private static func phases(_ phases: [[String: Any]]) throws {
    #expect(!phases.isEmpty)
    #expect(phases.allSatisfy { keys($0).isSuperset(of: ["kind", "start", "end", "task", "result", "at"]) })
    let kinds = Set(phases.compactMap { $0["kind"] as? String })
    let known: Set = [
      "bind", "dma-configure", "iommu-probe", "walk-visit", "registration", "driver-probe", "group", "domain",
    ]
    #expect(kinds.isSubset(of: known), "\(kinds.subtracting(known))")
    #expect(kinds.isSuperset(of: ["bind", "dma-configure", "walk-visit", "group", "domain"]))
    // Times are integers.
    #expect(phases.allSatisfy { $0["start"] is NSNull || ($0["start"] as? Int).map { $0 >= 0 } == true })
  }

  private static func findings(_ findings: [[String: Any]]) throws {
    #expect(findings.count == 4)
    let fields: Set = [
      "device", "driver", "time", "side", "kind", "verdict", "confidence", "cause", "harm", "signature",
      "evidence",
      "missing", "cites",
    ]
    #expect(findings.allSatisfy { keys($0).isSuperset(of: fields) })
    let first = try #require(findings.first { $0["device"] as? String == "0000:00:05.1" })
    #expect(first["time"] as? Int == 15_114_054_000)
    #expect(first["cause"] as? String == "probe-before-domain")
    let evidence = try #require((first["evidence"] as? [[String: Any]])?.first)
    #expect(keys(evidence).isSuperset(of: ["text", "at"]))
    #expect(keys(evidence["at"]).isSuperset(of: ["input", "line", "offset"]))
  }

  /// An undetermined finding has no cause and no confidence, but candidates and what is missing.
  @Test func undeterminedSaysWhatIsMissing() throws {
    let folder = try TemporaryFolder()
    // The warning alone, without its stack: nothing can be told.
    let log = """
      [    0.000000] Linux version 6.17.13 (gcc) #1
      [    2.000000] nvme 0000:00:10.5: late IOMMU probe at driver bind, something fishy here!
      [    2.000100] WARNING: CPU: 9 PID: 343 at drivers/iommu/iommu.c:612 __iommu_probe_device+0x2b0/0x4ac

      """
    let command = try Command.run("report", "--format", "json", folder.file("dmesg.txt", log))
    #expect(command.code == 1)
    let boot = (command.json?["boots"] as? [[String: Any]])?.first
    let finding = try #require((boot?["findings"] as? [[String: Any]])?.first)
    #expect(finding["verdict"] as? String == "undetermined")
    #expect(finding["cause"] is NSNull && finding["confidence"] is NSNull)
    #expect((finding["candidates"] as? [String])?.isEmpty == false)
    #expect((finding["missing"] as? [String])?.isEmpty == false)
    #expect((command.json?["summary"] as? [String: Int])?["undetermined"] == 1)
  }

  @Test func twoBootsInOneFile() throws {
    let folder = try TemporaryFolder()
    let first = try String(contentsOf: URL(filePath: Self.dmesg), encoding: .utf8)
    let second = try String(
      contentsOf: URL(filePath: Here.sample("real-misuse-7.2.13-kprobe/dmesg.txt")), encoding: .utf8)
    let command = try Command.run("report", "--format", "json", folder.file("two.txt", first + second))
    let boots = try #require(command.json?["boots"] as? [[String: Any]])
    #expect(boots.map { $0["kernel"] as? String } == ["6.17.13+deb13-arm64", "7.2.13+deb14-arm64"])
    #expect(boots.map { ($0["findings"] as? [Any])?.count } == [4, 1])
    #expect(command.code == 1)
  }

  @Test func standardInput() throws {
    let text = try String(contentsOf: URL(filePath: Self.dmesg), encoding: .utf8)
    let piped = try Command.run("report", "--format", "json", "-", Self.trace, input: text)
    let named = try Command.run("report", "--format", "json", Self.dmesg, Self.trace)
    #expect(piped.code == 1)
    #expect(piped.output.replacing("\"path\": \"-\"", with: "\"path\": \"\(Self.dmesg)\"") == named.output)
  }

  /// Hash tables have another order in every process; a report has not.
  @Test(arguments: ["json", "terminal"])
  func isTheSameEveryTime(_ format: String) throws {
    let first = try Command.run("report", "--format", format, Self.dmesg, Self.trace)
    for _ in 0..<3 {
      let again = try Command.run("report", "--format", format, Self.dmesg, Self.trace)
      #expect(again.output == first.output)
    }
  }

  @Test func outputFile() throws {
    let folder = try TemporaryFolder()
    let target = folder.url.appending(path: "report.json").path(percentEncoded: false)
    let command = try Command.run("report", "--format", "json", "-o", target, Self.dmesg)
    #expect(command.code == 1)
    #expect(command.output.isEmpty)
    let written = try String(contentsOf: URL(filePath: target), encoding: .utf8)
    #expect(written == (try Command.run("report", "--format", "json", Self.dmesg).output))
    #expect(try Command.run("report", "-o", "/no/such/folder/x", Self.dmesg).code == 2)
  }

  @Test func forcedFormat() throws {
    let command = try Command.run("report", "--format", "json", "--input-format", "kernel-log", Self.dmesg)
    #expect((command.json?["inputs"] as? [[String: Any]])?.first?["format"] as? String == "kernel-log")
  }

  @Test func terminalSaysTheAnswerFirst() throws {
    let command = try Command.run("report", Self.dmesg, Self.trace)
    let lines = command.output.split(separator: "\n")
    #expect(lines.first?.contains("4 warnings") == true)
    #expect(lines.prefix(7).contains { $0.contains("REAL") && $0.contains("0000:00:05.1") })
    #expect(command.output.contains("trace.txt:"))
    #expect(command.errors.isEmpty)
  }

  /// Each answer begins a line; nothing but what is to be pasted is wider than the terminal.
  @Test(arguments: [64, 80, 160])
  func fitsTheTerminal(_ width: Int) throws {
    let columns = ["COLUMNS": String(width)]
    let open = Here.sample("race-bind-6.17.13-plain/dmesg.txt")
    for arguments in [
      ["report", Self.dmesg, Self.trace], ["report", "--what-if", "all", Self.dmesg, Self.trace],
      ["report", open], ["rules"],
    ] + ["F1", "T6", "T4", "T15"].map({ ["explain", $0] }) {
      let lines = try Command.run(Command.executable, arguments, nil, columns).output.split(separator: "\n")
      let tooLong = lines.filter { $0.count > width && !$0.hasPrefix("  trace_buf_size=") }
      #expect(lines.count > 2 && tooLong.isEmpty, "\(arguments): \(tooLong.joined(separator: "\n"))")
      guard arguments.count == 3 else { continue }
      let answers = lines.filter { $0.hasPrefix("  REAL") || $0.hasPrefix("  FALSE POSITIVE") }
      #expect(answers.count == 4)
    }
  }

  /// Worst first, and the same number in each format that people read.
  @Test func oneOrderInAllFormats() throws {
    let files = inputs("no-async-x86-7.3.4")
    func numbered(_ format: String, _ pattern: Regex<(Substring, Substring, Substring)>) throws -> [String] {
      let said = try Command.run(
        Command.executable, ["report", "--fail-on", "none", "--format", format] + files, nil, [:]
      ).output
      return said.matches(of: pattern).map { "\($0.output.1). \($0.output.2)" }
    }
    let terminal = try numbered("terminal", #/(?m)^(\d+)\. (\S+)  [A-Z]/#)
    let json = try Command.run("report", "--format", "json", files[0], files[1]).json
    let found = (json?["boots"] as? [[String: Any]])?.first?["findings"] as? [[String: Any]] ?? []
    // By time a harmless one comes first.
    #expect(found.first?["verdict"] as? String == "false-positive" && terminal.count == found.count)
    #expect(terminal.last?.contains(found.first?["device"] as? String ?? "-") == true)
    #expect(try numbered("markdown", #/(?m)^#### (\d+)\. `(\S+)`: /#) == terminal)
    #expect(try numbered("html", #/<h2>(\d+)\. <span[^>]*>[A-Z ]*</span> <code>([^<]+)</#) == terminal)
  }

  @Test func colourOnlyWhenAsked() throws {
    let escape = "\u{1b}"
    #expect(try !Command.run("report", Self.dmesg).output.contains(escape))
    #expect(try Command.run("report", "--color", "always", Self.dmesg).output.contains(escape))
  }

  @Test func asciiDrawsInASCII() throws {
    let command = try Command.run("report", "--ascii", Self.dmesg, Self.trace)
    #expect(command.output.utf8.allSatisfy { $0 < 128 })
  }
}

/// Whoever can write a log line must not be able to write to the reader's terminal.
struct ControlBytesTests {
  private static let evil = "ev\u{1b}[2J\u{1b}]0;owned\u{7}il\u{9b}31m\u{8}"

  private static let log = """
    [    0.000000] Linux version 6.17.13\u{1b}[31m (gcc) #1
    [    0.000000] Machine model: board\u{1b}[5m
    [    1.000000] \(evil) \(evil): enabling device (0000 -> 0002)
    [    2.000000] ------------[ cut here ]------------
    [    2.000000] \(evil) \(evil): late IOMMU probe at driver bind, something fishy here!
    [    2.000100] WARNING: CPU: 9 PID: 343 at drivers/iommu/iommu.c:612 __iommu_probe_device+0x2b0/0x4ac
    [    2.000101] CPU: 9 UID: 0 PID: 343 Comm: a\u{1b}[7mb Not tainted 6.17.13 #1
    [    2.000200] Call trace:
    [    2.000300]  __iommu_probe_device+0x2b0/0x4ac (P)
    [    2.000300]  probe_iommu_group+0x2b/0x4a
    [    2.000300]  iommu_device_register+0x2b/0x4a
    [    2.000400] ---[ end trace 0000000000000000 ]---
    [    2.000500] \(evil) \(evil): Adding to iommu group 3

    """

  private static func raw(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { $0 != "\n" && ($0.value < 32 || (127..<160).contains($0.value)) }
  }

  @Test(arguments: [
    ["report"], ["timeline"], ["report", "--format", "json"], ["timeline", "--format", "json"],
  ])
  func noneReachTheTerminal(_ arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("dm\u{1b}[31mesg.txt", Self.log + "[    3.000000] nvme a: Adding to iom")
    let command = try Command.run(Command.executable, arguments + [path], nil, [:])
    #expect(command.code == 2)
    #expect(command.output.contains("ev"))
    #expect(Self.raw(command.output).isEmpty)
    #expect(!command.errors.isEmpty)
    #expect(Self.raw(command.errors).isEmpty)
  }

  /// As far as it is a name: escape sequences are the terminal's, and no part of a kernel message.
  @Test func jsonKeepsTheName() throws {
    let folder = try TemporaryFolder()
    let command = try Command.run("report", "--format", "json", folder.file("dmesg.txt", Self.log))
    let boot = (command.json?["boots"] as? [[String: Any]])?.first
    #expect((boot?["findings"] as? [[String: Any]])?.first?["device"] as? String == "evil\u{9b}31m\u{8}")
  }
}
