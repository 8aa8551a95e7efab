import Bytes
import Dispatch

/// The only file that knows threads: CPUs are independent of each other until their events are merged.
struct ParallelRead: Sendable {
  /// Needed records that are held at a time, over all CPUs: some megabytes, near the size of a cache.
  private static let budget = 1 << 15

  let readers: [StreamReader]
  private let file: MappedFile

  init(_ container: Container, _ layout: Layout, _ file: MappedFile) {
    self.file = file
    let size = max(256, Self.budget / max(1, container.streams.count))
    readers = container.streams.map {
      StreamReader($0, container, layout, fileSize: file.count, batchSize: size)
    }
  }

  /// Reads a batch ahead for every CPU that has none, as many at a time as the machine has cores.
  func fill() {
    // The longest first, so that none of them is left for the end.
    let waiting = readers.filter(\.needsFilling).sorted { $0.stream.range.count > $1.stream.range.count }
    // Each turn has a reader of its own, and nobody else touches one until all turns are done.
    DispatchQueue.concurrentPerform(iterations: waiting.count) { [file] turn in
      waiting[turn].fill(file)
    }
  }

  /// Reads all CPUs to their ends and keeps nothing: for the counts of events, and of lost ones.
  func countRest() {
    DispatchQueue.concurrentPerform(iterations: readers.count) { [file] turn in readers[turn].countRest(file)
    }
  }
}
