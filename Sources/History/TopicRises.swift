import Statistics
import Verdicts

/// The rises of one topic on all boards. What raises a rate is most often one commit: boards whose counts fit it get one kernel, and a board that
/// alone would say too little is asked about that kernel, not about all.
struct TopicRises {
  private let series: [BoardSeries]
  private var rises: [(board: Int, rise: BoardSeries.Rise)]
  /// How much less likely a common kernel may be than a board's own, as a logarithm: by chance that is seldom more.
  private static let tolerance = 3.0

  init(_ series: [BoardSeries], _ tests: Int) {
    self.series = series
    rises = series.indices.flatMap { board in
      series[board].rises(level: Regression.level, tests: tests).map { (board, $0) }
    }
    guard !rises.isEmpty else { return }
    unite()
    askOthers()
  }

  var regressions: [Regression] { rises.map { series[$0.board].regression($0.rise) } }

  private var kernels: [String] {
    Array(Set(rises.map { series[$0.board].kernels[$0.rise.at] })).inKernelOrder()
  }

  /// Each rise gets the kernel that fits the most of all, of those that fit it.
  private mutating func unite() {
    var left = Set(rises.indices)
    var kernels = kernels.map { KernelOrder($0) }
    while !left.isEmpty, !kernels.isEmpty {
      let fits = kernels.map { kernel in left.filter { fit(rises[$0], kernel) != nil } }
      let worth = kernels.indices.map { index in
        (fits[index].count, -fits[index].reduce(0.0) { $0 + (fit(rises[$1], kernels[index])?.loss ?? 0) })
      }
      guard let best = kernels.indices.max(by: { worth[$0] < worth[$1] }) else { return }
      for index in fits[best] {
        if let place = fit(rises[index], kernels[best])?.place { rises[index].rise.at = place }
      }
      left.subtract(fits[best])
      kernels.remove(at: best)
    }
  }

  private func fit(_ rise: (board: Int, rise: BoardSeries.Rise), _ kernel: KernelOrder) -> (
    place: Int, loss: Double
  )? {
    guard let found = series[rise.board].loss(rise.rise, at: kernel), found.loss <= Self.tolerance else {
      return nil
    }
    return found
  }

  /// Boards without a rise of their own, at the kernels where others have one.
  private mutating func askOthers() {
    let silent = Set(series.indices).subtracting(rises.map(\.board)).sorted()
    let kernels = kernels.map { KernelOrder($0) }
    let tests = Double(silent.count * kernels.count)
    for board in silent {
      guard let best = series[board].best else { continue }
      for kernel in kernels {
        guard var found = series[board].loss(best, at: kernel).map({ (best, $0) }),
          found.1.loss <= Self.tolerance
        else { continue }
        found.0.at = found.1.place
        let p =
          FisherExact.rise(from: series[board].before(found.0), to: series[board].after(found.0)) * tests
        guard p <= Regression.level else { continue }
        found.0.p = p
        rises.append((board, found.0))
        break
      }
    }
  }
}
