import HeapModule

/// Steps through the needed records of all CPUs by time; of equal times the lower stream (buffer, CPU) first.
struct Merge {
  private struct Head: Comparable {
    var time: Int64
    var stream: Int

    static func < (a: Head, b: Head) -> Bool { (a.time, a.stream) < (b.time, b.stream) }
  }
  private let source: ParallelRead
  private var heads = Heap<Head>()
  /// What of each stream is in memory, and how far it was handed out.
  private var batches: [Batch]
  private var positions: [Int]

  init(_ source: ParallelRead) {
    self.source = source
    batches = source.readers.map { _ in Batch() }
    positions = source.readers.map { _ in 0 }
    for stream in batches.indices { push(stream) }
  }

  /// Hands all records to `body`: run after run, the batch, where the run is in it, and the index of its stream.
  /// Once `body` wants no more, the rest is only counted.
  mutating func run(_ body: (borrowing Batch, Range<Int>, Int) -> Bool) {
    while let head = heads.popMin() {
      let start = positions[head.stream]
      let end = runEnd(head.stream, from: start)
      guard body(batches[head.stream], start..<end, head.stream) else { return source.countRest() }
      positions[head.stream] = end
      push(head.stream)
    }
  }

  /// The end of the run of records that are earlier than those of all other streams.
  private func runEnd(_ stream: Int, from start: Int) -> Int {
    let kept = batches[stream].kept
    guard let other = heads.min else { return kept.count }
    var end = start + 1
    while end < kept.count, Head(time: kept[end].time, stream: stream) < other { end += 1 }
    return end
  }

  /// Enters the next record of `stream`, if there is one, among the heads.
  private mutating func push(_ stream: Int) {
    while positions[stream] == batches[stream].kept.count {
      var done = Batch()
      swap(&done, &batches[stream])
      source.readers[stream].reuse(done)
      positions[stream] = 0
      if source.readers[stream].needsFilling { source.fill() }
      guard let next = source.readers[stream].take() else { return }
      batches[stream] = next
    }
    heads.insert(Head(time: batches[stream].kept[positions[stream]].time, stream: stream))
  }
}
