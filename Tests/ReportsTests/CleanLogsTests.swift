import Bytes
import Reports
import Scan
import ScanReports
import Testing
import Writing

/// A report in which clean logs are counts is the one in which they are rows.
struct CleanLogsTests {
  private static let formats = ScanFormat.all.filter { !$0.namesCleanLogs }

  /// Clean logs before, between and behind what is not clean: two boots of one log, the same log twice, the second boot of a log with a finding.
  private static let rows: [LogResult] = {
    var rows = sample.logs
    rows.insert(log("two.txt", boot: 0) { $0.kernel = "6.12.1" }, at: 0)
    rows.insert(log("two.txt", boot: 1) { $0.kernel = "6.12.1" }, at: 1)
    rows.insert(log("logs.tar.gz:real.txt", boot: 0), at: 4)
    for path in ["a.txt", "copy-of-a.txt"] {
      rows.append(
        log(path) {
          $0.hash = ContentHash(digest: [UInt8](repeating: 7, count: 32), size: 9)
          $0.kernel = "6.17.13"
          $0.labels = ["board": "b", "kernel": "k"]
        })
    }
    return rows
  }()

  private static func folded(_ rows: [LogResult]) -> ScanReport {
    var report = ScanReport(logs: [])
    for row in rows where !report.clean.take(row) { report.logs.append(row) }
    return report
  }

  @Test(arguments: formats.map(\.id))
  func countsSayTheSame(_ id: String) throws {
    let format = try #require(ScanFormat.named(id))
    let folded = Self.folded(Self.rows)
    #expect(folded.clean.boots == 6 && folded.logs.count == Self.rows.count - 6)
    for explains in [false, true] {
      let settings = ScanFormat.Settings(explainsGate: explains)
      #expect(
        Self.text(format.render(folded, settings))
          == Self.text(format.render(ScanReport(logs: Self.rows), settings)))
    }
    #expect(folded.status == ScanReport(logs: Self.rows).status)
  }

  @Test func aFarmWithoutAFindingPasses() {
    let clean = [log("a.txt"), log("b.txt")]
    let folded = Self.folded(clean)
    #expect(folded.logs.isEmpty && folded.status == 0)
    #expect(ScanTerminal.render(folded, Style()) == ScanTerminal.render(ScanReport(logs: clean), Style()))
    #expect(ScanTerminal.render(folded, Style()).contains("2 logs, 2 boots: no finding"))
  }

  private static func text(_ rendered: Rendered) -> String {
    switch rendered {
    case .text(let text): text
    case .json(let values): values.map { $0.text(indent: true) }.joined()
    case .binary(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }
}
