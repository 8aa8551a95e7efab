// One log in every dialect: the same devices, sides, verdicts and signatures as the plain log has, or, where the
// dialect lost what is needed, the reason.
import Analysis
import Bytes
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

struct DialectTests {
  /// device, signature, verdict, cause, confidence, harm: one line each.
  private static func describe(_ analysis: Analysis, confidence: Bool) -> [String] {
    analysis.boots.flatMap(\.findings).map { finding in
      "\(finding.device) \(finding.signature) \(finding.verdict.rawValue) \(finding.cause?.id ?? "-") "
        + "\(confidence ? finding.confidence?.rawValue ?? "-" : "") \(finding.harm.rawValue)"
    }
  }

  private static func losses(_ analysis: Analysis) -> [Loss.Kind] {
    analysis.inputs.flatMap(\.losses).map(\.kind)
  }

  @Test(arguments: Dialect.all, PlainLog.samples)
  func sameFindings(_ dialect: Dialect, _ sample: String) throws {
    let log = try PlainLog(sample)
    let folder = try TemporaryFolder()
    let analysis = Analysis.run([try folder.file("log", dialect.render(log))])
    let plain = Analysis.run([log.path])
    if dialect.keeps == .pieces { return expectNothingElse(analysis, plain) }
    let keepsOrder = dialect.keeps != .nothing
    #expect(analysis.inputs.first?.format?.id == "kernel-log")
    #expect(analysis.boots.count == 1)
    // Where messages were dropped inside a call trace its frames prove less.
    let isSure = keepsOrder && !Self.losses(analysis).contains(.droppedPrintk)
    #expect(Self.describe(analysis, confidence: isSure) == Self.describe(plain, confidence: isSure))
    #expect(Self.losses(analysis).contains(.coarseTimes) == dialect.isCoarse)
    #expect(!analysis.isDamaged)
    if !keepsOrder { try expectNoCertainOrder(analysis) }
  }

  /// The same warnings; where the verdict is another, it is open and says what would decide it.
  private func expectNothingElse(_ analysis: Analysis, _ plain: Analysis) {
    let found = analysis.boots.flatMap(\.findings)
    let wanted = plain.boots.flatMap(\.findings)
    #expect(found.map { $0.device + $0.signature } == wanted.map { $0.device + $0.signature })
    for (finding, right) in zip(found, wanted) where finding.cause != right.cause {
      #expect(finding.verdict == .undetermined)
      #expect(!finding.missing.isEmpty)
    }
  }

  /// A daemon's order proves nothing: the finding is likely and says what is missing.
  private func expectNoCertainOrder(_ analysis: Analysis) throws {
    for finding in analysis.boots.flatMap(\.findings) where finding.cause?.id == "probe-before-domain" {
      #expect(finding.confidence == .likely)
      #expect(finding.missing.contains { $0.contains("order") })
    }
  }

  @Test func everyDialectHasAName() {
    #expect(Set(Dialect.all.map(\.name)).count == Dialect.all.count)
    #expect(Dialect.all.count >= 25)
  }

  @Test(arguments: PlainLog.samples)
  func anotherBootIDIsAnotherBoot(_ sample: String) throws {
    let log = try PlainLog(sample)
    let entries = ["01", "23"].map { boot in
      log.lines.map { line in
        "{\"_BOOT_ID\":\"\(String(repeating: boot, count: 16))\",\"MESSAGE\":\(json(line.message)),"
          + "\"_TRANSPORT\":\"kernel\",\"_SOURCE_MONOTONIC_TIMESTAMP\":\"\(line.micros)\"}\n"
      }.joined()
    }
    let folder = try TemporaryFolder()
    let analysis = Analysis.run([try folder.file("log", entries.joined())])
    #expect(analysis.boots.count == 2)
  }

  /// Two boots of which neither has the kernel's hello: the journal's line between them alone tells.
  @Test(arguments: ["-- Boot 0123456789abcdef0123456789abcdef --", "-- Reboot --"])
  func theJournalsLineDividesBoots(_ line: String) throws {
    let log = try PlainLog(PlainLog.samples[0])
    let lines = log.lines.filter {
      !$0.message.contains("Linux version") && !$0.message.hasPrefix("Booting Linux")
    }
    let boot = lines.map { "Apr 01 \($0.clock(0)) host kernel: \($0.message)\n" }.joined()
    let folder = try TemporaryFolder()
    let divided = Analysis.run([try folder.file("divided", boot + line + "\n" + boot)]).boots
    let joined = Analysis.run([try folder.file("joined", boot + boot)]).boots
    #expect(joined.count == 1 && divided.count == 2)
    #expect(!divided[0].findings.isEmpty && divided[0].findings.count == divided[1].findings.count)
  }

  @Test func proseInFrontOfTheMessage() throws {
    let message = "adreno 3d00000.gpu: late IOMMU probe at driver bind, something fishy here!"
    let mail = "iommu: as you see here: \(message)\n"
    let folder = try TemporaryFolder()
    let finding = Analysis.run([try folder.file("mail", mail)]).boots.first?.findings.first
    #expect(finding?.device == "3d00000.gpu")
    #expect(finding?.driver == "adreno")
  }

  @Test func aQuotedPatchIsNoWarning() throws {
    let patch = """
      > [    1.000000] Linux version 6.15.0
      > +		dev_WARN(dev, "late IOMMU probe at driver bind, something fishy here!\\n");
      > -	dev_WARN(dev, "late IOMMU probe at driver bind, something fishy here!\\n");

      """
    let folder = try TemporaryFolder()
    #expect(Analysis.run([try folder.file("mail", patch)]).warnings == 0)
  }
}
