// Android's logcat in every form that its -v makes. logd has taken printk's stamp off, cut the message at what it takes
// for a tag, and sorts by a wall clock: what comes out of it is the message as the kernel printed it, and no order.
import Bytes

/// What the lines of a logcat so far said of whose they are.
struct LogcatState {
  private enum Buffer { case unknown, kernel, other }
  private var buffer = Buffer.unknown
  /// More than one buffer was named, and none when it came back: then a name holds for one line only.
  private var hasOthers = false
  private var hasKernel = false
  private var isSwitched = false
  /// A line of a program stood among the kernel's.
  private var isMixed = false
  /// The thread that prints a report, and how many lines of it may still come. 0: the form names no threads.
  private var reporter: (thread: Int64, left: Int)?
  private var header: LongHeader?
  private var names: [UInt8] = []
  /// Whether a line of the form that has no place of its own in the line (`W/tag: msg`) may be one.
  fileprivate var isNamed: Bool { buffer != .unknown || hasOthers || hasKernel }
  /// Behind a header of the long form: the next line is its message.
  var isLong: Bool { header != nil }

  private static let longestReport = 120

  private struct LongHeader {
    var isKernels: Bool
    var thread: Int64
    var pid: Int64
    var tagEnd: Int
    var isTaken = false
  }

  /// A bug report's section begins. The name of a buffer in another one no longer holds.
  mutating func enter(isKernels: Bool) {
    self = LogcatState()
    if isKernels { buffer = .kernel }
  }

  /// `--------- beginning of kernel`, `--------- switch to main`
  fileprivate mutating func divide(_ line: Span<UInt8>, _ at: Int) -> Bool {
    let isSwitch = line.has("--------- switch to ", at: at)
    guard isSwitch || line.has("--------- beginning of ", at: at) else { return false }
    let name = line.trimmed(at + (isSwitch ? 20 : 23)..<line.count)
    let isKernels = line.equals(name, "kernel")
    buffer = isKernels ? .kernel : .other
    if isKernels { hasKernel = true } else { hasOthers = true }
    if isSwitch { isSwitched = true }
    isMixed = false
    header = nil
    return true
  }

  /// Whether a line is the kernel's. `pid` and `thread` are -1 where the form does not say them.
  fileprivate mutating func isKernels(_ text: Span<UInt8>, pid: Int64, thread: Int64) -> Bool {
    // logd knows one number of a kernel's line, and writes it twice.
    let isPrograms = pid >= 0 && thread >= 0 && pid != thread
    if isPrograms {
      isMixed = true
      return false
    }
    let known = max(pid, thread)
    let isOpen = buffer == .unknown || hasOthers && hasKernel && !isSwitched && (isMixed || buffer == .other)
    if !isOpen { return buffer == .kernel }
    if known == 0 { return true }
    if Told.saysSo(text) {
      reporter = Told.ends(text) ? nil : (max(known, 0), Self.longestReport)
      return true
    }
    guard let (owner, left) = reporter, owner == max(known, 0) else { return false }
    reporter = left > 1 ? (owner, left - 1) : nil
    return true
  }

  // MARK: the long form

  /// Whether a line that begins with a bracket must be shown to the envelope: a header, or the line behind one.
  func takesBracket(_ line: Span<UInt8>) -> Bool {
    // printk's lines hardly ever end in one.
    if line[line.count - 1] == UInt8(ascii: "]"), Logcat.longHeader(line, 0) != nil { return true }
    guard let header, !header.isTaken else { return false }
    var prefix = LogPrefix()
    return !PrintkStamp.strip(&prefix, line, 0)
  }

  fileprivate mutating func begin(
    _ line: Span<UInt8>, _ fields: Logcat.Fields, _ text: inout [UInt8],
    _ messages: inout [(prefix: LogPrefix, end: Int)]
  ) {
    flush(&text, &messages)
    names.removeAll(keepingCapacity: true)
    FlatJSON.append(line, fields.tag, &names)
    header = LongHeader(
      isKernels: false, thread: fields.thread, pid: fields.pid, tagEnd: names.count)
  }

  /// Takes the line behind a header; false if there is none.
  fileprivate mutating func take(
    _ line: Span<UInt8>, _ text: inout [UInt8], _ messages: inout [(prefix: LogPrefix, end: Int)]
  ) -> Bool {
    guard var header else { return false }
    // The lines of a program's message go on until the next header.
    if header.isTaken, header.isKernels { return false }
    let isFirst = !header.isTaken
    header.isTaken = true
    defer { self.header = header }
    guard isFirst else { return true }
    let tag = names
    Logcat.rejoin(tag.span, 0..<tag.count, line, 0..<line.count, into: &text)
    header.isKernels = isKernels(text.span, pid: header.pid, thread: header.thread)
    if header.isKernels {
      messages.append((Logcat.prefix(thread: header.thread, resolution: 1_000_000), text.count))
    }
    return true
  }

  /// A header whose message was empty: the tag is all of it.
  mutating func flush(_ text: inout [UInt8], _ messages: inout [(prefix: LogPrefix, end: Int)]) {
    guard let header, !header.isTaken else { return }
    let nothing: [UInt8] = []
    if header.tagEnd > 0 { _ = take(nothing.span, &text, &messages) }
    self.header = nil
  }
}

extension LogcatState {
  /// The line behind an open header, or a header, or a name of a buffer.
  fileprivate mutating func takeOwn(
    _ line: Span<UInt8>, _ at: Int, _ text: inout [UInt8], _ messages: inout [(prefix: LogPrefix, end: Int)]
  ) -> Bool {
    if line[at] == UInt8(ascii: "-"), divide(line, at) { return true }
    if line[at] == UInt8(ascii: "["), let fields = Logcat.longHeader(line, at) {
      begin(line, fields, &text, &messages)
      return true
    }
    return isLong && take(line, &text, &messages)
  }
}

extension LogEnvelope {
  static let logcat = LogEnvelope(.logcat, begins: "-[VDIWEFSA" + LogDialect.digits) { line, at, state in
    if state.logcat.takeOwn(line, at, &state.text, &state.messages) { return true }
    guard let fields = Logcat.fields(line, at) else { return false }
    // Moved out and back: the state looks at it.
    var text: [UInt8] = []
    swap(&text, &state.text)
    Logcat.rejoin(line, fields.tag, line, fields.message, into: &text)
    let isKernels = state.logcat.isKernels(text.span, pid: fields.pid, thread: fields.thread)
    swap(&text, &state.text)
    // The form of -v tag is so short that other lines may have it.
    if fields.isShort, !isKernels, !state.logcat.isNamed { return false }
    if isKernels { state.add(Logcat.prefix(thread: fields.thread, resolution: fields.resolution)) }
    return true
  }
}
