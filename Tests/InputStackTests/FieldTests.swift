import Analysis
import Foundation
import Reading
import Reports
import TestSupport
import Testing
import Writing

/// What people hold: each input of Tests/Field against its row of expected.tsv.
struct FieldTests {
  struct Row: Sendable, CustomStringConvertible {
    var files: [String]
    var report: Int32
    /// Nil: not asked.
    var scan: Int32?
    var findings: [String]
    var kernel: String?
    var words: String?
    var description: String { files.joined(separator: " ") }

    init?(_ line: Substring) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard !line.hasPrefix("#"), fields.count == 6, let report = Int32(fields[1]) else { return nil }
      files = fields[0].split(separator: " ").map(String.init)
      self.report = report
      scan = Int32(fields[2])
      findings = fields[3] == "-" ? [] : fields[3].split(separator: ";").map(String.init)
      kernel = fields[4] == "-" ? nil : fields[4]
      words = fields[5] == "-" ? nil : fields[5]
    }
  }

  static let rows: [Row] = {
    let text = try? String(contentsOf: Files.field.appending(path: "expected.tsv"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").compactMap { Row($0) }
  }()

  /// A row that cannot be read, or a file that is gone, must not go unnoticed.
  @Test func everyRowIsReadAndHasItsFiles() {
    #expect(Self.rows.count == 46)
    for name in Self.rows.flatMap(\.files) {
      #expect(FileManager.default.fileExists(atPath: Files.field(name)), "\(name)")
    }
  }

  @Test(arguments: rows) func isReadAsWhatItIs(_ row: Row) throws {
    let analysis = Analysis.run(row.files.map(Files.field))
    let report = Answer(analysis)
    #expect(report.exit == row.report, "report: \(report)")
    #expect(Self.fits(report.findings, row.findings), "report: \(report), not \(row.findings)")
    if let kernel = row.kernel {
      #expect(analysis.boots.map(\.timeline.kernel).contains(kernel))
    }
    if let words = row.words {
      let text = TerminalReport.render(analysis, Style(width: 100)).split(whereSeparator: \.isWhitespace)
        .joined(separator: " ")
      let pattern = try Regex(words)
      #expect(text.contains(pattern), "it says nothing of \(words): \(text)")
    }
    guard let exit = row.scan, let file = row.files.first else { return }
    let scan = try Answer.scan(path: Files.field(file))
    #expect(scan.exit == exit, "scan: \(scan)")
    #expect(Self.fits(scan.findings, row.findings), "scan: \(scan), not \(row.findings)")
  }

  /// As many findings as are wanted, and one for each; `*` fits anything.
  static func fits(_ found: [String], _ wanted: [String]) -> Bool {
    guard found.count == wanted.count else { return false }
    return wanted.allSatisfy { wanted in
      let pattern = wanted.split(separator: "/", omittingEmptySubsequences: false)
      return found.contains { found in
        let parts = found.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == pattern.count && zip(pattern, parts).allSatisfy { $0 == "*" || $0 == $1 }
      }
    }
  }

  @Test func aPatternCanMiss() {
    #expect(Self.fits(["real/a/b/walk"], ["*/*/b/walk"]))
    #expect(!Self.fits(["real/a/b/walk"], ["*/*/c/walk"]))
    #expect(!Self.fits(["real/a/b/walk"], []))
    #expect(!Self.fits([], ["*/*/b/walk"]))
  }

  // MARK: what has no row

  /// The four files of per_cpu/cpuN/trace, in any order, are the trace of which they were taken.
  @Test(arguments: ["natural-6.17.13-4", "race-bind-7.2.13-kprobe", "f2-multi-iommu-7.3.4-2"])
  func tracesOfOneCPUAreOneTrace(_ sample: String) throws {
    let lines = try Files.lines("\(sample)/trace.txt")
    let head = lines.prefix { $0.hasPrefix("#") }
    let cpus = try (0..<4).map { cpu in
      let column = try Regex("^.{16,40}\\[00\(cpu)\\]")
      let own = lines.filter { $0.firstMatch(of: column) != nil }
      #expect(!own.isEmpty)
      return Array((head + own).map { $0 + "\n" }.joined().utf8)
    }
    let log = try Files.bytes(Here.sample("\(sample)/dmesg.txt"))
    let whole = Answer.report(try Files.bytes(Here.sample("\(sample)/trace.txt")))
    let both = Answer.report(log, try Files.bytes(Here.sample("\(sample)/trace.txt")))
    #expect(!both.findings.isEmpty)
    #expect(Answer.report(cpus[0], cpus[1], cpus[2], cpus[3]) == whole)
    #expect(Answer.report(cpus[3], cpus[1], log, cpus[0], cpus[2]) == both)
  }

  /// One of the four by itself: nothing certain may come of it.
  @Test func aTraceOfOneCPUAloneIsNotTheTrace() {
    let one = Answer.report(paths: Files.field("android-m03-percpu-cpu3.txt"))
    #expect(!one.sure.contains { $0.hasSuffix("/certain") }, "\(one)")
  }

  @Test func logAndTraceInOneFileAreThoseOfTwo() throws {
    let path = Files.field("android-m07-dmesg-then-trace.txt")
    let text = String(decoding: try Files.bytes(path), as: UTF8.self)
    let header = try #require(text.range(of: "# tracer:"))
    let log = Array(text[..<header.lowerBound].utf8)
    let trace = Array(text[header.lowerBound...].utf8)
    let apart = Answer.report(log, trace)
    #expect(!apart.findings.isEmpty)
    #expect(Answer.report(paths: path) == apart)
    #expect(Answer.report(trace + log) == apart)
    #expect(try Answer.scan(path: path) == apart)
  }

  @Test func aCompressedPstoreRecordIsItsLog() throws {
    let path = Files.field("android-m10-dmesg-ramoops-0.enc.z")
    let plain = Answer.report(try inflated(try Files.bytes(path)[...], windowBits: -15))
    #expect(!plain.findings.isEmpty)
    #expect(Answer.report(paths: path) == plain)
    #expect(try Answer.scan(path: path) == plain)
  }

  @Test func atracesCompressedTextIsItsTrace() throws {
    let path = Files.field("android-m11-atrace-z.bin")
    let bytes = try Files.bytes(path)
    let mark = try #require(bytes.firstRange(of: Array("TRACE:\n".utf8)))
    let plain = Answer.report(try inflated(bytes[mark.upperBound...], windowBits: 15))
    #expect(plain.exit != 2)
    #expect(Answer.report(paths: path) == plain)
  }

  /// Seven warnings of one boot: the recording beside its log has the truth of all.
  @Test func aPerfettoRecordingTellsWhatItsTextTells() throws {
    let log = Files.field("android-m09-dmesg.txt")
    let recording = Files.field("android-m09-7warnings.pftrace")
    let findings = Analysis.run([log, recording]).boots.flatMap(\.findings)
    #expect(findings.count == 7)
    #expect(findings.count { $0.verdict == .real } == 1)
    #expect(findings.count { $0.cause?.id == "walk-bind-toctou" } == 2)
    #expect(findings.count { $0.cause?.id == "skipped-by-walk-then-replayed" } == 4)
    #expect(findings.allSatisfy { $0.confidence == .certain })
  }

  /// One without the events that were asked for: it says so, and finds nothing.
  @Test func aPerfettoRecordingSaysWhatItLacks() throws {
    let report = Answer.report(paths: Files.field("android-m08-small.pftrace"))
    #expect(report.findings.isEmpty)
    let inputs = Analysis.run([Files.field("android-m08-small.pftrace")]).inputs
    #expect(inputs[0].losses.contains { $0.detail.contains("nosuch/event, proberace/none") })
  }
}
