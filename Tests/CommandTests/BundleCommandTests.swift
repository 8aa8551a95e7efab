import Foundation
import TestSupport
import Testing

struct BundleCommandTests {
  private static let capture = inputs("natural-7.3.4-cmdline")

  /// What a report's findings say, but for where the inputs are.
  private static func findings(_ report: Command) throws -> [String] {
    let json = try #require(report.json)
    let boots = try #require(json["boots"] as? [[String: Any]])
    return boots.flatMap { $0["findings"] as? [[String: Any]] ?? [] }.map { finding in
      "\(finding["device"] ?? "") \(finding["verdict"] ?? "") \(finding["confidence"] ?? "") \(finding["cause"] ?? "")"
    }
  }

  @Test(arguments: [false, true])
  func aBundleIsReadAsItsInputs(_ scrubs: Bool) throws {
    let folder = try TemporaryFolder()
    let bundle = folder.path + "/case.tar.zst"
    var arguments = ["report", "--format", "json", "--bundle", bundle] + Self.capture
    if scrubs { arguments.append("--scrub") }
    let made = try Command.run(Command.executable, arguments, nil, [:])
    #expect(made.errors.contains("case.tar.zst: 2 inputs") && made.errors.contains("replaced:") == scrubs)
    let read = try Command.run("report", "--format", "json", bundle)
    #expect(read.code == made.code)
    #expect(try Self.findings(read) == Self.findings(made) && !Self.findings(made).isEmpty)
    // A scan takes it for one machine's.
    let scan = try Command.run("scan", "--format", "jsonl", bundle)
    #expect(try ScanCommandTests.lines(scan.output).count == 1 && scan.code == made.code)
    // The README's command line is one that works.
    let readMe = try Command.shell("zstd -dc '\(bundle)' | tar -xO proberace-bundle/README.txt").output
    #expect(readMe.hasPrefix("proberace/bundle@1\n") && readMe.contains("proberace report THIS-FILE"))
    let page = try Command.shell("zstd -dc '\(bundle)' | tar -xO proberace-bundle/report/report.html").output
    #expect(page.hasPrefix("<!DOCTYPE html>") && !page.contains(Self.capture[0]))
  }

  /// Standard input and pipes are kept for it; what was said of the kernel stands in its README.
  @Test func pipesAndOptionsGoIn() throws {
    let folder = try TemporaryFolder()
    let bundle = folder.path + "/case.tar.zst"
    let made = try Command.shell(
      "$P report --format json --kernel-has da33e87bd2bf --bundle '\(bundle)' - <(cat '\(Self.capture[1])') < '\(Self.capture[0])'"
    )
    #expect(made.errors.contains("2 inputs"))
    #expect(try Self.findings(Command.run("report", "--format", "json", bundle)) == Self.findings(made))
    let readMe = try Command.shell("zstd -dc '\(bundle)' | tar -xO proberace-bundle/README.txt").output
    #expect(readMe.contains("--kernel-has da33e87bd2bf THIS-FILE") && readMe.contains("inputs/1-stdin"))
  }

  @Test func wrongUseIsSaid() throws {
    let folder = try TemporaryFolder()
    let log = try folder.file("dmesg.txt", String(contentsOfFile: Self.capture[0], encoding: .utf8))
    #expect(try Command.run("report", "--scrub", log).errors.contains("--bundle"))
    let over = try Command.run("report", "--bundle", log, log)
    #expect(over.code == 2 && over.errors.contains("would overwrite"))
    let dat = Here.sample("natural-7.3.4-cmdline/trace.dat")
    let refused = try Command.run("report", "--bundle", folder.path + "/x", "--scrub", log, dat)
    #expect(refused.code == 2 && refused.errors.contains("only text"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/x"))
    #expect(try Command.run("report", "--bundle", folder.path + "/no/x", log).code == 2)
  }

  // MARK: --kernel-tree

  @Test func theTreeIsSaidWhereItIsAsked() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("Makefile", "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\n")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/drivers/pci", withIntermediateDirectories: true)
    try Data(
      "static int pci_dma_configure(struct device *dev)\n{\n\tstruct pci_driver *driver = to_pci_driver(dev->driver);\n}\n"
        .utf8
    ).write(to: folder.url.appending(path: "drivers/pci/pci-driver.c"))
    let text = try Command.run("report", "--kernel-tree", folder.path, Self.capture[0])
    #expect(text.output.contains("The kernel's source") && text.output.contains("drivers/pci/pci-driver.c:3"))
    for format in ["markdown", "html"] {
      let report = try Command.run(
        "report", "--format", format, "--kernel-tree", folder.path, Self.capture[0])
      #expect(report.output.contains("drivers/pci/pci-driver.c:3"), "\(format)")
    }
    let json = try Command.run("report", "--format", "json", "--kernel-tree", folder.path, Self.capture[0])
    let tree = try #require(json.json?["kernelTree"] as? [String: Any])
    let fixes = try #require(tree["fixes"] as? [[String: Any]])
    #expect(fixes.count == 6 && fixes.last?["state"] as? String == "absent")
    // Of another kernel: said, and not used.
    let other = try Command.run("report", "--kernel-tree", folder.path, inputs("natural-6.17.13-cmdline")[0])
    #expect(other.output.contains(/not\s+used\s+for\s+it/))
    #expect(try Command.run("report", "--format", "json", Self.capture[0]).json?["kernelTree"] is NSNull)
  }

  @Test func whatIsNoTreeIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(try Command.run("report", "--kernel-tree", folder.path, Self.capture[0]).code == 2)
    #expect(try Command.run("report", "--kernel-tree", "/nonexistent", Self.capture[0]).code == 2)
    #expect(try Command.run("scan", "--kernel-tree", "/nonexistent", Self.capture[0]).code == 2)
  }
}
