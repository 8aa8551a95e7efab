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

  // MARK: what a search in the raw text does not see, and what is cut

  /// A trace that ends inside a line, or in its middle, is as sure in a scan as in a report.
  @Test(arguments: ["natural-7.3.4/trace.txt", "late-reload-7.3.4/trace.txt"])
  func cutTraces(_ path: String) throws {
    let whole = try Files.bytes(Here.sample(path))
    let folder = try TemporaryFolder()
    for count in [whole.count - 1, whole.count / 2] {
      let cut = Array(whole.prefix(count))
      #expect(try Answer.scan(cut, in: folder) == Answer.report(cut))
    }
  }

  @Test(arguments: ["\"MESSAGE\":[", "\"MESSAGE\" : [", "\"MESSAGE\": [", "\"MESSAGE\" :  ["])
  func messagesAsNumbers(_ key: String) throws {
    let lines = try Files.lines("natural-7.3.4/dmesg.txt")
    let text = lines.map { line in
      let numbers = line.utf8.map(String.init).joined(separator: ", ")
      return "{\"_TRANSPORT\": \"kernel\", \(key)\(numbers)], \"PRIORITY\": \"4\"}\n"
    }.joined()
    let folder = try TemporaryFolder()
    let report = Answer.report(Array(text.utf8))
    #expect(!report.findings.isEmpty)
    #expect(try Answer.scan(Array(text.utf8), in: folder) == report)
  }

  @Test(arguments: ["dependency", "timeout", "ignoring"]) func colouredWords(_ word: String) throws {
    let lines = try Files.lines("late-silent-7.3.4/dmesg.txt")
    let text = lines.map { $0.replacing(word, with: "\u{1b}[01;31m\u{1b}[K\(word)\u{1b}[m\u{1b}[K") + "\n" }
      .joined()
    let folder = try TemporaryFolder()
    let plain = Answer.report(Array(lines.joined(separator: "\n").utf8) + [10])
    #expect(!plain.findings.isEmpty)
    #expect(Answer.report(Array(text.utf8)) == plain)
    #expect(try Answer.scan(Array(text.utf8), in: folder) == plain)
  }

  /// The files of `per_cpu` are one trace, and one row of a scan by folder; a CPU that wrote nothing has a header alone.
  @Test func perCPUFilesAreOneTrace() throws {
    let lines = try Files.lines("misuse-7.3.4/trace.txt")
    let header = lines.prefix { $0.hasPrefix("#") }
    let folder = try TemporaryFolder()
    var paths: [String] = []
    for cpu in 0..<4 {
      let own = lines.filter { $0.contains(" [00\(cpu)] ") }
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: "job/per_cpu/cpu\(cpu)"), withIntermediateDirectories: true)
      paths.append(
        try folder.file("job/per_cpu/cpu\(cpu)/trace", (header + own).joined(separator: "\n") + "\n"))
    }
    let analysis = Analysis.run(paths)
    let whole = Answer.report(paths: Here.sample("misuse-7.3.4/trace.txt"))
    #expect(!whole.findings.isEmpty)
    #expect(Answer(analysis) == whole)
    var walk = FileWalk([folder.path])
    walk.groupsFolders = true
    let inputs = Array(walk)
    #expect(inputs == [.group(folder.path + "/job", files: paths)])
    var named = FileWalk(paths)
    named.groupsFolders = true
    #expect(Array(named) == [.group(folder.path + "/job", files: paths)])
  }
}
