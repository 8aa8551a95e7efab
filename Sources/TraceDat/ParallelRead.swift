import Bytes
import Dispatch
import Synchronization

/// The only file that knows threads: CPUs are independent of each other until their events are merged.
enum ParallelRead {
  /// Reads all streams, as many at a time as the machine has cores; results in the streams' order.
  static func all(_ container: Container, _ layout: Layout, _ file: MappedFile) -> [StreamResult] {
    let streams = container.streams
    let results = Mutex<[StreamResult]>(streams.map { StreamResult(stream: $0) })
    // The longest first, so that none of them is left for the end.
    let order = streams.indices.sorted { streams[$0].range.count > streams[$1].range.count }
    DispatchQueue.concurrentPerform(iterations: order.count) { turn in
      let index = order[turn]
      var reader = StreamReader(streams[index], container, layout)
      let result = file.withBytes { reader.read($0) }
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0 }
  }
}
