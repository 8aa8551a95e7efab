import Statistics

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

  /// Where there are rises, as places among all of the farm's kernels.
  private var ranks: [Int] { Set(rises.map { series[$0.board].ranks[$0.rise.at] }).sorted() }

  /// Each rise gets the kernel that fits the most of all, of those that fit it.
  private mutating func unite() {
    var fits = ranks.map { rank in
      rises.indices.compactMap { index in
        fit(rises[index], rank).map { (rise: index, place: $0.place, loss: $0.loss) }
      }
    }
    while let most = fits.map(\.count).max(), most > 0 {
      let worth = fits.map { fits in (fits.count, -fits.reduce(0.0) { $0 + $1.loss }) }
      guard let best = fits.indices.max(by: { worth[$0] < worth[$1] }) else { return }
      let settled = Set(fits[best].map(\.rise))
      for fit in fits[best] { rises[fit.rise].rise.at = fit.place }
      fits.remove(at: best)
      for index in fits.indices { fits[index].removeAll { settled.contains($0.rise) } }
    }
  }

  private func fit(_ rise: (board: Int, rise: BoardSeries.Rise), _ rank: Int) -> (
    place: Int, loss: Double
  )? {
    guard let found = series[rise.board].loss(rise.rise, at: rank), found.loss <= Self.tolerance else {
      return nil
    }
    return found
  }

  /// Boards without a rise of their own, at the kernels where others have one.
  private mutating func askOthers() {
    let silent = Set(series.indices).subtracting(rises.map(\.board)).sorted()
    let ranks = ranks
    let tests = Double(silent.count * ranks.count)
    for board in silent {
      guard let best = series[board].best else { continue }
      for rank in ranks {
        guard var found = series[board].loss(best, at: rank).map({ (best, $0) }),
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
