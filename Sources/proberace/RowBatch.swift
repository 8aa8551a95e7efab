import Scan
import ScanReports

/// Rows of some results as text, in their order. Those of boots with thousands of findings are made only when they are written: as text they would
/// take as much memory again.
struct RowBatch: Sendable {
  private enum Piece {
    case lines([UInt8])
    case large(LogResult)
  }
  private var pieces: [Piece] = []
  /// What comes behind those.
  private var lines: [UInt8] = []
  private static let few = 200

  mutating func add(_ log: LogResult, run: String) {
    guard log.findings.count + log.suspects.count > Self.few else {
      return JSONLines.write(log, run: run, to: &lines)
    }
    pieces += [.lines(lines), .large(log)]
    lines = []
  }

  func write(run: String, to output: GrowingOutput) {
    for piece in pieces {
      switch piece {
      case .lines(let lines): output.put(lines)
      case .large(let log): JSONLines.write(log, run: run) { output.put($0) }
      }
    }
    output.put(lines)
  }
}
