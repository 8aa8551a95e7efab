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

  /// Hands every record to `body`, with the batch that holds it and the index of its stream.
  mutating func run(_ body: (Kept, borrowing Batch, Int) -> Void) {
    while let head = heads.popMin() {
      // The same stream goes on as long as it is the earliest: most do for a while.
      repeat {
        body(batches[head.stream].kept[positions[head.stream]], batches[head.stream], head.stream)
        positions[head.stream] += 1
      } while continues(head.stream)
      push(head.stream)
    }
  }

  /// Whether the next record of `stream` is in memory and earlier than all others.
  private func continues(_ stream: Int) -> Bool {
    let position = positions[stream]
    guard position < batches[stream].kept.count else { return false }
    guard let other = heads.min else { return true }
    return Head(time: batches[stream].kept[position].time, stream: stream) < other
  }

  /// Enters the next record of `stream`, if there is one, among the heads.
  private mutating func push(_ stream: Int) {
    while positions[stream] == batches[stream].kept.count {
      if source.readers[stream].needsFilling { source.fill() }
      guard let next = source.readers[stream].take() else { return }
      batches[stream] = next
      positions[stream] = 0
    }
    heads.insert(Head(time: batches[stream].kept[positions[stream]].time, stream: stream))
  }
}
