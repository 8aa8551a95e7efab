// Many logs on all cores, results in the order of the inputs. The only place of the scan that knows threads.
import Dispatch
import Synchronization
import Verdicts

public enum ScanRun {
  /// How far a scan is.
  public struct Progress: Sendable {
    public var done: Int
    public var total: Int
  }

  /// Scans `files` on `workers` threads; hands the results of one file after the other to `sink`, in order, on the
  /// calling thread's behalf (never two at once). Stops between files once `isStopped` says so.
  public static func run(
    _ files: [String], gate: Gate, claims: KernelClaims, workers: Int,
    isStopped: @escaping @Sendable () -> Bool,
    sink: @escaping @Sendable ([LogResult], Progress) -> Void
  ) {
    let order = Order(total: files.count, sink: sink)
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(workers, files.count))) { _ in
      let scanner = LogScanner(gate: gate, claims: claims)
      while !isStopped() {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < files.count else { return }
        order.finish(index, scanner.scan(files[index]))
      }
    }
  }

  /// Puts results back into the order of the files.
  private final class Order: Sendable {
    private struct State {
      var waiting: [Int: [LogResult]] = [:]
      var next = 0
    }
    private let state = Mutex(State())
    private let total: Int
    private let sink: @Sendable ([LogResult], Progress) -> Void

    init(total: Int, sink: @escaping @Sendable ([LogResult], Progress) -> Void) {
      self.total = total
      self.sink = sink
    }

    func finish(_ index: Int, _ results: [LogResult]) {
      state.withLock { state in
        state.waiting[index] = results
        while let ready = state.waiting.removeValue(forKey: state.next) {
          state.next += 1
          sink(ready, Progress(done: state.next, total: total))
        }
      }
    }
  }
}
