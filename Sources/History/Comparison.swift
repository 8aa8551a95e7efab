import Statistics

/// Two kernels, boards or days beside each other.
package struct Comparison: Sendable {
  /// A topic on a board (kernels, days) or with a kernel (boards).
  package struct Row: Sendable {
    /// A cause's id, or the signature of what is undetermined.
    package var topic: String
    /// The board; the kernel where boards are compared.
    package var place: String
    /// Of the first.
    package var a: Rate
    /// Of the second.
    package var b: Rate
    /// That chance parts them as far, times the number of rows: at most 1.
    package var p: Double
  }

  /// Only rows with a finding, the least probable first.
  package var rows: [Row]

  /// What `a` and `b` name: each place that both have boots of.
  package enum Subject: String, Sendable {
    case kernel, board
  }

  /// `subject`: what both `a` and `b` are.
  package init(_ farm: FarmCounts, _ subject: Subject, _ a: String, _ b: String) {
    var rows: [Row] = []
    let places = subject == .kernel ? farm.boards : farm.kernels
    for topic in farm.topics {
      for place in places {
        let cell = { (name: String) in
          subject == .kernel ? Cell(board: place, kernel: name) : Cell(board: name, kernel: place)
        }
        let (one, two) = (farm.rate(topic, cell(a)), farm.rate(topic, cell(b)))
        guard one.of > 0, two.of > 0, one.n + two.n > 0 else { continue }
        rows.append(Row(topic: topic, place: place, a: one, b: two, p: FisherExact.twoSided(one, two)))
      }
    }
    let count = Double(rows.count)
    for index in rows.indices { rows[index].p = min(1, rows[index].p * count) }
    self.rows = rows.sorted { ($0.p, $0.topic, $0.place) < ($1.p, $1.topic, $1.place) }
  }
}
