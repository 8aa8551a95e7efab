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
    #expect(
      asked.code == 1 && asked.output.contains("the walk's visits: the boot's command line asks for it"))
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
}
