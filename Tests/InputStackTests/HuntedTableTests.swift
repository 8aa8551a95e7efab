import Foundation
import TestSupport
import Testing

/// Boots of real life that break a proof: each input of Tests/Hunted against its row of expected.tsv. Answers that are
/// allowed are `verdict/confidence/cause`, `*` is any, and `none` is no finding.
struct HuntedTableTests {
  struct Row: Sendable, CustomStringConvertible {
    var files: [String]
    var allowed: [String]
    var description: String { files.joined(separator: " ") }

    init?(_ line: Substring) {
      let fields = line.split(separator: "\t").map(String.init)
      guard !line.hasPrefix("#"), fields.count == 2 else { return nil }
      files = fields[0].split(separator: " ").map(String.init)
      allowed = fields[1].split(separator: ",").map(String.init)
    }

    /// What of an answer is not allowed.
    func wrong(_ answer: Answer) -> [String] {
      if answer.sure.isEmpty { return allowed.contains("none") ? [] : ["no finding"] }
      return answer.sure.filter { said in
        // verdict/cause/device/side/confidence
        let parts = said.split(separator: "/", omittingEmptySubsequences: false)
        let said = [parts[0], parts[4], parts[1]]
        return !allowed.contains { pattern in
          zip(pattern.split(separator: "/"), said).allSatisfy { $0 == "*" || $0 == $1 }
        }
      }
    }
  }

  private static let folder = Here.root.appending(path: "Tests/Hunted")
  private static func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  static let rows: [Row] = {
    let text = try? String(contentsOf: folder.appending(path: "expected.tsv"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").compactMap { Row($0) }
  }()

  @Test func everyInputHasItsRow() throws {
    let inputs = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path(percentEncoded: false))
      .filter { $0.hasSuffix(".txt") || $0.hasSuffix(".trace") }
    #expect(Self.rows.count == 171)
    #expect(Set(Self.rows.flatMap(\.files)) == Set(inputs))
  }

  @Test(arguments: rows) func saysWhatMayBeSaid(_ row: Row) throws {
    let paths = row.files.map(Self.path)
    let report = paths.count == 1 ? Answer.report(paths: paths[0]) : Answer.report(paths: paths[0], paths[1])
    #expect(row.wrong(report).isEmpty, "report: \(report)")
    guard row.files.count == 1, row.files[0].hasSuffix(".txt") else { return }
    let scan = try Answer.scan(path: paths[0])
    #expect(scan.sure == report.sure, "scan: \(scan)")
  }

  @Test func aRowCanMiss() throws {
    let path = Self.path("t8-gpf.txt")
    let row = try #require(Row("t8-gpf.txt\treal/certain/no-such-cause,false-positive"))
    #expect(!row.wrong(Answer.report(paths: path)).isEmpty)
  }
}
