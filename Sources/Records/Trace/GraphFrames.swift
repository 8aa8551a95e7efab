/// Which functions of interest are open on each thread of a function_graph text, by indentation: a closing brace
/// usually does not say what it closes.
struct GraphFrames {
  private struct Frame {
    var indent: Int
    var role: Role
  }
  private var threads: [Int32: [Frame]] = [:]
  /// The task that runs on a CPU, from the switch banners, for texts without a task column.
  private var running: [Int32: Int32] = [:]

  /// Where the next call of each thread stands, but for that of the last line's.
  private var next: [Int32: Int] = [:]
  private var last: (thread: Int32, next: Int) = (.min, Self.outermost)

  /// Behind the bar of the last column.
  private static let outermost = 2
  private static let step = 2

  /// Where a call or a closing brace stands; what has lost its blanks stands where the braces before it tell.
  mutating func indent(_ thread: Int32, _ line: GraphLine) -> Int {
    if last.thread != thread {
      next[last.thread] = last.next
      last = (thread, next[thread] ?? Self.outermost)
    }
    var indent = line.indent
    if line.lacksIndent { indent = line.what == .close ? max(last.next - Self.step, 0) : last.next }
    last.next = line.what == .open ? indent + Self.step : indent
    return indent
  }

  /// The thread that a line belongs to: its task column, else the last banner of its CPU, else a stand-in.
  mutating func thread(of line: GraphLine) -> Int32 {
    if line.what == .switched {
      running[line.cpu] = line.tid
      return line.tid
    }
    if line.tid >= 0 {
      running[line.cpu] = line.tid
      return line.tid
    }
    return running[line.cpu] ?? -2 - max(0, line.cpu)
  }

  /// Notes an entry and returns the frames that it proves gone without a return, innermost first.
  mutating func open(_ thread: Int32, _ indent: Int, _ role: Role?) -> [Role] {
    let gone = drop(thread, from: indent)
    if let role { threads[thread, default: []].append(Frame(indent: indent, role: role)) }
    return gone
  }

  /// Notes a closing brace: what it closes, if that matters, and which deeper frames never returned.
  mutating func close(_ thread: Int32, _ indent: Int) -> (closed: Role?, gone: [Role]) {
    let gone = drop(thread, from: indent + 1)
    guard let last = threads[thread]?.last, last.indent == indent else { return (nil, gone) }
    threads[thread]?.removeLast()
    return (last.role, gone)
  }

  private mutating func drop(_ thread: Int32, from indent: Int) -> [Role] {
    guard let frames = threads[thread], let last = frames.last, last.indent >= indent else { return [] }
    var gone: [Role] = []
    var rest = frames
    while let frame = rest.last, frame.indent >= indent {
      gone.append(frame.role)
      rest.removeLast()
    }
    threads[thread] = rest
    return gone
  }
}
