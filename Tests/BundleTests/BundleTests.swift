import Analysis
import Bytes
import Foundation
import Inputs
import Reading
import SystemPackage
import TestSupport
import Testing
import Verdicts

@testable import Bundles

struct BundleTests {
  static func sources(_ paths: [String]) -> [ReportBundle.Source] { paths.map { ($0, $0) } }

  /// Written, and read as anybody reads a file.
  static func made(
    _ paths: [String], scrubbed: Bool = false, claims: KernelClaims = KernelClaims()
  ) throws -> (folder: TemporaryFolder, path: String, bundle: ReportBundle, before: Analysis, after: Analysis)
  {
    let folder = try TemporaryFolder()
    let path = folder.path + "/case.tar.zst"
    let before = Analysis.run(paths, claims: claims)
    let bundle = try ReportBundle(
      named: path, sources(paths), before, options: [], claims: claims, format: nil, isScrubbed: scrubbed)
    let file = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: .create, permissions: .ownerReadWrite)
    try file.closeAfter { try bundle.write(to: file) }
    return (folder, path, bundle, before, Analysis.run([path], claims: claims))
  }

  /// What a finding says, without where.
  static func said(_ analysis: Analysis) -> [String] {
    analysis.boots.flatMap(\.findings).map { finding in
      "\(finding.device) \(finding.driver ?? "-") \(finding.verdict) \(finding.confidence.map { "\($0)" } ?? "-") \(finding.cause?.id ?? "-") \(finding.harm) \(finding.evidence.map { "\($0.place?.line ?? -1)" })"
    }
  }

  static let captures = Capture.samples.filter { $0.texts.count == 2 }

  /// Every third sample: as bundled, so read, scrubbed or not.
  @Test(arguments: captures.enumerated().filter { $0.offset % 3 == 0 }.map(\.element))
  func readsAsBefore(_ capture: Capture) throws {
    let paths = capture.texts.map(\.path)
    for scrubbed in [false, true] {
      let made = try Self.made(paths, scrubbed: scrubbed)
      #expect(Self.said(made.before) == Self.said(made.after))
      #expect(made.before.answer == made.after.answer && made.after.inputs.count == 2)
      #expect(made.after.inputs.allSatisfy { !$0.isFound })
      #expect(made.bundle.inputs == 2)
      #expect(scrubbed || made.bundle.replaced.isEmpty)
    }
  }

  @Test func recordingsAndArchivesGoInWhole() throws {
    let dat = Here.sample("natural-7.3.4-cmdline/trace.dat")
    let log = Here.sample("natural-7.3.4-cmdline/dmesg.txt")
    let made = try Self.made([log, dat])
    #expect(Self.said(made.before) == Self.said(made.after) && !Self.said(made.after).isEmpty)
    // A bundle is an input like any other.
    let again = try Self.made([made.path])
    #expect(Self.said(again.after) == Self.said(made.before))
  }

  @Test func whatCannotBeScrubbedIsRefused() throws {
    let log = Here.sample("natural-7.3.4-cmdline/dmesg.txt")
    for path in [
      Here.sample("natural-7.3.4-cmdline/trace.dat"), Here.sample("perfetto/preserve.pftrace"),
    ] {
      #expect(throws: InputError.self) { try Self.made([log, path], scrubbed: true) }
    }
    let folder = try TemporaryFolder()
    let gone = Self.sources([folder.path + "/none"])
    #expect(throws: InputError.self) {
      try ReportBundle(
        named: "x", gone, Analysis.run([gone[0].name]), options: [], claims: KernelClaims(), format: nil,
        isScrubbed: false)
    }
  }

  /// An identity of every kind in a real log; nothing of it is in the bundle, and the verdicts are as they were.
  @Test func nothingOfTheMachineIsLeft() throws {
    let folder = try TemporaryFolder()
    let name = "walk-bind-toctou"
    let capture = try #require(Self.captures.first { $0.expected.findings.contains { $0.cause == name } })
    let secrets = [
      "192.168.77.5", "fd12:3456:789a::77", "52:54:00:77:77:77", "PF77XYZ7", "jane77", "mybox77",
      "77777777-0042-3510-8051-b7c04f4d4e31",
    ]
    var log = try String(contentsOfFile: capture.texts[0].path, encoding: .utf8)
    let stamp = try #require(log.split(separator: "\n").last { $0.hasPrefix("[") }).prefix { $0 != "]" } + "]"
    log += """
      \(stamp) systemd[1]: Hostname set to <mybox77>.
      \(stamp) net: 192.168.77.5 fd12:3456:789a::77 52:54:00:77:77:77 of mybox77
      \(stamp) usb 1-1: SerialNumber: PF77XYZ7
      \(stamp) root=UUID=77777777-0042-3510-8051-b7c04f4d4e31 /home/jane77/x

      """
    let paths = [try folder.file("mybox77-dmesg.txt", log), capture.texts[1].path]
    let made = try Self.made(paths, scrubbed: true)
    #expect(Self.said(made.before) == Self.said(made.after) && !Self.said(made.after).isEmpty)
    let listed = try Self.shell("zstd -dc '\(made.path)'")
    for secret in secrets { #expect(!listed.contains(secret), "\(secret)") }
    #expect(listed.contains("proberace/bundle@1\n") && listed.contains("SerialNumber: serial-"))
    #expect(listed.contains("report/report.html") && listed.contains("\"schema\": \"proberace/report@1\""))
    for kind in ScrubKind.allCases { #expect(made.bundle.replaced.contains { $0.hasPrefix(kind.rawValue) }) }
  }

  /// What only says that it is a bundle, or has lost its end.
  @Test func brokenBundlesAreSaid() throws {
    let log = Here.sample("natural-7.3.4-cmdline/dmesg.txt")
    let made = try Self.made([log])
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: made.path)))
    let cut = Analysis.run([try made.folder.file("cut", bytes.prefix(bytes.count * 2 / 3))])
    #expect(cut.isDamaged)
    // A tar with a file of that name and other words: all of it is looked at.
    let tar = made.folder.path + "/other.tar"
    _ = try Self.shell(
      "cd '\(made.folder.path)' && mkdir -p proberace-bundle/report && echo hello > proberace-bundle/README.txt && cp '\(log)' proberace-bundle/report/dmesg.txt && tar -cf '\(tar)' proberace-bundle/README.txt proberace-bundle/report"
    )
    let other = Analysis.run([tar])
    #expect(
      !other.boots.isEmpty
        && other.boots.flatMap(\.findings).count == made.before.boots.flatMap(\.findings).count)
    #expect(Documents.isBundle(made.path) && !Documents.isBundle(tar) && !Documents.isBundle(log))
  }

  private static func shell(_ command: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
