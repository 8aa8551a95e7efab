import Bytes
import Dispatch
import Synchronization
import SystemPackage

/// Lines that are written while the command runs, in blocks: a write of its own for each line costs more than the line. On a
/// terminal every line shows at once; elsewhere a line waits no longer than a fifth of a second.
final class GrowingOutput: Sendable {
  private struct State {
    var waiting: [UInt8] = []
    /// It is set that what waits will be written.
    var isDue = false
  }
  private static let block = 1 << 15
  private static let longest = DispatchTimeInterval.milliseconds(200)

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
    let isNew = state.withLock { state in
      // What is large is not copied.
      if line.count >= Self.block {
        Output.put(state.waiting, descriptor, name)
        Output.put(line, descriptor, name)
        state.waiting.removeAll(keepingCapacity: true)
        return false
      }
      state.waiting += line
      if isPrompt || state.waiting.count >= Self.block {
        Output.put(state.waiting, descriptor, name)
        state.waiting.removeAll(keepingCapacity: true)
      }
      defer { state.isDue = state.isDue || !state.waiting.isEmpty }
      return !state.isDue && !state.waiting.isEmpty
    }
    guard isNew else { return }
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.longest) { [self] in flush() }
  }

  /// Writes what waits; to be called at the end.
  func flush() {
    state.withLock { state in
      Output.put(state.waiting, descriptor, name)
      state.waiting.removeAll(keepingCapacity: true)
      state.isDue = false
    }
  }
}
