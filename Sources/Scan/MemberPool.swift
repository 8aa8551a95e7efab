// Members of an archive come one after the other out of one stream, but can be judged at the same time: the worker that unpacks
// hands them to those that have no file of their own left.
import Bytes
import Dispatch
import Inputs
import Synchronization

/// A member that was unpacked, and later what it came to.
final class Member: Sendable {
  let document: Document.Name
  let bytes: [UInt8]
  let hash: ContentHash?
  private let results = Mutex<[LogResult]?>(nil)

  init(_ document: Document.Name, _ bytes: [UInt8], _ hash: ContentHash?) {
    self.document = document
    self.bytes = bytes
    self.hash = hash
  }

  /// Nil until it was judged.
  var judged: [LogResult]? { results.withLock { $0 } }
  func finish(_ judged: [LogResult]) { results.withLock { $0 = judged } }
}

/// Members that wait for somebody to judge them.
final class MemberPool: Sendable {
  private struct State {
    /// Of those that were taken nothing is kept: they are large, and there may be some at all times.
    var waiting: [Member] = []
    /// Workers that have begun and still have files: as long as there is one, members may come. Dispatch begins some only when
    /// others are done, so nobody waits for those.
    var busy = 0
    /// Those that wait for members.
    var idle = 0
  }
  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)

  /// To be called by each worker, once, before it looks for files.
  func enter() { state.withLock { $0.busy += 1 } }

  /// Somebody has nothing else to do.
  var hasIdle: Bool { state.withLock { $0.idle > 0 } }

  func put(_ member: Member) {
    state.withLock { $0.waiting.append(member) }
    work.signal()
  }

  /// The next member; nil if none waits.
  func take() -> Member? {
    state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
  }

  /// To be called by a worker that has no file left: judges members until nobody can bring one any more.
  func serve(isStopped: () -> Bool, _ judge: (Member) -> Void) {
    state.withLock { state in
      state.busy -= 1
      state.idle += 1
    }
    // Whoever waits must see that it was the last one.
    work.signal()
    while !isStopped() {
      if let member = take() {
        judge(member)
        continue
      }
      guard state.withLock({ $0.busy > 0 }) else { break }
      // Not for ever: a signal may have been meant for somebody who took two.
      _ = work.wait(timeout: .now() + .milliseconds(20))
    }
    state.withLock { $0.idle -= 1 }
    work.signal()
  }
}
