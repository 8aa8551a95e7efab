// Many logs on all cores, results in the order of the inputs. The only place of the scan that knows threads.
import Dispatch
import Synchronization
import Verdicts

public enum ScanRun {
  /// How far a scan is; may be asked at any time.
  public final class Progress: Sendable {
    private let read = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)
    public init() {}
    /// Bytes read of all files, as they lie on the disk.
    public var bytes: Int { read.load(ordering: .relaxed) }
    /// Files done.
    public var files: Int { finished.load(ordering: .relaxed) }

    fileprivate func add(_ bytes: Int) { read.wrappingAdd(bytes, ordering: .relaxed) }
    fileprivate func finish() { finished.wrappingAdd(1, ordering: .relaxed) }
  }

  /// Scans `files` on `workers` threads and hands the results, in the order of the files and as soon as they are there,
  /// to `sink`, never two at once; with each what `render` made of it on its worker's thread. Ends once `isStopped` says so; a boot that was in the works is then dropped.
  public static func run(
    _ files: [String], gate: Gate, claims: KernelClaims, workers: Int, progress: Progress = Progress(),
    isStopped: @escaping @Sendable () -> Bool = { false },
    render: @escaping @Sendable (LogResult) -> [UInt8] = { _ in [] },
    sink: @escaping @Sendable (LogResult, [UInt8]) -> Void
  ) {
    let order = Order(sink)
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(workers, files.count))) { _ in
      let scanner = LogScanner(gate: gate, claims: claims, isStopped: isStopped, count: progress.add)
      while !isStopped() {
        order.waitForRoom()
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < files.count, !isStopped() else { return order.release() }
        do {
          try scanner.scan(files[index]) { order.put(index, ($0, render($0))) }
        } catch {
          return order.release()
        }
        order.finish(index)
        progress.finish()
      }
    }
  }

  /// Puts results back into the order of the files.
  private final class Order: Sendable {
    typealias Rendered = (log: LogResult, text: [UInt8])
    private struct State {
      var waiting: [Int: [Rendered]] = [:]
      var finished: Set<Int> = []
      var next = 0
    }
    /// Files that may be ahead of the first one that is not done: what waits for it is held in memory.
    private static let ahead = 4096

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let sink: @Sendable (LogResult, [UInt8]) -> Void

    init(_ sink: @escaping @Sendable (LogResult, [UInt8]) -> Void) {
      self.sink = sink
      // Not its first value: Dispatch does not let a semaphore go below that when it ends, as Ctrl-C does.
      for _ in 0..<Self.ahead { room.signal() }
    }

    /// Waits until another file may be begun.
    func waitForRoom() { room.wait() }
    func release() { room.signal() }

    /// Takes a result of a file. Those of the first file that is not done go on at once.
    func put(_ index: Int, _ result: Rendered) {
      state.withLock { state in
        if index == state.next {
          sink(result.log, result.text)
        } else {
          state.waiting[index, default: []].append(result)
        }
      }
    }

    func finish(_ index: Int) {
      state.withLock { state in
        state.finished.insert(index)
        while state.finished.remove(state.next) != nil {
          state.next += 1
          room.signal()
          for result in state.waiting.removeValue(forKey: state.next) ?? [] { sink(result.log, result.text) }
        }
      }
    }
  }
}
