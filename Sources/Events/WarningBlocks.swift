// WARNING blocks out of a stream of log lines, in every grammar of ci-logs.md §2: header old or new, message
// before or after it, stacks of arm64, arm32 and x86, lines of other CPUs in between. With caller ids each caller
// has a block of its own. Oopses and hung tasks have the same shape and are taken along.
import Bytes
import Records

struct WarningBlocks {
  private struct Open {
    let caller: LogCaller
    /// Position of its first line in the boot.
    let began: Int32
    var block = WarningBlock()
    var inStack = false
    /// The frame in which every stack of its kind ends has come.
    var hasRoot = false
    var age = 0
    /// The block's lines carry stamps: a line without one is a program's output on the same console.
    var isStamped = false
  }
  /// At most one of each caller; hardly ever more than one.
  private var open: [Open] = []
  /// Blocks that have ended, until they are taken.
  private var closed: [WarningBlock] = []
  /// A block without `end trace` (panic_on_warn, a cut log) is closed after this many lines of its stream.
  private static let longest = 400
  /// More callers than this do not print blocks at once: the oldest one is closed.
  private static let most = 64

  /// The line that was fed last is a message or a header: what it says is in a block.
  private(set) var isOurs = false

  /// Feeds one line; true if a block has ended with it.
  mutating func feed(
    _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, order: Int32, _ names: inout NameTable
  ) -> Bool {
    let text = record.message
    isOurs = false
    // Whether frames of a stack were among them nobody knows.
    if record.followsDrop { for at in open.indices { open[at].block.isMixed = true } }
    // Most messages have no bracket, and one byte is found faster than twelve.
    if let bracket = line.index(of: UInt8(ascii: "["), from: text.lowerBound, to: text.upperBound),
      line.index(of: "[ cut here ]", from: bracket, to: text.upperBound) != nil
    {
      begin(Open(caller: record.caller, began: order))
      return !closed.isEmpty
    }
    let isMessage = Self.message(line, record) != nil
    let isHeader = line.has("WARNING: ", at: line.skipBlanks(from: text.lowerBound, to: text.upperBound))
    isOurs = isMessage || isHeader
    if isMessage || isHeader {
      // A second message or header on the same stream starts another block. In a mixed one the header may be that of the
      // message before.
      let isNext =
        index(record.caller).map { at in
          isMessage && open[at].block.hasMessage && !record.isReplayed
            || isHeader && open[at].block.headerPlace != nil && !open[at].block.isMixed && !record.isReplayed
        } ?? true
      if isNext { begin(Open(caller: record.caller, began: order)) }
      if let at = index(record.caller) { open[at].block.note(record.time, order, isMessage: isMessage) }
    }
    if let kind = Self.trouble(line, text),
      kind != .oops || index(record.caller).map({ open[$0].block.kind }) != .oops
    {
      var fresh = Open(caller: record.caller, began: order)
      fresh.block.kind = kind
      fresh.block.headerPlace = place
      fresh.block.note(record.time, order, isMessage: false)
      Self.victim(line, text, &fresh.block, &names)
      begin(fresh)
    }
    if let at = index(record.caller) { grow(at, record, line, place, &names) }
    return !closed.isEmpty
  }

  /// The blocks that have ended; they are forgotten here.
  mutating func takeClosed() -> [WarningBlock] {
    defer { closed = [] }
    return closed
  }

  /// A report is not over yet.
  var isOpen: Bool { open.contains { $0.block.kind != .other || $0.age < 3 } }

  /// Whether line `order` began a report, and not a line of it is there.
  func areBegun(at order: Int32) -> Bool { open.last.map { $0.age == 0 && $0.began == order } ?? false }

  /// Ends the blocks that are still open at the end of a boot.
  mutating func closeAll() {
    for caller in open.map(\.caller).sorted(by: { "\($0)" < "\($1)" }) { close(caller) }
  }

  private func index(_ caller: LogCaller) -> Int? {
    open.isEmpty ? nil : open.firstIndex { $0.caller == caller }
  }

  /// Ends the caller's block before it, if one is open.
  private mutating func begin(_ block: Open) {
    var block = block
    if let before = index(block.caller) {
      // Another thread's: what is missing of its stack is still to come.
      block.block.isMixed = block.caller == .none && !open[before].hasRoot
      close(block.caller)
    } else if open.count == Self.most {
      close(open[0].caller)
    }
    open.append(block)
  }

