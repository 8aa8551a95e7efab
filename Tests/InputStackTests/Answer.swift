import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

@testable import Scan

/// What report or scan says of inputs: the findings, and how the program would exit.
struct Answer: Equatable, CustomStringConvertible {
  /// `verdict/cause/device/side`, sorted.
  var findings: [String]
  /// The same with how sure it is.
  var sure: [String]
  var exit: Int32
  /// Why it is 2.
  var reasons: [String] = []
  /// JSON's `answer`; nil of a scan with several rows.
  var code: String?

  static func == (a: Answer, b: Answer) -> Bool { a.sure == b.sure && a.exit == b.exit }

  var description: String {
    "exit \(exit)\(reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))"): "
      + (sure.isEmpty ? "nothing" : sure.joined(separator: ", "))
  }

  private init(_ found: [Finding], isUnsure: Bool, reasons: [String]) {
    findings = found.map(Self.key).sorted()
    sure = found.map { "\(Self.key($0))/\($0.confidence?.rawValue ?? "-")" }.sorted()
    let gate = Gate(today: "2026-11-22")
    exit = isUnsure ? 2 : found.contains { !gate.decide($0).passes } ? 1 : 0
    self.reasons = isUnsure ? reasons : []
  }

  private static func key(_ finding: Finding) -> String {
    "\(finding.verdict.rawValue)/\(finding.cause?.id ?? "-")/\(finding.device)/\(finding.side.rawValue)"
  }

  /// As `report` answers.
  init(_ analysis: Analysis) {
    let damage = analysis.inputs.flatMap { $0.losses.filter(\.isDamage).map { "\($0.kind): \($0.detail)" } }
    self.init(
      analysis.boots.flatMap(\.findings), isUnsure: analysis.isDamaged || !analysis.isTelling,
      reasons: damage + (analysis.isTelling ? [] : ["nothing tells"]))
    code = analysis.answer.code
  }

  /// What these lines say, which is something, a text that has them written in another way says too, to report and to scan.
  static func expect(
    _ text: [UInt8], saysAs lines: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let plain = report(Array((lines.joined(separator: "\n") + "\n").utf8))
    #expect(!plain.findings.isEmpty, sourceLocation: sourceLocation)
    let report = report(text)
    #expect(report.findings == plain.findings, "\(report)", sourceLocation: sourceLocation)
    let folder = try TemporaryFolder()
    #expect(try scan(text, in: folder) == report, sourceLocation: sourceLocation)
  }

  static func report(_ texts: [UInt8]...) -> Answer { Answer(Analysis.run(texts: texts)) }
  static func report(paths: String...) -> Answer { Answer(Analysis.run(paths)) }

  /// As `scan` answers for one file.
  static func scan(path: String) throws -> Answer {
    let scanner = LogScanner(
      gate: Gate(today: "2026-11-22"), claims: KernelClaims(), isStopped: { false }, count: { _ in })
    var results: [LogResult] = []
    try scanner.scan(.file(path)) { results.append($0) }
    let silent = results.filter(\.isNoAnswer)
    var answer = Answer(
      results.flatMap { $0.findings.map(\.finding) }, isUnsure: results.isEmpty || !silent.isEmpty,
      reasons: silent.map { $0.error ?? $0.reason ?? $0.losses.first?.detail ?? "\($0.state)" })
    answer.code = results.count == 1 ? results[0].answer : nil
    return answer
  }

  static func scan(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> Answer {
    let path = try folder.file("input", bytes)
    return try scan(path: path)
  }
}

/// Inputs of the repository.
enum Files {
  static let field = Here.root.appending(path: "Tests/Field")

  static func field(_ name: String) -> String { field.appending(path: name).path(percentEncoded: false) }

  static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

  /// The text of a sample, one line each.
  static func lines(_ sample: String) throws -> [String] {
    try String(decoding: bytes(Here.sample(sample)), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).dropLast().map(String.init)
  }
}
