/// How often names came. A dictionary would cost more than the line that a name comes in.
package struct NameCounts: Sendable {
  private var counts: [UInt16] = []

  package init() {}

  /// Counts the name once more, and says how often it came until now; goes no further than 65535.
  package mutating func add(_ name: Name) -> Int {
    let index = Int(name.index)
    if index >= counts.count {
      counts.append(contentsOf: repeatElement(0, count: max(64, index * 2) - counts.count))
    }
    if counts[index] < .max { counts[index] += 1 }
    return Int(counts[index])
  }
}