  private mutating func close(_ caller: LogCaller) {
    guard let at = index(caller) else { return }
    let block = open.remove(at: at).block
    if block.kind != .other { closed.append(block) }
  }

  /// Takes a line of the block's stream.
  private mutating func grow(
    _ at: Int, _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ names: inout NameTable
  ) {
    if record.clock != .none { open[at].isStamped = true }
    if open[at].isStamped, !record.hasPrefix { return }
    open[at].age += 1
    let ended = Self.take(line, record, place, &open[at], &names)
    if ended || open[at].age > Self.longest { close(record.caller) }
  }

  /// Takes what the line says into the block; true if it ends it.
  private static func take(
    _ line: Span<UInt8>, _ record: LogRecord, _ place: Place, _ open: inout Open, _ names: inout NameTable
  ) -> Bool {
    let text = record.message
    let start = line.skipBlanks(from: text.lowerBound, to: text.upperBound)
    let body = start..<text.upperBound
    if line.has("---[ end trace", at: start) { return true }
    if let message = message(line, record) {
      open.block.kind = .lateProbe
      open.block.hasMessage = true
      // Parts that are damaged are not known.
      if let driver = message.driver { open.block.driver = names.intern(line, driver) }
      if let device = message.device { open.block.device = names.intern(line, device) }
      open.block.messagePlace = place
    } else if line.has("WARNING: ", at: start) {
      header(line, body, place, &open, &names)
    } else if line.has("CPU: ", at: start) {
      cpuLine(line, body, &open, &names)
    } else if open.block.kind == .hungTask,
      let key = line.index(
        of: " is blocked on a mutex likely owned by task ", from: start, to: text.upperBound)
    {
      var colon = line.trimmed(body).upperBound
      while colon > key, line[colon - 1] != UInt8(ascii: ":") { colon -= 1 }
      open.block.owner = number(line, colon, text.upperBound)
    } else if open.block.kind == .oops, let function = programCounter(line, body) {
      open.block.function = names.intern(line, Symbol.base(line, function))
    } else if line.has("Workqueue: ", at: start) {
      open.block.workqueue = names.intern(line, line.trimmed(start + 11..<text.upperBound))
    } else if line.has("Call trace:", at: start) || line.has("Call Trace:", at: start)
      || line.has("Backtrace:", at: start)
    {
      // panic_on_warn prints a second stack that ends in the same frames: the first one counts.
      if open.block.frames.isEmpty { open.inStack = true } else { open.block.stackClosed = true }
    } else if line.has("irq event stamp: ", at: start) {
      // lockdep's words behind the stack name functions too; a mail's wrapping puts them where frames stand.
      open.block.stackClosed = true
    } else if (open.inStack || isBareFrame(line, body, open)), !open.block.stackClosed {
      open.inStack = true
      frame(line, body, place, &open, &names)
    }
    return false
  }

  /// The first line of an oops or of a hung task's report.
  private static func trouble(_ line: Span<UInt8>, _ text: Range<Int>) -> WarningBlock.Kind? {
    let start = line.skipBlanks(from: text.lowerBound, to: text.upperBound)
    if line.has("Unable to handle kernel ", at: start)
      || line.has("BUG: kernel NULL pointer dereference", at: start)
    {
      return .oops
    }
    let isHung =
      line.has("INFO: task ", at: start)
      && line.index(of: " blocked for more than ", from: start, to: text.upperBound) != nil
    return isHung ? .hungTask : nil
  }

  /// `INFO: task kworker/u16:14:187 blocked …`: the pid is behind the last colon.
  private static func victim(
    _ line: Span<UInt8>, _ text: Range<Int>, _ block: inout WarningBlock, _ names: inout NameTable
  ) {
    guard let task = line.index(of: "INFO: task ", from: text.lowerBound, to: text.upperBound),
      let end = line.index(of: " blocked for", from: task, to: text.upperBound)
    else { return }
    var colon = end
    while colon > task + 11, line[colon - 1] != UInt8(ascii: ":") { colon -= 1 }
    guard colon > task + 11 else { return }
    block.comm = names.intern(line, task + 11..<colon - 1)
    block.tid = number(line, colon, end)
  }

