import Statistics

/// A topic on one board, kernel by kernel.
struct BoardSeries {
  let topic: String
  let board: String
  /// Those with boots that count, in their order.
  let kernels: [String]
  /// Their places among all of the farm's.
  let ranks: [Int]
  let rates: RateSeries
  private let points: [Rate]

  /// A place at which the rate rises, between the changes before and behind it.
  struct Rise {
    var start: Int
    var at: Int
    var end: Int
    /// Corrected.
    var p: Double
  }

  /// `kernels`: the farm's, in their order.
  init(_ topic: String, _ board: String, _ kernels: [String], _ farm: FarmCounts) {
    (self.topic, self.board) = (topic, board)
    let all = kernels.enumerated().map { rank, kernel in
      (kernel: kernel, rank: rank, rate: farm.rate(topic, Cell(board: board, kernel: kernel)))
    }.filter { $0.rate.of > 0 }
    self.kernels = all.map(\.kernel)
    ranks = all.map(\.rank)
    points = all.map(\.rate)
    rates = RateSeries(points)
  }

  /// All of them that hold at `level` beside `tests` others.
  func rises(level: Double, tests: Int) -> [Rise] {
    let pieces = rates.pieces(level: level / Double(tests)) + [points.count]
    return pieces.indices.dropFirst().dropLast().compactMap { index in
      var rise = Rise(start: pieces[index - 1], at: pieces[index], end: pieces[index + 1], p: 1)
      guard isRise(rise) else { return nil }
      let piece = RateSeries(Array(points[rise.start..<rise.end]))
      rise.p = min(1, (piece.change(level: level / Double(tests))?.p ?? 1) * Double(tests))
      return rise
    }
  }

  func isRise(_ rise: Rise) -> Bool { before(rise).value ?? 0 < after(rise).value ?? 0 }

  func before(_ rise: Rise) -> Rate { points[rise.start..<rise.at].reduce(Rate(n: 0, of: 0), +) }
  func after(_ rise: Rise) -> Rate { points[rise.at..<rise.end].reduce(Rate(n: 0, of: 0), +) }

  /// By how much the logarithm of the likelihood ratio falls where the rise is taken to be at the kernel of `rank`, or the first behind it that the
  /// board has; nil if that is not between the changes before and behind.
  func loss(_ rise: Rise, at rank: Int) -> (place: Int, loss: Double)? {
    guard let place = ranks.firstIndex(where: { $0 >= rank }), place > rise.start, place < rise.end else {
      return nil
    }
    let range = rise.start..<rise.end
    return (place, rates.ratio(of: range, at: rise.at) - rates.ratio(of: range, at: place))
  }

  func regression(_ rise: Rise) -> Regression {
    Regression(
      topic: topic, board: board, good: kernels[rise.at - 1], kernel: kernels[rise.at], before: before(rise),
      after: after(rise), p: rise.p)
  }

  /// The best single place, whatever it is worth; nil if the board has no two kernels with boots that count.
  var best: Rise? {
    rates.change(level: 0).map { Rise(start: 0, at: $0.at, end: points.count, p: 1) }
  }
}
