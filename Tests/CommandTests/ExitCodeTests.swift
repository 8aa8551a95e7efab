import Foundation
import TestSupport
import Testing

/// The exit codes of the contract: 2 for inputs that could not be read whole, else 1 for what --fail-on lists, else 0.
struct ExitCodeTests {
  static let harmless = Here.sample("race-bind-6.17.13-kprobe")
  static let real = Here.sample("natural-6.17.13-4")
  static let clean = Here.sample("clean-fgraph-6.17.13")

  private static func report(_ folder: String, _ options: String...) throws -> Command {
    try Command.run(
      Command.executable, ["report"] + options + [folder + "/dmesg.txt", folder + "/trace.txt"], nil, [:])
  }

  @Test func gate() throws {
    #expect(try Self.report(Self.clean).code == 0)
    #expect(try Self.report(Self.harmless).code == 0)
    #expect(try Self.report(Self.real).code == 1)
    #expect(try Self.report(Self.real, "--fail-on", "none").code == 0)
    #expect(try Self.report(Self.real, "--fail-on", "undetermined").code == 0)
    #expect(try Self.report(Self.real, "--fail-on", "undetermined,real").code == 1)
    #expect(try Self.report(Self.harmless, "--fail-on", "false-positive").code == 1)
    #expect(try Self.report(Self.clean, "--fail-on", "false-positive,real,undetermined").code == 0)
  }

  @Test(arguments: [
    ["report"], ["report", "--fail-on", "maybe", "x"], ["report", "--format", "poem", "x"],
    ["report", "--no-such", "x"],
    ["report", "--what-if", "p1", "--format", "markdown", "x"], ["report", "--what-if", "p9", "x"],
    ["nonsense"], ["report", "--input-format", "poem", "x"], ["report", "-", "-"],
    ["explain", "no-such-cause"],
    ["explain"], ["timeline", "--format", "poem", "x"], ["rules", "--format", "poem"],
  ])
  func wrongCommandLineIsTwo(_ arguments: [String]) throws {
    let command = try Command.run(Command.executable, arguments, nil, [:])
    #expect(command.code == 2)
    #expect(command.output.isEmpty)
    #expect(!command.errors.isEmpty)
  }

  /// Nothing in it tells about IOMMU probes: that is no clean bill.
  @Test func noAnswerIsTwo() throws {
    let folder = try TemporaryFolder()
    let trace = try folder.file(
      "trace.txt",
      "# tracer: nop\n#\n  sh-1 [000] d.... 1.000000: sched_waking: comm=a pid=2 prio=120 target_cpu=000\n")
    let command = try Command.run("report", trace)
    #expect(command.code == 2 && command.output.hasPrefix("No answer"))
  }

  /// What was understood and cannot be done is said in one line, with the reason and without a lesson in usage.
  @Test func refusals() throws {
    let folder = try TemporaryFolder()
    let log = Self.real + "/dmesg.txt"
    let notOurs = try folder.file("other.json", "{\"x\": 1}")
    let broken = try folder.file("broken.json", "{broken")
    let mistyped = try folder.file("typed.json", "{\"schema\": \"s\", \"entries\": [{\"bug\": 7}]}")
    for (arguments, reason) in [
      (["explain", "no-such-cause"], "no cause 'no-such-cause'"),
      (["timeline", "--device", "no-such*", log], "no device matches 'no-such*'"),
      (["scan", "--baseline", notOurs, log], "\"schema\" is missing"),
      (["scan", "--baseline", broken, log], "it is no JSON"),
      (["scan", "--baseline", mistyped, log], "\"entries\", entry 1, \"bug\" is of another type"),
    ] {
      let command = try Command.run(Command.executable, arguments, nil, [:])
      #expect(command.code == 2 && command.errors.contains(reason), "\(arguments): \(command.errors)")
      #expect(command.errors.hasPrefix("proberace: ") && command.errors.split(separator: "\n").count == 1)
    }
    let update = [
      "baseline", "update", "--baseline", folder.path + "/new.json", "--expires", "2020-01-01", log,
    ]
    let late = try Command.run(Command.executable, update, nil, [:])
    #expect(late.code == 2 && late.errors.contains("2020-01-01 is over"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/new.json"))
  }