  /// `pc : platform_dma_configure+0x28/0x108` (arm64), `RIP: 0010:pci_dma_configure+0x…`, `PC is at …` (arm32).
  private static func programCounter(_ line: Span<UInt8>, _ body: Range<Int>) -> Range<Int>? {
    for key: StaticString in ["pc : ", "RIP: 0010:", "PC is at "] where line.has(key, at: body.lowerBound) {
      let start = body.lowerBound + key.utf8CodeUnitCount
      let end = Symbol.end(line, start, body.upperBound)
      return end > start ? start..<end : nil
    }
    return nil
  }

  /// `DRIVER DEVICE: late IOMMU probe at driver bind, …`. A quoted patch holds the text behind `"`, not behind `: `.
  private static func message(
    _ line: Span<UInt8>, _ record: LogRecord
  ) -> (driver: Range<Int>?, device: Range<Int>?)? {
    let text = record.message
    guard
      let sentence = line.index(
        of: "late IOMMU probe at driver bind", from: text.lowerBound, to: text.upperBound)
    else { return nil }
    let front = text.lowerBound..<sentence
    // The last two words: a prompt or a mail's prose may stand in front.
    if front.count > 2, line.has(": ", at: sentence - 2), line[sentence - 3] != 32,
      let device = word(line, text.lowerBound..<sentence - 2)
    {
      if let driver = word(line, text.lowerBound..<device.lowerBound) { return (driver, device) }
      return isDamaged(line, record, sentence) ? (nil, device) : nil
    }
    return isDamaged(line, record, sentence) ? (nil, nil) : nil
  }

