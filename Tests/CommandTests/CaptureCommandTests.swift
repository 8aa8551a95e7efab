import Foundation
import TestSupport
import Testing

struct CaptureCommandTests {
  @Test func printsTheRecipeOfATarget() throws {
    let line = try Command.run("capture", "--kernel", "6.17", "--device", "0000:00:1*")
    #expect(line.code == 0 && line.errors.isEmpty)
    #expect(line.output.contains("kprobe_event=p:rp,really_probe") && line.output.contains("Linux 6.17"))
    #expect(!line.output.contains("platform_probe"))
    let script = try Command.run("capture", "--target", "trace-cmd")
    #expect(script.output.contains("trace-cmd start -b 8192"))
  }

  /// What `report` prints under an open verdict is the command line's recipe.
  @Test func theReportsRecipeIsTheSame() throws {
    let report = try Command.run("report", Here.sample("race-bind-6.17.13-plain/dmesg.txt"))
    let recipe = try Command.run("capture", "--device", "0000:00:10.5")
    let line = try #require(recipe.output.split(separator: "\n").first { $0.hasPrefix("trace_buf_size") })
    #expect(report.output.contains(line))
  }

  /// The shell recipes are scripts that a shell takes.
  @Test(arguments: ["tracefs", "trace-cmd", "perfetto", "reload", "tracefs --android", "perfetto --android"])
  func theShellTakesIt(_ target: String) throws {
    let shell = try Command.shell("$P capture --target \(target) | sh -n")
    #expect(shell.code == 0 && shell.errors.isEmpty)
  }

  @Test func checkSaysWhatIsMissing() throws {
    let both = inputs("t6-harm-rng-7.3.4")
    let whole = try Command.run("capture", "--check", both[0], both[1])
    #expect(whole.code == 0)
    #expect(whole.output.contains("probe-before-domain") && !whole.output.contains("to add:"))
    let log = try Command.run("capture", "--check", both[0])
    #expect(log.code == 1)
    #expect(log.output.contains("walk-bind-toctou: lacks bind attempts"))
    #expect(log.output.contains("to add:"))
  }