  /// A terminal of eighty columns shows it as it was written.
  @Test(arguments: [
    [], ["report"], ["scan"], ["timeline"], ["capture"], ["rules"], ["explain"], ["baseline", "update"],
  ])
  func helpFitsTheScreen(_ command: [String]) throws {
    let help = try Command.run(Command.executable, command + ["--help"], nil, [:])
    #expect(help.code == 0 && help.output.contains("USAGE: proberace"))
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func emptyFile() throws {
    let folder = try TemporaryFolder()
    let command = try Command.run("report", folder.file("empty.txt", ""))
    #expect(command.code == 2)
    #expect(command.errors.contains("empty.txt") && command.errors.contains("empty"))
  }

  @Test func directory() throws {
    let command = try Command.run("report", Here.samples.path(percentEncoded: false))
    #expect(command.code == 2)
    #expect(command.errors.contains("this is a directory: give its files, or let scan read it"))
  }

  @Test func missingPath() throws {
    let command = try Command.run("report", "/no/such/dmesg.txt")
    #expect(command.code == 2)
    #expect(command.errors.contains("/no/such/dmesg.txt: no such file"))
  }

  @Test func binaryNoise() throws {
    let folder = try TemporaryFolder()
    var state: UInt64 = 99
    let noise = (0..<200_000).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    let command = try Command.run("report", folder.file("noise.bin", noise))
    #expect(command.code == 2)
    #expect(command.errors.contains("no kernel log and no trace"))
  }

  @Test func prose() throws {
    let folder = try TemporaryFolder()
    let command = try Command.run("report", folder.file("letter.txt", "Dear all,\n\nnothing happened.\n"))
    #expect(command.code == 2)
  }

  /// A trace named on the command line that cannot be read does not stop the log from being judged.
  @Test func theRestIsStillAnalysed() throws {
    let command = try Command.run(
      "report", "--format", "json", Self.real + "/dmesg.txt", "/no/such/trace.txt")
    #expect(command.code == 2)
    let summary = command.json?["summary"] as? [String: Int]
    #expect(summary?["warnings"] == 4)
    let inputs = command.json?["inputs"] as? [[String: Any]]
    #expect(inputs?.count == 2)
    #expect(inputs?.last?["format"] is NSNull)
  }

  /// In a log it is a gap, unless a finding may hang on it.
  @Test(arguments: [("dmesg.txt", 7, false), ("dmesg.txt", 0, true), ("trace.txt", 7, true)])
  func cutInsideALine(_ file: String, _ bytes: Int, _ isDamage: Bool) throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(filePath: Self.real + "/" + file))
    let more = bytes == 0 ? Data("[   99.100000] nvme 0000:00:10.5: late I".utf8) : Data()
    let cut = try folder.file("cut.txt", whole.prefix(whole.count - bytes) + more)
    let other = Self.real + (file == "dmesg.txt" ? "/trace.txt" : "/dmesg.txt")
    let command = try Command.run("report", "--format", "json", cut, other)
    #expect(command.code == (isDamage ? 2 : 1))
    #expect(command.errors.contains("cut") == isDamage)
    #expect(isDamage || command.output.contains("\"open-end\""))
    #expect((command.json?["summary"] as? [String: Int])?["warnings"] == 4)
    let gateless = try Command.run("report", "--fail-on", "none", cut, other)
    #expect(gateless.code == (isDamage ? 2 : 0))
  }

  /// Cut between two lines: the trace's header promises more entries than there are.
  @Test func traceCutBetweenLines() throws {
    let folder = try TemporaryFolder()
    let lines = try String(contentsOf: URL(filePath: Self.harmless + "/trace.txt"), encoding: .utf8)
      .split(separator: "\n")
    let cut = try folder.file("cut.txt", lines.dropLast(3).joined(separator: "\n") + "\n")
    #expect(try Command.run("report", cut, Self.harmless + "/dmesg.txt").code == 2)
  }

  private static let setpriv = "/usr/bin/setpriv"
  private static let canDropPrivileges: Bool = {
    if getuid() != 0 { return true }
    if FileManager.default.isExecutableFile(atPath: setpriv) { return true }
    print("no setpriv here and this is root: the permission test is left out")
    return false
  }()

  @Test(.enabled(if: canDropPrivileges, "root may read everything, and there is no setpriv"))
  func noPermission() throws {
    let folder = try TemporaryFolder()
    let secret = try folder.file("secret.txt", "[    0.000000] Booting Linux\n")
    #expect(chmod(secret, 0) == 0)
    guard getuid() == 0 else {
      let command = try Command.run("report", secret)
      #expect(command.code == 2 && command.errors.contains("permission denied"))
      return
    }
    // The build may lie where others cannot go: they get a copy.
    let copy = folder.url.appending(path: "proberace")
    try FileManager.default.copyItem(at: Command.executable, to: copy)
    #expect(
      chmod(folder.url.path(percentEncoded: false), 0o755) == 0
        && chmod(copy.path(percentEncoded: false), 0o755) == 0)
    let command = try Command.run(
      URL(filePath: Self.setpriv),
      ["--reuid=65534", "--clear-groups", copy.path(percentEncoded: false), "report", secret], nil,
      [:])
    #expect(command.code == 2)
    #expect(command.errors.contains("permission denied"))
  }

  /// A reader that has seen enough is no error: the exit code is the gate's.
  @Test func closedPipeEndsQuietly() throws {
    let line = """
      set -o pipefail; "$P" report --format json \(Self.real)/dmesg.txt \(Self.real)/trace.txt | head -1; \
      echo ${PIPESTATUS[0]}
      """
    let real = try Command.shell(line)
    #expect(real.output == "{\n1\n")
    #expect(real.errors.isEmpty)
    let clean = try Command.shell(
      "\"$P\" timeline --format json \(Self.clean)/dmesg.txt | head -1 >/dev/null; echo ${PIPESTATUS[0]}")
    #expect(clean.output == "0\n")
    #expect(clean.errors.isEmpty)
  }
}