  /// Whether the sentence at `sentence` is a kernel's message of which the words in front are damaged. A mail or another
  /// program has the sentence too: here it must be whole, with a stamp, and behind nothing but what names a device.
  private static func isDamaged(_ line: Span<UInt8>, _ record: LogRecord, _ sentence: Int) -> Bool {
    guard record.clock != .none,
      line.has(
        "late IOMMU probe at driver bind, something fishy here!", at: sentence,
        before: record.message.upperBound)
    else { return false }
    let front = line.trimmed(record.message.lowerBound..<sentence)
    guard !front.isEmpty else { return true }
    let isName = front.allSatisfy { at in
      switch line[at] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: ","), 32:
        true
      default: false
      }
    }
    return isName && line[front.upperBound - 1] == UInt8(ascii: ":")
      && line.extracting(front).count(of: 32, before: front.count) <= 2
  }

  /// The last word, if anything but blanks is there.
  private static func word(_ line: Span<UInt8>, _ text: Range<Int>) -> Range<Int>? {
    let text = line.trimmed(text)
    var start = text.upperBound
    while start > text.lowerBound, line[start - 1] != 32 { start -= 1 }
    return start < text.upperBound ? start..<text.upperBound : nil
  }

  /// `WARNING: CPU: 3 PID: 38 at FILE:LINE SYMBOL`, `WARNING: FILE:LINE at SYMBOL, CPU#3: init/126`.
  private static func header(
    _ line: Span<UInt8>, _ body: Range<Int>, _ place: Place, _ open: inout Open, _ names: inout NameTable
  ) {
    open.block.headerPlace = place
    if let key = line.index(of: "CPU: ", from: body.lowerBound, to: body.upperBound) {
      open.block.cpu = number(line, key + 5, body.upperBound)
    } else if let key = line.index(of: "CPU#", from: body.lowerBound, to: body.upperBound) {
      open.block.cpu = number(line, key + 4, body.upperBound)
      // COMM may hold '/' and ':': the pid is behind the last '/'.
      var slash = body.upperBound
      while slash > key, line[slash - 1] != UInt8(ascii: "/") { slash -= 1 }
      if slash > key, let colon = line.index(of: ": ", from: key, to: slash) {
        open.block.tid = number(line, slash, body.upperBound)
        open.block.comm = names.intern(line, colon + 2..<slash - 1)
      }
    }
    if let key = line.index(of: "PID: ", from: body.lowerBound, to: body.upperBound) {
      open.block.tid = number(line, key + 5, body.upperBound)
    }
    if let file = line.index(of: "drivers/iommu/iommu.c:", from: body.lowerBound, to: body.upperBound) {
      open.block.sourceLine = number(line, file + 22, body.upperBound)
    }
    if let symbol = line.index(of: "__iommu_probe_device", from: body.lowerBound, to: body.upperBound) {
      open.block.function = names.intern(line, symbol..<symbol + 20)
      open.block.kind = .lateProbe
    }
  }

  /// `CPU: 3 UID: 0 PID: 38 Comm: kworker/u16:3 Not tainted …`
  private static func cpuLine(
    _ line: Span<UInt8>, _ body: Range<Int>, _ open: inout Open, _ names: inout NameTable
  ) {
    guard let pid = line.index(of: " PID: ", from: body.lowerBound, to: body.upperBound),
      let comm = line.index(of: " Comm: ", from: pid, to: body.upperBound)
    else { return }
    let tid = number(line, pid + 6, body.upperBound)
    if open.block.tid >= 0, tid != open.block.tid { open.block.isMixed = true }
    guard open.block.frames.isEmpty else { return }
    open.block.cpu = number(line, body.lowerBound + 5, body.upperBound)
    open.block.tid = tid
    let end =
      line.index(of: " Not tainted", from: comm + 7, to: body.upperBound)
      ?? line.index(of: " Tainted:", from: comm + 7, to: body.upperBound)
      ?? line.index(of: " Kdump:", from: comm + 7, to: body.upperBound) ?? body.upperBound
    open.block.comm = names.intern(line, comm + 7..<end)
  }

  private static func number(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int32 {
    Int32(clamping: line.decimal(start..<line.digitsEnd(from: start, to: end)) ?? -1)
  }

  /// riscv prints the frames of a WARNING behind its registers, and no `Call Trace:`.
  private static func isBareFrame(_ line: Span<UInt8>, _ body: Range<Int>, _ open: Open) -> Bool {
    guard open.block.headerPlace != nil, line.has("[<", at: body.lowerBound),
      let close = line.index(of: ">] ", from: body.lowerBound, to: min(body.upperBound, body.lowerBound + 24))
    else { return false }
    return line.has("+0x", at: Symbol.end(line, close + 3, body.upperBound))
  }

  /// `sym+0x1/0x2 [mod id] (P)`, `? sym+…`, `[<addr>] sym`, `a from b+…` (arm32), `sym (file.c:12)` (decoded).
  private static func frame(
    _ line: Span<UInt8>, _ body: Range<Int>, _ place: Place, _ open: inout Open, _ names: inout NameTable
  ) {
    var at = body.lowerBound
    if line.has("[<", at: at), let close = line.index(of: ">]", from: at, to: body.upperBound) {
      at = line.skipBlanks(from: close + 2, to: body.upperBound)
    }
    if line.has("? ", at: at, before: body.upperBound) { return }
    let end = Symbol.end(line, at, body.upperBound)
    guard end > at else { return }
    if line.has(" from ", at: end, before: body.upperBound) {
      let caller = end + 6..<Symbol.end(line, end + 6, body.upperBound)
      // Prose has "from" too.
      guard line.has("+0x", at: caller.upperBound, before: body.upperBound) else { return }
      if open.block.frames.isEmpty { add(line, at..<end, place, &open, &names) }
      return add(line, caller, place, &open, &names)
    }
    guard
      line.has("+0x", at: end, before: body.upperBound) || line.has(" (", at: end, before: body.upperBound)
    else { return }
    add(line, at..<end, place, &open, &names)
  }

  /// The outermost frames of kernel threads and system calls, on arm64, x86 and arm32.
  private static let roots: [StaticString] = [
    "ret_from_fork", "el0t_64_sync", "el0t_32_sync", "entry_SYSCALL_64_after_hwframe", "ret_fast_syscall",
  ]

  private static func add(
    _ line: Span<UInt8>, _ symbol: Range<Int>, _ place: Place, _ open: inout Open, _ names: inout NameTable
  ) {
    guard open.block.frames.count < 64, !symbol.isEmpty else { return }
    // Nothing called what stands in there.
    if open.hasRoot, !line.equals(symbol, "ret_from_fork_asm") { open.block.isMixed = true }
    open.hasRoot = open.hasRoot || roots.contains { line.equals(symbol, $0) }
    open.block.frames.append(names.intern(line, Symbol.base(line, symbol)))
    open.block.framePlaces.append(place)
  }
}

extension WarningBlock {
  /// The warning's time is its message's; the header's where there is no message.
  mutating func note(_ time: Int64?, _ order: Int32, isMessage: Bool) {
    guard isMessage || self.order < 0 else { return }
    self.time = time
    self.order = order
  }

  /// Where frame `index` was seen.
  public func place(ofFrame index: Int) -> Place? { index < framePlaces.count ? framePlaces[index] : nil }
}
