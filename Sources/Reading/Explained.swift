import Bytes
import Records

/// Which places of a document hold the warning's words for a reason that is known.
struct Explained: Sendable {
  /// Offsets of lines.
  private var lines: Set<Int64> = []
  private static let kept = 100_000

  mutating func add(_ place: Place) { if lines.count < Self.kept { lines.insert(place.offset) } }

  /// The hits that nothing explains: neither are they in a finding's line, nor a second copy of one that is.
  func unexplained(_ hits: [Tripwire.Hit]) -> [Tripwire.Hit] {
    guard !hits.isEmpty else { return [] }
    let known = lines.sorted()
    let open = hits.filter { hit in
      // The line as the reader had it may begin behind a carriage return.
      let next = known.partitioningIndex { $0 > hit.place.offset }
      return next == 0 || known[next - 1] < hit.lineStart
    }
    guard !open.isEmpty, open.count < hits.count else { return open }
    let places = Set(open.map(\.place))
    let subjects = Set(hits.lazy.filter { !places.contains($0.place) }.map(\.subject))
    return open.filter { !subjects.contains($0.subject) }
  }
}
