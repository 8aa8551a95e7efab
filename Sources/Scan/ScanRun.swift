// Many logs on all cores, results in the order of the inputs. The only place of the scan that knows threads.
import DequeModule
import Dispatch
import Inputs
import Synchronization
import Verdicts

/// A scan of any number of inputs, on threads.
package enum ScanRun {
  /// How far a scan is; may be asked at any time.
  package final class Progress: Sendable {
    private let read = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)
    package init() {}
    /// Bytes read of all files, as they lie on the disk.
    package var bytes: Int { read.load(ordering: .relaxed) }
    /// Files done.
    package var files: Int { finished.load(ordering: .relaxed) }

    fileprivate func add(_ bytes: Int) { read.wrappingAdd(bytes, ordering: .relaxed) }
    fileprivate func finish(_ files: Int) { finished.wrappingAdd(files, ordering: .relaxed) }
  }

  /// Dispatch has no more threads than cores; a lane for each of many more would cost time and serve nobody.
  private static let most = 256

  /// Scans what `walk` finds on `workers` threads, while it is still finding. Each gathers the results of a few inputs in a
  /// batch, an `empty` one to begin with, by `add`; `sink` gets the batches in the order of the inputs and soon after they
  /// are there, never two at once. What `add` does not keep is freed by the thread that allocated it: memory that changes
  /// hands has the threads wait for each other. Ends once `isStopped` says so; only the boots that were in the works are
  /// then dropped. Returns the walk, as far as it came.
  @discardableResult package static func run<Batch: Sendable>(
    _ walk: FileWalk, gate: Gate, claims: KernelClaims, unit: BootUnit = .file,
    rows: RowSettings = RowSettings(),
    workers: Int,
    progress: Progress = Progress(),
    isStopped: @escaping @Sendable () -> Bool = { false },
    into empty: Batch, add: @escaping @Sendable (inout Batch, LogResult) -> Void,
    sink: @escaping @Sendable (Batch) -> Void
  ) -> FileWalk {
    let queue = WorkQueue(walk, max(1, min(workers, most)))
    let workers = queue.workers
    let order = ReorderBuffer(workers, ahead: WorkQueue.ahead, sink)
    let pool = MemberPool()
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      pool.enter()
      let sender = BatchSender(order, worker, empty)
      // Asked at every read: a log that takes long must not keep back what is done.
      let scanner = LogScanner(
        gate: gate, claims: claims, unit: unit, rows: rows, pool: workers > 1 ? pool : nil,
        isStopped: {
          sender.deliverWhatIsDue()
          return isStopped()
        }, count: progress.add)
      while !isStopped() {
        order.waitForRoom()
        guard let (chunk, inputs) = queue.next() else {
          order.release()
          return pool.serve(isStopped: isStopped) { $0.finish(scanner.judge($0)) }
        }
        sender.begin(chunk)
        for input in inputs {
          do {
            guard !isStopped() else { throw Stopped() }
            try scanner.scan(input) { log in sender.put { add(&$0, log) } }
            progress.finish(input.files)
          } catch {
            sender.deliver()
            return order.release()
          }
        }
        sender.deliver(isLast: true)
      }
    }
    order.end()
    return queue.walk
  }

  /// Whether a file holds a log: it is not to be written over then.
  package static func isLog(_ path: String) -> Bool { LogScanner.isLog(path) }

  /// Deals the inputs out, in their order, a few at a time: many small ones would keep the workers asking.
  private final class WorkQueue: Sendable {
    private struct State {
      var found: Deque<FileWalk.Input> = []
      var chunks = 0
      var inputs = 0
    }
    private static let largest = 8
    /// Chunks that may be ahead of the first one that is not done: what waits for it is held in memory.
    static let ahead = 4096 / largest
    /// So few are left that it is time to find more: the others have to do while a large folder is read.
    private static let few = 512

    let workers: Int
    private let walking: Mutex<FileWalk>
    private let state: Mutex<State>

    init(_ walk: FileWalk, _ most: Int) {
      // Where there are fewer files than workers, one of them may be an archive that all can help with.
      workers = max(1, most)
      self.walking = Mutex(walk)
      self.state = Mutex(State())
    }

    /// The next inputs, and which chunk they are.
    func next() -> (chunk: Int, inputs: [FileWalk.Input])? {
      while true {
        let (chunk, left) = state.withLock { state in (deal(&state), state.found.count) }
        // One finds more, the others need not wait for it as long as there is something left.
        // With something in hand it does not wait for a list that goes on later.
        if left < Self.few {
          _ = walking.withLockIfAvailable { findMore(&$0, atMost: Self.few, waits: chunk == nil) }
        }
        if let chunk { return chunk }
        let isMore = walking.withLock { walk in
          state.withLock { !$0.found.isEmpty } || findMore(&walk, atMost: 1, waits: true)
        }
        if !isMore { return nil }
      }
    }

    private func deal(_ state: inout State) -> (chunk: Int, inputs: [FileWalk.Input])? {
      guard !state.found.isEmpty else { return nil }
      // Small at first: where there are few, none has much to do when the others are done.
      let size = max(1, min(Self.largest, state.inputs / (64 * workers), state.found.count))
      let inputs = Array(state.found.prefix(size))
      state.found.removeFirst(size)
      defer { (state.chunks, state.inputs) = (state.chunks + 1, state.inputs + size) }
      return (state.chunks, inputs)
    }

    /// False at the end of the walk, if nothing is left to deal. `waits`: for the first.
    private func findMore(_ walk: inout FileWalk, atMost most: Int, waits: Bool) -> Bool {
      var found: Deque<FileWalk.Input> = []
      while found.count < most, let input = walk.next(waits: waits && found.isEmpty) { found.append(input) }
      return state.withLock { state in
        state.found.append(contentsOf: found)
        return !state.found.isEmpty
      }
    }

    var walk: FileWalk { walking.withLock { $0 } }
  }

  /// Results of a chunk, and whether they are its last.
  private typealias Delivery<Batch> = (chunk: Int, batch: Batch, isLast: Bool)

  /// Gathers what one worker has for the others.
  private final class BatchSender<Batch: Sendable> {
    private let order: ReorderBuffer<Batch>
    private let worker: Int
    private let empty: Batch
    private var batch: Batch
    private var chunk = 0
    private var delivered = ContinuousClock.now
    private var hasWaiting = false
    /// Results are held back no longer while something is read.
    private let longest = Duration.milliseconds(100)

    init(_ order: ReorderBuffer<Batch>, _ worker: Int, _ empty: Batch) {
      self.order = order
      self.worker = worker
      self.empty = empty
      batch = empty
    }

    func begin(_ chunk: Int) { self.chunk = chunk }

    func put(_ add: (inout Batch) -> Void) {
      add(&batch)
      hasWaiting = true
      deliverWhatIsDue()
    }

    func deliverWhatIsDue() {
      if hasWaiting, .now - delivered >= longest { deliver() }
    }

    func deliver(isLast: Bool = false) {
      order.take((chunk, batch, isLast), from: worker)
      batch = empty
      hasWaiting = false
      delivered = .now
    }
  }

  /// Puts what the workers have back into the order of the files.
  private final class ReorderBuffer<Batch: Sendable>: Sendable {
    private struct State {
      /// Of each worker what waits for chunks before it; its own come in their order.
      var lanes: [Deque<Delivery<Batch>>]
      /// The first chunk that is not done.
      var next = 0
    }
    private let state: Mutex<State>
    private let room = DispatchSemaphore(value: 0)
    private let sink: @Sendable (Batch) -> Void

    init(_ workers: Int, ahead: Int, _ sink: @escaping @Sendable (Batch) -> Void) {
      state = Mutex(State(lanes: Array(repeating: Deque(), count: workers)))
      self.sink = sink
      // Not its first value: Dispatch does not let a semaphore go below that when it ends, as Ctrl-C does.
      for _ in 0..<ahead { room.signal() }
    }

    /// Until another chunk may be begun; it is to be released, or delivered to its last.
    func waitForRoom() { room.wait() }
    func release() { room.signal() }

    /// What belongs to the first chunk that is not done goes on at once.
    func take(_ delivery: Delivery<Batch>, from worker: Int) {
      state.withLock { state in
        state.lanes[worker].append(delivery)
        while let lane = state.lanes.firstIndex(where: { $0.first?.chunk == state.next }) {
          while let first = state.lanes[lane].first, first.chunk == state.next {
            state.lanes[lane].removeFirst()
            sink(first.batch)
            guard first.isLast else { continue }
            state.next += 1
            room.signal()
          }
        }
      }
    }

    /// After the workers: what waits for a chunk that was stopped goes on without it.
    func end() {
      state.withLock { state in
        for waiting in state.lanes.joined().sorted(by: { $0.chunk < $1.chunk }) { sink(waiting.batch) }
        state.lanes = []
      }
    }
  }
}
