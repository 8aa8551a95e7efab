import Bytes
import Records

/// WARNING blocks out of a stream of log lines: header old or new, message before or after it, stacks of arm64, 32-bit ARM, x86
/// and riscv, lines of other CPUs in between. With caller ids each caller has a block of its own. Oopses, BUGs and hung tasks
/// have the same shape and are taken along. What a line is, `ReportLine` says; what it is to its block, `ReportCourse`.
package struct WarningBlocks {
  private struct Open {
    let caller: LogCaller
    /// Position of its first line in the boot.
    let began: Int32
    var course = ReportCourse()
    var block = WarningBlock()
    /// The frame in which every stack of its kind ends has come.
    var hasRoot = false
    /// The block's lines carry stamps: a line without one is a program's output on the same console.
    var isStamped = false
  }
  /// At most one of each caller; hardly ever more than one.
  private var open: [Open] = []
  /// Blocks that have ended, until they are taken.
  private var closed: [WarningBlock] = []
  /// More callers than this do not print blocks at once: the oldest one is closed.
  private static let most = 64

  /// What the line is that was fed last.
  package private(set) var last = ReportLine.other

  /// It is a message or a header: what it says is in a block.
  var isOurs: Bool {
    switch last {
    case .lateProbe, .warning: true
    default: false
    }
  }

  /// Whether the frames of stacks are named; else only their number is kept.
  private let namesFrames: Bool

  /// `namesFrames`: false for who asks for no frame.
  package init(namesFrames: Bool = true) { self.namesFrames = namesFrames }

  /// Feeds one line; true if a block has ended with it.
  package mutating func feed(
    _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, order: Int32, _ names: inout NameTable
  ) -> Bool {
    // Whether frames of a stack were among them nobody knows.
    if record.followsDrop { for at in open.indices { open[at].course.isMixed = true } }
    last = ReportLine(line, record.message, isStamped: record.clock != .none, isInside: !open.isEmpty)
    if case .panic = last {
      var block = WarningBlock()
      block.kind = .panic
      block.headerPlace = place
      closed.append(block)
    }
    if ReportCourse.begins(last),
      index(record.caller).map({ open[$0].course.isOver(before: last, isReplayed: record.isReplayed) })
        ?? true
    {
      begin(Open(caller: record.caller, began: order))
    }
    if case .cutHere = last { return !closed.isEmpty }
    if let at = index(record.caller) { grow(at, record, line, place, order, &names) }
    return !closed.isEmpty
  }

  /// The blocks that have ended; they are forgotten here.
  package mutating func takeClosed() -> [WarningBlock] {
    defer { closed = [] }
    return closed
  }

  /// Closes the only open report if the rest of it says nothing that tells it from others: whatever begins behind it is another
  /// one. True if so.
  package mutating func closeTold() -> Bool {
    guard open.count == 1, open[0].course.isBehindHead else { return false }
    switch open[0].course.kind {
    case .warning, .hungTask: break
    case .bug: guard open[0].block.function != .none else { return false }
    case .other, .lateProbe, .oops, .panic: return false
    }
    close(open[0].caller)
    return true
  }

  /// None is open.
  package var isEmpty: Bool { open.isEmpty }

  /// A report on which a finding may hang is not over yet.
  var isOpen: Bool { open.contains { $0.course.kind.isJudged || $0.course.age < 3 } }

  /// Whether line `order` began a report, and not a line of it is there.
  func areBegun(at order: Int32) -> Bool {
    open.last.map { $0.course.age == 0 && $0.began == order } ?? false
  }

  /// Ends the blocks that are still open at the end of a boot.
  package mutating func closeAll() {
    for caller in open.map(\.caller).sorted(by: { "\($0)" < "\($1)" }) { close(caller) }
  }

  /// By indices: a block that a closure gets would be a copy.
  private func index(_ caller: LogCaller) -> Int? { open.indices.first { open[$0].caller == caller } }

  /// Ends the caller's block before it, if one is open.
  private mutating func begin(_ block: Open) {
    var block = block
    if let before = index(block.caller) {
      // Another thread's: what is missing of its stack is still to come.
      block.course.isMixed = block.caller == .none && !open[before].hasRoot
      close(block.caller)
    } else if open.count == Self.most {
      close(open[0].caller)
    }
    open.append(block)
  }

  private mutating func close(_ caller: LogCaller) {
    guard let at = index(caller) else { return }
    let ended = open.remove(at: at)
    guard ended.course.kind != .other else { return }
    var block = ended.block
    block.kind = ended.course.kind
    block.hasMessage = ended.course.hasMessage
    block.isMixed = ended.course.isMixed
    closed.append(block)
  }

  /// Takes a line of the block's stream.
  private mutating func grow(
    _ at: Int, _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ order: Int32,
    _ names: inout NameTable
  ) {
    if record.clock != .none { open[at].isStamped = true }
    if open[at].isStamped, !record.hasPrefix { return }
    switch open[at].course.take(last) {
    case .ends: close(record.caller)
    case .frame(let frame): Self.add(line, frame, place, &open[at], namesFrames, &names)
    case .frameBehindHole(let frame):
      // It keeps its place among the frames.
      open[at].block.isCut = true
      open[at].block.frames.append(names.intern(WarningBlock.hole))
      open[at].block.framePlaces.append(place)
      Self.add(line, frame, place, &open[at], namesFrames, &names)
    case .goesOn:
      if ReportCourse.begins(last), open[at].block.order < 0 {
        (open[at].block.time, open[at].block.order) = (record.time, order)
      }
      Self.take(last, record, line, place, order, &open[at], &names)
    }
  }

  /// Takes what the line says into the block.
  private static func take(
    _ what: ReportLine, _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ order: Int32,
    _ open: inout Open, _ names: inout NameTable
  ) {
    let text = record.message
    switch what {
    case .lateProbe(let driver, let device):
      // Parts that are damaged are not known.
      if let driver { open.block.driver = names.intern(line, driver) }
      if let device { open.block.device = names.intern(line, device) }
      open.block.messagePlace = place
      // The warning's time is its message's; that of its first line where there is none.
      (open.block.time, open.block.order) = (record.time, order)
    case .warning(let function):
      open.block.headerPlace = place
      if let function {
        open.block.function = names.intern(line, function)
      } else {
        open.block.isChopped = WarningHeader.isChopped(line, text)
      }
      header(line, text, &open.block, &names)
    case .oops(let function):
      open.block.headerPlace = open.block.headerPlace ?? place
      if let function, !function.isEmpty, open.block.function == .none {
        open.block.function = names.intern(line, Symbol.base(line, function))
      }
      address(line, text, &open)
    case .bug: open.block.headerPlace = open.block.headerPlace ?? place
    case .hungTask(let comm, let pid):
      open.block.headerPlace = place
      open.block.comm = names.intern(line, comm)
      open.block.tid = number(line, pid.lowerBound, pid.upperBound)
    case .cpu(let comm, let pid):
      let tid = number(line, pid, text.upperBound)
      if open.block.tid >= 0, tid != open.block.tid { open.course.isMixed = true }
      guard open.block.frames.isEmpty else { return }
      let start = line.skipBlanks(from: text.lowerBound, to: text.upperBound)
      open.block.cpu = number(line, start + 5, text.upperBound)
      open.block.tid = tid
      open.block.comm = names.intern(line, comm)
    case .lockOwner(let pid):
      if open.course.kind == .hungTask { open.block.owner = number(line, pid, text.upperBound) }
    case .programCounter(let function):
      // Registers of what an interrupt came into may follow.
      guard open.course.kind == .oops || open.course.kind == .bug, open.block.function == .none else {
        return
      }
      open.block.function = names.intern(line, Symbol.base(line, function))
    case .workqueue(let name): open.block.workqueue = names.intern(line, name)
    // KASAN's words behind the first line tell the address itself, where that one has the shadow's.
    case .other, .aside: if open.course.kind == .oops, !open.course.hasFrames { address(line, text, &open) }
    default: break
    }
  }

  private static func address(_ line: Span<UInt8>, _ text: Range<Int>, _ open: inout Open) {
    guard let address = FaultAddress.of(line, text) else { return }
    open.block.address = min(address, open.block.address ?? .max)
  }

  /// `WARNING: CPU: 3 PID: 38 at FILE:LINE SYMBOL`, `WARNING: FILE:LINE at SYMBOL, CPU#3: init/126`.
  private static func header(
    _ line: Span<UInt8>, _ text: Range<Int>, _ block: inout WarningBlock, _ names: inout NameTable
  ) {
    if let key = line.index(of: "CPU: ", from: text.lowerBound, to: text.upperBound) {
      block.cpu = number(line, key + 5, text.upperBound)
    } else if let key = line.index(of: "CPU#", from: text.lowerBound, to: text.upperBound) {
      block.cpu = number(line, key + 4, text.upperBound)
      // COMM may hold '/' and ':': the pid is behind the last '/'.
      var slash = text.upperBound
      while slash > key, line[slash - 1] != UInt8(ascii: "/") { slash -= 1 }
      if slash > key, let colon = line.index(of: ": ", from: key, to: slash) {
        block.tid = number(line, slash, text.upperBound)
        block.comm = names.intern(line, colon + 2..<slash - 1)
      }
    }
    if let key = line.index(of: "PID: ", from: text.lowerBound, to: text.upperBound) {
      block.tid = number(line, key + 5, text.upperBound)
    }
    if let file = line.index(of: "drivers/iommu/iommu.c:", from: text.lowerBound, to: text.upperBound) {
      block.sourceLine = number(line, file + 22, text.upperBound)
    }
  }

  private static func number(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int32 {
    Int32(clamping: line.decimal(start..<line.digitsEnd(from: start, to: end)) ?? -1)
  }

  /// The outermost frames of kernel threads and system calls, on arm64, x86 and arm32.
  private static let roots: [StaticString] = [
    "ret_from_fork", "el0t_64_sync", "el0t_32_sync", "entry_SYSCALL_64_after_hwframe", "ret_fast_syscall",
  ]

  private static func add(
    _ line: Span<UInt8>, _ frame: ReportLine.Frame, _ place: Place, _ open: inout Open,
    _ isNamed: Bool, _ names: inout NameTable
  ) {
    if let caller = frame.caller {
      if open.block.frames.isEmpty { add(line, frame.function, place, &open, isNamed, &names) }
      add(line, caller, place, &open, isNamed, &names)
    } else {
      add(line, frame.function, place, &open, isNamed, &names)
    }
  }

  private static func add(
    _ line: Span<UInt8>, _ symbol: Range<Int>, _ place: Place, _ open: inout Open, _ isNamed: Bool,
    _ names: inout NameTable
  ) {
    guard open.block.frames.count < 64 else { return }
    // Nothing called what stands in there.
    if open.hasRoot, !line.equals(symbol, "ret_from_fork_asm") { open.course.isMixed = true }
    open.hasRoot = open.hasRoot || roots.contains { line.equals(symbol, $0) }
    open.block.frames.append(isNamed ? names.intern(line, Symbol.base(line, symbol)) : .none)
    open.block.framePlaces.append(place)
  }
}

extension WarningBlock {
  /// Where frame `index` was seen.
  package func place(ofFrame index: Int) -> Place? { index < framePlaces.count ? framePlaces[index] : nil }
}