  /// What the boot was asked to trace is not asked for again.
  @Test func checkBelievesTheCommandLine() throws {
    let folder = try TemporaryFolder()
    let log = try String(contentsOfFile: inputs("natural-7.3.4-cmdline")[0], encoding: .utf8)
    #expect(log.contains("kprobe_event="))
    let asked = try Command.run("capture", "--check", folder.file("dmesg.txt", log))
    func words(_ text: String) -> String { text.split { $0.isWhitespace }.joined(separator: " ") }
    // Without a trace nothing was refused: it is that trace that is asked for, once.
    let said = words(asked.output)
    #expect(asked.code == 1 && !said.contains("nothing of it is in the trace"))
    #expect(said.matches(of: /asks for it: give that boot's trace too: cat \/sys/).count == 1)
    #expect(said.contains("bind attempts; return values; the walk's visits;"))
    let wide = asked.output.components(separatedBy: "\n").dropFirst().filter { $0.count > 80 }
    #expect(wide == [])
    // With one that lacks most of it the guess is said, once too.
    let lines = try String(contentsOfFile: inputs("natural-7.3.4-cmdline")[1], encoding: .utf8)
      .components(separatedBy: "\n").filter { $0.hasPrefix("#") || $0.contains("iommu_device_register") }
    let trace = lines.joined(separator: "\n") + "\n"
    let silent = try Command.run(
      "capture", "--check", folder.file("dmesg.txt", log), folder.file("trace.txt", trace))
    #expect(
      words(silent.output).matches(of: /asks for it, and nothing of it is in the trace/).count == 1,
      "\(silent.output)")
    let eaten = try Command.run(
      "capture", "--check",
      folder.file("eaten.txt", log.replacing("$arg", with: "arg").replacing("$retval", with: "retval")))
    #expect(eaten.code == 1 && eaten.output.contains("has lost its $"))
    #expect(!asked.output.contains("has lost its $"))
    let plain = try Command.run("capture", "--check", inputs("t6-harm-rng-7.3.4")[0])
    #expect(!plain.output.contains("command line asks for it"))
  }

  @Test func wrongUseIsSaid() throws {
    #expect(try Command.run("capture", "--check", "/nonexistent").code == 2)
    #expect(try Command.run("capture", "--check").errors.contains("needs the files"))
    #expect(try Command.run("capture", "dmesg.txt").errors.contains("with --check only"))
    #expect(try Command.run("capture", "--target", "bootconfig", "--kernel", "5.4").errors.contains("5.6"))
    for arguments in [["--target", "ftrace"], ["--kernel", "new"]] {
      #expect(try Command.run(Command.executable, ["capture"] + arguments, nil, [:]).code == 2)
    }
  }

  // MARK: board facts

  /// The script runs here, whatever this machine has and whoever runs it, and what it writes is whole.
  @Test(arguments: ["sh", "bash"])
  func theFactsOfThisMachineAreRead(_ shell: String) throws {
    let report = try Command.shell("$P capture --facts | \(shell) | $P report --format json --fail-on none -")
    #expect(report.code == 0, "\(report.errors)")
    let release = try Command.shell("uname -r").output.trimmingCharacters(in: .whitespacesAndNewlines)
    let boots = try #require(report.json?["boots"] as? [[String: Any]])
    #expect(boots.count == 1)
    let facts = try #require(boots[0]["facts"] as? [String: Any])
    #expect(facts["release"] as? String == release)
    let inputs = try #require(report.json?["inputs"] as? [[String: Any]])
    #expect(inputs[0]["format"] as? String == "board-facts")
    #expect((inputs[0]["losses"] as? [Any])?.isEmpty == true)
  }

  @Test func theFactsScriptIsOneForAnyShell() throws {
    let shell = try Command.shell("$P capture --facts | sh -n")
    #expect(shell.code == 0 && shell.errors.isEmpty)
    // It reads: what it writes goes to the file of its own name.
    let script = try Command.run("capture", "--facts").output
    for word in ["echo 1 >", ">> /", "> /sys", "> /proc", " rm ", "mount", "modprobe"] {
      #expect(!script.contains(word))
    }
  }

  @Test func theRecipeForABoard() throws {
    let facts = Here.sample("facts-late-silent-7.3.4/facts.txt")
    let recipe = try Command.run("capture", "--for", facts)
    #expect(recipe.code == 0 && recipe.errors.isEmpty)
    #expect(
      recipe.output.contains("kprobe_event=p:rp,really_probe")
        && recipe.output.contains("# decides, if it happens: "))
    #expect(recipe.output.contains("7.3.4+deb13-arm64"))
    #expect(
      try Command.run("capture", "--for", facts, "--target", "tracefs").output.contains("kprobe_events"))
    let wrong = try Command.run("capture", "--for", Here.sample("facts-late-silent-7.3.4/dmesg.txt"))
    #expect(wrong.code != 0 && wrong.errors.contains("no board facts"))
    #expect(try Command.run("capture", "--for", facts, "--facts").errors.contains("ask for one"))
    #expect(try Command.run("capture", "--for", facts, "--kernel", "6.17").errors.contains("leave --kernel"))
    // Nothing works there.
    let folder = try TemporaryFolder()
    let none = try folder.file(
      "none", "proberace board-facts 1\nconfig # CONFIG_KPROBES is not set\nread config 1\nend\n")
    let answer = try Command.run("capture", "--for", none)
    #expect(answer.code == 1 && answer.output.contains("no kprobe events"))
  }

  /// What a board is called by itself goes to a terminal, and into a file that is pasted into shells.
  @Test func aBoardsNamesAreNotTrusted() throws {
    let folder = try TemporaryFolder()
    let evil = "x`reboot`;$(reboot)\u{202e}<script>|&amp;"
    let text = """
      proberace board-facts 1
      version Linux version 7.3.4\(evil) (x)
      read version 1
      cmdline \(evil)
      read cmdline 1
      model \(evil)
      read model 1
      symbol t really_probe.llvm.\(evil)
      symbol t probe_iommu_group
      read symbol 2
      iommu-device \(evil.replacing("/", with: ""))//devices/platform/a.iommu/iommu/b
      read iommu-device 1
      node 00000007/00000001/okay/a.iommu
      read node 1
      device platform/devices/platform/\(evil.replacing("/", with: ""))
      driver platform/\(evil.replacing("/", with: ""))/\(evil.replacing("/", with: ""))
      iommus platform/\(evil.replacing("/", with: ""))/0000000700000000
      read device 3
      deferred \(evil)\t\(evil)
      read deferred 1
      end

      """
    let facts = try folder.file("facts", text)
    let recipe = try Command.run("capture", "--for", facts)
    for word in ["`", "$(", ";$", "\u{202e}"] { #expect(!recipe.output.contains(word)) }
    #expect(try Command.shell("$P capture --for \(facts) --target tracefs | sh -n").code == 0)
    for format in ["terminal", "html", "markdown", "json"] {
      let report = try Command.run("report", "--format", format, "--fail-on", "none", facts)
      #expect(report.code == 0, "\(format)")
      if format != "json" { #expect(!report.output.unicodeScalars.contains("\u{202e}"), "\(format)") }
      if format == "html" { #expect(!report.output.contains("<script>|")) }
    }
    #expect(try !Command.run("timeline", facts).output.unicodeScalars.contains("\u{202e}"))
  }

  @Test func aScanTakesThemWithTheirFolder() throws {
    let folder = Here.sample("facts-late-silent-7.3.4")
    let scan = try Command.run(
      "scan", "--boot-per", "folder", "--format", "jsonl", "--fail-on", "none", folder)
    let row = try #require(try ScanCommandTests.lines(scan.output).first)
    let findings = try #require(row["findings"] as? [[String: Any]])
    let truth = try Capture(URL(filePath: folder)).expected.findings
    #expect(Set(findings.compactMap { $0["device"] as? String }) == Set(truth.map(\.device)))
    let inputs = try #require(row["inputs"] as? [String])
    #expect(inputs.contains { $0.hasSuffix("facts.txt") })
  }
}
