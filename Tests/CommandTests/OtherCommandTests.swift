import Foundation
import TestSupport
import Testing

struct OtherCommandTests {
  @Test func version() throws {
    let command = try Command.run("--version")
    #expect(command.code == 0)
    #expect(command.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: [
    [], ["report"], ["timeline"], ["capture"], ["formats"], ["rules"], ["explain"], ["doctor"],
  ])
  func help(_ command: [String]) throws {
    let help = try Command.run(Command.executable, command + ["--help"], nil, [:])
    #expect(help.code == 0)
    #expect(help.errors.isEmpty)
    #expect(help.output.contains("USAGE: proberace"))
    #expect(command.allSatisfy { help.output.contains($0) })
    // ArgumentParser does not wrap the line of all options.
    let lines = help.output.split(separator: "\n").filter { !$0.hasPrefix("USAGE") }
    #expect(lines.allSatisfy { $0.count <= 120 })
  }

  /// Without arguments: what a reader can do at once, on the machine at hand.
  @Test func firstMinute() throws {
    let said = try Command.run(Command.executable, [], nil, [:])
    #expect(said.code == 0 && said.errors.isEmpty)
    #expect(said.output.hasPrefix("dmesg | proberace report - ") && said.output.contains("proberace doctor"))
    #expect(said.output.split(separator: "\n").count <= 4)
    #expect(try Command.run("logs").code == 2)
  }

  /// On a machine of its own: a folder stands for the root of its files.
  @Test func doctor() throws {
    let folder = try TemporaryFolder()
    let files = [
      "proc/sys/kernel/osrelease": "6.17.13+deb13-amd64\n", "dev/kmsg": "",
      "boot/config-6.17.13+deb13-amd64": "CONFIG_IOMMU_API=y\nCONFIG_BUG=y\nCONFIG_KPROBE_EVENTS=y\n",
      "sys/class/iommu/dmar0/name": "", "sys/kernel/iommu_groups/3/type": "DMA\n",
    ]
    for (path, text) in files {
      let file = folder.url.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    let said = try Command.run("doctor", "--root", folder.path, "--format", "json")
    #expect(said.code == 0, "\(said.output)")
    #expect(said.json?["kernel"] as? String == "6.17.13+deb13-amd64" && said.json?["groups"] as? Int == 1)
    #expect(
      (said.json?["next"] as? [String])?.last
        == "proberace capture --target cmdline --kernel 6.17.13+deb13-amd64")
    let text = try Command.run("doctor", "--root", folder.path)
    #expect(text.output.contains("warning     yes      Linux 6.17.13+deb13-amd64 can print it"))
    #expect(try Command.run("doctor", "--root", "/nowhere").code == 1)
    #expect(try Command.run("doctor", "--format", "xml").code == 2)
  }

  @Test func helpNamesTheExitCodes() throws {
    let help = try Command.run("--help").output
    #expect(help.contains("Exit status"))
    for command in ["report", "timeline", "capture", "formats", "rules", "explain"] {
      #expect(help.contains(command))
    }
  }

  /// docs/rules.md is generated: proberace rules --format markdown > docs/rules.md
  @Test func rulesPageIsFresh() throws {
    let page = try String(contentsOf: Here.root.appending(path: "docs/rules.md"), encoding: .utf8)
    #expect(try Command.run("rules", "--format", "markdown").output == page)
  }

  /// docs/reports.md is generated: proberace rules --format reports > docs/reports.md
  @Test func reportsPageIsFresh() throws {
    let page = try String(contentsOf: Here.root.appending(path: "docs/reports.md"), encoding: .utf8)
    #expect(try Command.run("rules", "--format", "reports").output == page)
    let explained = try Command.run("explain", "multi-iommu-replay-bypass").output
    #expect(explained.contains("Published reports") && explained.contains("exynos-decon"))
    #expect(try !Command.run("explain", "double-probe").output.contains("Published reports"))
  }

  /// docs/inputs.md is generated: proberace formats --format markdown > docs/inputs.md
  @Test func inputsPageIsFresh() throws {
    let page = try String(contentsOf: Here.root.appending(path: "docs/inputs.md"), encoding: .utf8)
    #expect(try Command.run("formats", "--format", "markdown").output == page)
    #expect(try Command.run("formats").output.contains("journalctl"))
  }

  @Test func everyRuleIsExplained() throws {
    let rules = try Command.run("rules").output
    let ids = rules.matches(of: /[a-z]+(-[a-z]+)+/).map { String($0.output.0) }
    let expected = Set(Capture.samples.flatMap { $0.expected.findings.map(\.cause) })
    #expect(expected.isSubset(of: ids))
    for id in expected {
      let page = try Command.run("explain", id)
      #expect(page.code == 0)
      #expect(page.output.contains(id))
    }
    #expect(try Command.run("explain", "F1").output == Command.run("explain", "walk-bind-toctou").output)
  }

  @Test func timelineOfChosenDevices() throws {
    let files = inputs("race-bind-6.17.13-kprobe")
    let all = try Command.run("timeline", files[0], files[1])
    let one = try Command.run("timeline", "--device", "0000:00:10.5", files[0], files[1])
    #expect(all.code == 0 && one.code == 0)
    #expect(all.output.contains("0000:00:10.6"))
    #expect(one.output.contains("0000:00:10.5") && !one.output.contains("0000:00:10.6"))
    let glob = try Command.run("timeline", "--device", "*:10.?", "--format", "json", files[0], files[1])
    let boot = (glob.json?["boots"] as? [[String: Any]])?.first
    let names = (boot?["devices"] as? [[String: Any]])?.compactMap { $0["name"] as? String } ?? []
    #expect(Set(names) == Set((0..<8).map { "0000:00:10.\($0)" }))
    let none = try Command.run("timeline", "--device", "nothing", files[0])
    #expect(none.errors.contains("no device matches"))
  }
}
