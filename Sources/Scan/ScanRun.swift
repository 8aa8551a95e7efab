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

  /// Scans `files` on `workers` threads and hands the results, in the order of the files and soon after they are there,
  /// to `sink`, never two at once; with each what `render` made of it on its worker's thread. Ends once `isStopped` says
  /// so; a boot that was in the works is then dropped.
  public static func run(
    _ files: [String], gate: Gate, claims: KernelClaims, workers: Int, progress: Progress = Progress(),
    isStopped: @escaping @Sendable () -> Bool = { false },
    render: @escaping @Sendable (LogResult) -> [UInt8] = { _ in [] },
    sink: @escaping @Sendable (LogResult, [UInt8]) -> Void
  ) {
    let order = Order(sink)
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(workers, files.count))) { _ in
      let courier = Courier(order)
      // Asked at every read: a log that takes long must not keep back what is done.
      let scanner = LogScanner(
        gate: gate, claims: claims,
        isStopped: {
          courier.deliverWhatIsDue()
          return isStopped()
        }, count: progress.add)
      defer { courier.deliver() }
      while !isStopped() {
        courier.waitForRoom()
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < files.count, !isStopped() else { return order.release() }
        do {
          try scanner.scan(files[index]) { courier.take(index, ($0, render($0))) }
        } catch {
          return order.release()
        }
        courier.finish(index)
        progress.finish()
      }
    }
  }

  /// Collects what one worker has for the others: a lock for every file would have them wait for each other.
  private final class Courier {
    private let order: Order
    private var waiting: [Order.Item] = []
    private var delivered = ContinuousClock.now
    /// Results are held back no longer than for so many, or for this time while something is read.
    private static let most = 64
    private static let longest = Duration.milliseconds(100)

    init(_ order: Order) { self.order = order }

    func take(_ index: Int, _ result: Order.Rendered) { add((index, result)) }
    func finish(_ index: Int) { add((index, nil)) }

    /// What another worker waits for must not wait here.
    func waitForRoom() {
      guard !order.hasRoom() else { return }
      deliver()
      order.waitForRoom()
    }

    func deliver() {
      order.take(waiting)
      waiting.removeAll(keepingCapacity: true)
      delivered = .now
    }

    func deliverWhatIsDue() {
      if !waiting.isEmpty, waiting.count >= Self.most || .now - delivered >= Self.longest { deliver() }
    }

    private func add(_ item: Order.Item) {
      waiting.append(item)
      deliverWhatIsDue()
    }
  }

  /// Puts results back into the order of the files.
  private final class Order: Sendable {
    typealias Rendered = (log: LogResult, text: [UInt8])
    /// A result of a file, or nil: the file is done.
    typealias Item = (index: Int, result: Rendered?)
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

    /// Whether another file may be begun, now or after a while; each is to be released, or finished.
    func hasRoom() -> Bool { room.wait(timeout: .now()) == .success }
    func waitForRoom() { room.wait() }
    func release() { room.signal() }

    /// Takes what a worker has. Results of the first file that is not done go on at once.
    func take(_ items: [Item]) {
      state.withLock { state in
        for item in items {
          guard let result = item.result else {
            finish(item.index, &state)
            continue
          }
          if item.index == state.next {
            sink(result.log, result.text)
          } else {
            state.waiting[item.index, default: []].append(result)
          }
        }
      }
    }

    private func finish(_ index: Int, _ state: inout State) {
      state.finished.insert(index)
      while state.finished.remove(state.next) != nil {
        state.next += 1
        room.signal()
        for result in state.waiting.removeValue(forKey: state.next) ?? [] { sink(result.log, result.text) }
      }
    }
  }
}
