import Bytes
import Synchronization
import SystemPackage

/// Lines that are written while the command runs, in blocks: a write of its own for each line costs more than the line. On a
/// terminal every line shows at once; elsewhere a line waits no longer than for the first one after a fifth of a second.
final class GrowingOutput: Sendable {
  private struct State {
    var waiting: [UInt8] = []
    var written = ContinuousClock.now
  }
  private static let block = 1 << 15
  private static let longest = Duration.milliseconds(200)

  private let descriptor: FileDescriptor
  private let name: String
  private let isPrompt: Bool
  private let state = Mutex(State())

  /// `path`: nil for standard output.
  init(_ path: String?) {
    descriptor = Output.open(growing: path)
    name = path ?? "standard output"
    isPrompt = path == nil && Output.isTerminal
  }

  /// Where the lines go, if that is a plain file.
  var target: FileIdentity? { FileIdentity(descriptor.rawValue) }

  func put(_ line: [UInt8]) {
    state.withLock { state in
      state.waiting += line
      let now = ContinuousClock.now
      if isPrompt || state.waiting.count >= Self.block || now - state.written >= Self.longest {
        Output.put(state.waiting, descriptor, name)
        state.waiting.removeAll(keepingCapacity: true)
        state.written = now
      }
    }
  }

  /// Writes what waits; to be called at the end.
  func flush() {
    state.withLock { state in
      Output.put(state.waiting, descriptor, name)
      state.waiting = []
    }
  }
}
