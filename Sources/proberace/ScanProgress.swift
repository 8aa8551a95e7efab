// What a scan shows of itself while it runs, and how it is stopped.
import Dispatch
import Glibc
import Scan
import Synchronization

/// Ctrl-C (or a CI system's SIGTERM) ends a scan between two boots, so that what was found can still be written. A second
/// one ends it at once.
enum Interrupt {
  private static let caught = Atomic<Int32>(0)
  static var signal: Int32? {
    let signal = caught.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  static func watch() {
    for signal in [SIGINT, SIGTERM] {
      var action = sigaction()
      // Who starts it in the background of a script has it ignore Ctrl-C.
      guard unsafe sigaction(signal, nil, &action) == 0, !isIgnored(action) else { continue }
      // An atomic store is all that the handler does. No SA_RESTART: a read that waits must wake.
      unsafe action.__sigaction_handler.sa_handler = { Interrupt.caught.store($0, ordering: .relaxed) }
      action.sa_flags = Int32(bitPattern: SA_RESETHAND)
      _ = unsafe sigaction(signal, &action, nil)
      // Launchers written in Swift leave it blocked.
      var blocked = sigset_t()
      _ = unsafe sigemptyset(&blocked)
      _ = unsafe sigaddset(&blocked, signal)
      _ = unsafe pthread_sigmask(SIG_UNBLOCK, &blocked, nil)
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

/// `scan` on a terminal: how many files and bytes are done, how fast, how long still. There is none elsewhere.
final class ProgressBar {
  private let queue = DispatchQueue(label: "progress")
  private let timer: any DispatchSourceTimer

  /// Files, and bytes of the regular ones among them; no bytes are known of standard input.
  typealias Total = (files: Int, bytes: Int)
  let total: Total

  /// Nil where there is no terminal: only the bar needs to know beforehand how much there is.
  init?(_ walk: FileWalk, _ progress: ScanRun.Progress) {
    guard isatty(STDERR_FILENO) == 1, walk.isCountable else { return nil }
    let total = Self.total(walk)
    self.total = total
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now() + .milliseconds(300), repeating: .milliseconds(200))
    let began = ContinuousClock.now
    timer.setEventHandler { Self.show(total, progress, ContinuousClock.now - began) }
    timer.resume()
  }

  private static func total(_ walk: FileWalk) -> Total {
    var walk = walk
    walk.measures = true
    var files = 0
    var isKnown = true
    while let input = walk.next() {
      files += input.files
      if input.path == "-" { isKnown = false }
    }
    return (files, isKnown ? walk.bytes : 0)
  }

  func end() {
    // On its queue: nothing is drawn after it.
    queue.sync {
      timer.cancel()
      Diagnostics.put("\r\u{1b}[K")
    }
  }

  private static func show(_ total: Total, _ progress: ScanRun.Progress, _ duration: Duration) {
    let time = duration.components
    let milliseconds = max(1, Int(time.seconds) * 1000 + Int(time.attoseconds / 1_000_000_000_000_000))
    Diagnostics.put("\r" + text(total, progress.files, progress.bytes, milliseconds) + "\u{1b}[K")
  }

  /// `[#####...............] 12/40 files, 130 of 512 MB, 260 MB/s, 1 s left`
  static func text(_ total: Total, _ files: Int, _ bytes: Int, _ milliseconds: Int) -> String {
    let rate = bytes / milliseconds
    let counts = "\(files)/\(total.files) files, "
    guard total.bytes > 0 else { return "\(counts)\(bytes / 1_000_000) MB, \(rate / 1000) MB/s" }
    // A file may have grown since it was counted.
    let done = min(bytes, total.bytes)
    let marks = 20 * done / total.bytes
    let bar = String(repeating: "#", count: marks) + String(repeating: ".", count: 20 - marks)
    let left = (total.bytes - done) / max(1, rate) / 1000
    return
      "[\(bar)] \(counts)\(done / 1_000_000) of \(total.bytes / 1_000_000) MB, \(rate / 1000) MB/s, \(left) s left"
  }
}
