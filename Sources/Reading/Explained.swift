import Bytes
import Records

/// Which places of a document hold the warning's words for a reason that is known.
struct Explained: Sendable {
  /// How many lines were read that begin at an offset: of a line of JSON there may be many.
  private var lines: [Int64: Int] = [:]
  private static let kept = 100_000

  mutating func add(_ place: Place) {
    if lines.count < Self.kept || lines[place.offset] != nil { lines[place.offset, default: 0] += 1 }
  }

  /// The hits that nothing explains: neither are they in a finding's line, nor a second copy of one that is. A line that was read as one
  /// tells of one device: what stands in it of another one was not read.
  func unexplained(_ hits: [Tripwire.Hit]) -> [Tripwire.Hit] {
    guard !hits.isEmpty else { return [] }
    let known = lines.keys.sorted()
    var told: [Int64: Set<UInt64>] = [:]
    let open = hits.filter { hit in
      // The line as the reader had it may begin behind a carriage return.
      let next = known.partitioningIndex { $0 > hit.place.offset }
      guard next > 0, known[next - 1] >= hit.lineStart else { return true }
      guard hit.isMessage else { return false }
      let line = known[next - 1]
      told[line, default: []].insert(hit.subject)
      return told[line, default: []].count > lines[line, default: 0]
    }
    guard !open.isEmpty, open.count < hits.count else { return open }
    let places = Set(open.map(\.place))
    let subjects = Set(hits.lazy.filter { !places.contains($0.place) }.map(\.subject))
    return open.filter { !subjects.contains($0.subject) }
  }
}
