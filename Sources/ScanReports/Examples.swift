import Analysis
import Reports
import Scan
import Synchronization

/// Which findings of a scan have a picture: the first of each kind, in the order of the inputs.
package final class Examples: Sendable {
  /// Kinds that have one.
  private let drawn = Mutex<Set<FindingKind>>([])
  /// More kinds have none: a page would grow too large.
  private static let most = 60

  /// None yet.
  package init() {}

  /// Draws findings of kinds that have none.
  package var illustrator: Illustrator {
    Illustrator(
      isWanted: { [self] kind in drawn.withLock { $0.count < Self.most && !$0.contains(kind) } },
      draw: { FindingPicture.html($0, $1, inputs: $2) })
  }

  /// Keeps of logs that come in the order of the inputs what nothing before them has: others were read at the same time.
  package func settle(_ logs: inout [LogResult]) {
    drawn.withLock { drawn in
      for log in logs.indices {
        for index in logs[log].findings.indices where logs[log].findings[index].illustration != nil {
          let isFirst = drawn.insert(FindingKind(logs[log].findings[index].finding)).inserted
          if !isFirst { logs[log].findings[index].illustration = nil }
        }
      }
    }
  }
}
