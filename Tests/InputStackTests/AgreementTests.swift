import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

@testable import Scan

/// report and scan look at the same file and say the same.
struct AgreementTests {
  // MARK: one log for each cause

  @Test func everyCauseHasItsLogOrAReason() {
    let tested = Set(CauseLog.all.filter(\.isNamed).map(\.cause))
    #expect(tested.isDisjoint(with: CauseLog.notByLog))
    #expect(tested.union(CauseLog.notByLog) == Set(Cause.all.map(\.id)))
  }

  @Test(arguments: CauseLog.all) func aLogOfAFewLinesShowsItsCause(_ log: CauseLog) throws {
    let bytes = Array(log.text.utf8)
    let analysis = Analysis.run(texts: [bytes])
    let findings = analysis.boots.flatMap(\.findings)
    let found = findings.flatMap { log.isNamed ? [$0.cause?.id].compactMap { $0 } : $0.candidates.map(\.id) }
    #expect(found.contains(log.cause), "\(Answer(analysis))")
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(bytes, in: folder) == Answer(analysis))
  }

  // MARK: what lies in the repository

  private static func files(_ folder: URL, _ endings: [String]) -> [String] {
    let folder = folder.resolvingSymlinksInPath()
    let found = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false))
    return (found?.compactMap { $0 as? String } ?? []).filter { name in
      endings.contains { name.hasSuffix($0) }
    }
    .sorted().map { folder.appending(path: $0).path(percentEncoded: false) }
  }

  static let samples = files(Here.samples, ["/dmesg.txt", "/trace.txt", ".dat"])
  static let hunted = files(Here.root.appending(path: "Tests/Hunted"), [".txt"])
  static let field = files(Files.field, [".txt", ".log", ".zip", ".pftrace", ".z", ".bin"])

  @Test func thereIsSomethingToCompare() {
    #expect(Self.samples.count > 100 && Self.hunted.count > 10 && Self.field.count == 53)
  }

  @Test(arguments: samples + hunted + field) func reportAndScanAgree(_ path: String) throws {
    let (row, report) = (try Answer.scan(path: path), Answer.report(paths: path))
    #expect(row == report)
    // Of several boots a report says one thing, a scan one each.
    if let code = row.code { #expect(code == report.code) }
  }
}
