import HeapModule

/// Steps through the records of all streams by time; of equal times the lower stream (buffer, CPU) first.
struct Merge {
  private struct Head: Comparable {
    var time: Int64
    var stream: Int
    var index: Int

    static func < (a: Head, b: Head) -> Bool { (a.time, a.stream) < (b.time, b.stream) }
  }
  private var heads = Heap<Head>()

  init(_ results: [StreamResult]) {
    for (stream, result) in results.enumerated() {
      if let first = result.kept.first { heads.insert(Head(time: first.time, stream: stream, index: 0)) }
    }
  }

  /// Stream and index of the next record; nil at the end.
  mutating func next(_ results: [StreamResult]) -> (stream: Int, index: Int)? {
    guard let head = heads.popMin() else { return nil }
    let kept = results[head.stream].kept
    let next = head.index + 1
    if next < kept.count { heads.insert(Head(time: kept[next].time, stream: head.stream, index: next)) }
    return (head.stream, head.index)
  }
}
