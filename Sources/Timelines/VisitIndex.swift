import Bytes

/// A device's IOMMU probes, to find those that ran during a stretch of time without trying them all.
package struct VisitIndex: Sendable {
  /// By start.
  private let visits: [Visit]
  /// Latest end of the first n+1 visits.
  private let ends: [Int64]

  /// In any order; one without an end goes on for ever.
  package init(_ visits: [Visit]) {
    self.visits = visits.sorted { $0.phase.start < $1.phase.start }
    var latest = Int64.min
    ends = self.visits.map { visit in
      latest = max(latest, visit.phase.end ?? .max)
      return latest
    }
  }

  /// Whether any ran during `range`.
  package func meets(_ range: ClosedRange<Int64>) -> Bool {
    let end = firstAfter(range.upperBound)
    return end > 0 && ends[end - 1] >= range.lowerBound
  }

  /// Those that ran during `range`, by start.
  package func during(_ range: ClosedRange<Int64>) -> [Visit] {
    let end = firstAfter(range.upperBound)
    var start = end
    while start > 0, ends[start - 1] >= range.lowerBound { start -= 1 }
    return visits[start..<end].filter { $0.phase.end ?? .max >= range.lowerBound }
  }

  /// The first visit that began after `time`.
  private func firstAfter(_ time: Int64) -> Int { visits.partitioningIndex { $0.phase.start > time } }
}

extension Phase {
  /// From its start to its end, or to the end of time.
  package var range: ClosedRange<Int64> { start...max(start, end ?? .max) }
}
