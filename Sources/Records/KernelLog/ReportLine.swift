import Bytes

/// The grammar of the kernel's reports of trouble, a line at a time: WARNINGs, oopses, BUGs, panics, hung tasks, as
/// docs/formats/kernel-log.md#warnings and docs/kernel.md#the-warning have them of all architectures. What no rule reads (registers,
/// code bytes, modules) is `other`, as any line in between.
package enum ReportLine: Equatable, Sendable {
  // MARK: what a report begins with

  /// `------------[ cut here ]------------`, also behind other output.
  case cutHere
  /// `DRIVER DEVICE: late IOMMU probe at driver bind, …`; names that are damaged are nil.
  case lateProbe(driver: Range<Int>?, device: Range<Int>?)
  /// `WARNING: …` in any form, those of lockdep and RCU too; `function`: `__iommu_probe_device`, if it is that one's.
  case warning(function: Range<Int>?)
  /// `Unable to handle kernel …`, `BUG: kernel NULL pointer dereference, …`, `Oops: general protection fault, …` (x86): a thread
  /// died of an address. Or KASAN saw it first, `BUG: KASAN: null-ptr-deref in FUNCTION+…`, and the kernel may panic before it dies.
  case oops(function: Range<Int>?)
  /// Any other `BUG: …` (KASAN of memory that was there once, lockups, atomic context), `kernel BUG at FILE:LINE!`.
  case bug
  case panic
  /// `INFO: task NAME:PID blocked for more than …`
  case hungTask(comm: Range<Int>, pid: Range<Int>)

  // MARK: how it goes on

  /// `CPU: 3 UID: 0 PID: 38 Comm: kworker/u16:3 …`
  case cpu(comm: Range<Int>, pid: Int)
  /// `INFO: task … is blocked on a mutex likely owned by task NAME:PID.`; where the pid begins.
  case lockOwner(pid: Int)
  case workqueue(Range<Int>)
  /// The function in which it happened.
  case programCounter(Range<Int>)
  /// What follows are frames. riscv has no such line in a WARNING.
  case callTrace
  case frame(Frame)
  /// `[...]`, `<snip>`, `...truncated...`: somebody cut frames out, and left a mark.
  case hole
  /// What x86 prints among the frames: `<TASK>`, `? sym+…` of which it is not sure, registers of the system call.
  case aside
  /// `irq event stamp: …`: lockdep's words behind the stack name functions too.
  case irqStamps

  // MARK: what it ends with

  case endTrace

  case other

  /// One call of a stack. Those that the kernel is not sure of (`? `) are `aside`.
  package struct Frame: Equatable, Sendable {
    /// Without suffix and offset.
    package var function: Range<Int>
    /// 32-bit ARM names both sides: `a from b+0x1/0x2`.
    package var caller: Range<Int>?
    /// `[<ffffffff814f873b>] sym+0x1/0x2`: it is one wherever it stands.
    package var isBare = false
  }

  /// What the message in `text` is. `isStamped`: a stamp of the log stands in front. `isInside`: a report is open; where none is,
  /// frames and what stands among them are nobody's.
  package init(_ line: Span<UInt8>, _ text: Range<Int>, isStamped: Bool, isInside: Bool = true) {
    // Most messages have no bracket, and one byte is found faster than twelve.
    if let bracket = line.index(of: UInt8(ascii: "["), from: text.lowerBound, to: text.upperBound),
      line.index(of: "[ cut here ]", from: bracket, to: text.upperBound) != nil
    {
      self = .cutHere
      return
    }
    let start = line.skipBlanks(from: text.lowerBound, to: text.upperBound)
    let body = start..<max(start, text.upperBound)
    if let known = Self.fixed(line, body) {
      self = known
    } else if let message = LateProbeMessage(line, text, isStamped: isStamped) {
      self = .lateProbe(driver: message.driver, device: message.device)
    } else if !isInside {
      self = .other
    } else if let frame = Self.frame(line, body) {
      self = .frame(frame)
    } else {
      self = Self.isHole(line, body) ? .hole : Self.isAside(line, body) ? .aside : .other
    }
  }

  /// Lines that are told by how they begin.
  private static func fixed(_ line: Span<UInt8>, _ body: Range<Int>) -> ReportLine? {
    guard !body.isEmpty else { return .aside }
    func begins(_ words: StaticString) -> Bool {
      line.has(words, at: body.lowerBound, before: body.upperBound)
    }
    func says(_ word: KernelWord) -> Bool { begins(word.text) }
    switch line[body.lowerBound] {
    case UInt8(ascii: "W"):
      if says(.warning) {
        return .warning(
          function: line.index(of: "__iommu_probe_device", from: body.lowerBound, to: body.upperBound).map {
            $0..<$0 + 20
          })
      }
      if begins("Workqueue: ") { return .workqueue(line.trimmed(body.lowerBound + 11..<body.upperBound)) }
    case UInt8(ascii: "U"): if says(.unableToHandle) { return .oops(function: nil) }
    case UInt8(ascii: "O"):
      if begins("Oops: "), line.has(KernelWord.generalProtection.text, at: body.lowerBound + 6) {
        return .oops(function: nil)
      }
    case UInt8(ascii: "g"): if says(.generalProtection) { return .oops(function: nil) }
    case UInt8(ascii: "B"):
      if says(.nullPointer) || begins("BUG: unable to handle ") { return .oops(function: nil) }
      if begins("BUG: KASAN: ") { return kasan(line, body) }
      if says(.bug) { return .bug }
      if begins("Backtrace:") { return .callTrace }
    case UInt8(ascii: "k"): if says(.kernelBug) { return .bug }
    case UInt8(ascii: "K"): if says(.panic) { return .panic }
    case UInt8(ascii: "I"): if begins("INFO: task ") { return task(line, body) }
    case UInt8(ascii: "C"):
      if begins("CPU: ") { return cpu(line, body) }
      if begins("Call trace:") || begins("Call Trace:") { return .callTrace }
    case UInt8(ascii: "i"): if begins("irq event stamp: ") { return .irqStamps }
    case UInt8(ascii: "-"): if begins("---[ end trace") { return .endTrace }
    // arm64, x86, 32-bit ARM, riscv.
    case UInt8(ascii: "p"): if begins("pc : ") { return programCounter(line, body, 5) }
    case UInt8(ascii: "R"): if begins("RIP: 0010:") { return programCounter(line, body, 10) }
    case UInt8(ascii: "P"): if begins("PC is at ") { return programCounter(line, body, 9) }
    case UInt8(ascii: "e"): if begins("epc : ") { return programCounter(line, body, 6) }
    default: break
    }
    return nil
  }

  /// `BUG: KASAN: null-ptr-deref in platform_dma_configure+0x3c/0x110`: of an address that never was memory.
  private static func kasan(_ line: Span<UInt8>, _ body: Range<Int>) -> ReportLine {
    let kind = line.index(of: 32, from: body.lowerBound + 12, to: body.upperBound) ?? body.upperBound
    let what = body.lowerBound + 12..<kind
    guard
      line.equals(what, "null-ptr-deref") || line.equals(what, "user-memory-access")
        || line.equals(what, "wild-memory-access"),
      line.has(" in ", at: kind, before: body.upperBound)
    else { return .bug }
    return .oops(function: kind + 4..<Symbol.end(line, kind + 4, body.upperBound))
  }

  /// A mark is short, and says nothing else.
  private static func isHole(_ line: Span<UInt8>, _ body: Range<Int>) -> Bool {
    let text = line.trimmed(body)
    guard text.count < 40 else { return false }
    func holds(_ words: StaticString) -> Bool {
      line.index(of: words, from: text.lowerBound, to: text.upperBound) != nil
    }
    return holds("...") || holds("snip") || holds("\u{2026}") || holds("frames ")
      || line.equals(text, "..")
  }

  /// A whole line of `[...]`, `<snip>`, `--- cut ---`: somebody took lines out of a log.
  package static func isCutMark(_ line: Span<UInt8>, _ body: Range<Int>) -> Bool {
    var mark = line.trimmed(body)
    guard mark.count >= 2, mark.count <= 24 else { return false }
    func isFrame(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("),
        UInt8(ascii: ")"),
        UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "8"), 32:
        true
      default: false
      }
    }
    while let first = mark.first, isFrame(line[first]) { mark.removeFirst() }
    while let last = mark.last, isFrame(line[last]) { mark.removeLast() }
    return ["...", "..", "....", "\u{2026}", "snip", "snipped", "cut", "truncated", "omitted"].contains {
      line.equals(mark, $0)
    }
  }

  private static func isAside(_ line: Span<UInt8>, _ body: Range<Int>) -> Bool {
    guard body.count > 2 else { return true }
    let start = body.lowerBound
    if line[start] == UInt8(ascii: "<") || line.has("? ", at: start) || line.has("Code: ", at: start) {
      return true
    }
    // `RIP: 0033:0x7f…`, `R13: 00…`, `EFLAGS: …`, `x29: …`, `epc : …`
    let word = line.wordEnd(from: start, to: body.upperBound)
    let colon = line.skipBlanks(from: word, to: body.upperBound)
    return word > start && word - start <= 7 && colon < body.upperBound && line[colon] == UInt8(ascii: ":")
  }

  private static func programCounter(_ line: Span<UInt8>, _ body: Range<Int>, _ key: Int) -> ReportLine {
    let start = body.lowerBound + key
    let end = Symbol.end(line, start, body.upperBound)
    return end > start ? .programCounter(start..<end) : .other
  }

  /// A task's name may hold colons: its pid is behind the last one.
  private static func task(_ line: Span<UInt8>, _ body: Range<Int>) -> ReportLine {
    let start = body.lowerBound + 11
    if let end = line.index(of: KernelWord.blocked.text, from: start, to: body.upperBound) {
      let colon = lastColon(line, start..<end)
      return .hungTask(comm: start..<max(start, colon - 1), pid: colon..<end)
    }
    guard
      line.index(of: " is blocked on a mutex likely owned by task ", from: start, to: body.upperBound) != nil
    else { return .other }
    return .lockOwner(pid: lastColon(line, line.trimmed(start..<body.upperBound)))
  }

  /// Behind it; the beginning of `text` if there is none.
  private static func lastColon(_ line: Span<UInt8>, _ text: Range<Int>) -> Int {
    var at = text.upperBound
    while at > text.lowerBound, line[at - 1] != UInt8(ascii: ":") { at -= 1 }
    return at
  }

  private static func cpu(_ line: Span<UInt8>, _ body: Range<Int>) -> ReportLine {
    guard let pid = line.index(of: " PID: ", from: body.lowerBound, to: body.upperBound),
      let comm = line.index(of: " Comm: ", from: pid, to: body.upperBound)
    else { return .other }
    let end =
      line.index(of: " Kdump:", from: comm + 7, to: body.upperBound)
      ?? line.index(of: " Not tainted", from: comm + 7, to: body.upperBound)
      ?? line.index(of: " Tainted:", from: comm + 7, to: body.upperBound) ?? body.upperBound
    return .cpu(comm: comm + 7..<end, pid: pid + 6)
  }

  /// `sym+0x1/0x2 [mod id] (P)`, `[<addr>] sym`, `[stack] [addr] sym` (PowerPC), `a from b+…` (32-bit ARM), `sym (file.c:12)` (decoded).
  private static func frame(_ line: Span<UInt8>, _ body: Range<Int>) -> Frame? {
    var at = body.lowerBound
    var hasAddress = false
    if line.has("[<", at: at), let close = line.index(of: ">]", from: at, to: min(body.upperBound, at + 24)) {
      at = line.skipBlanks(from: close + 2, to: body.upperBound)
      hasAddress = true
    } else if let stack = bracketedAddress(line, at, body.upperBound),
      let address = bracketedAddress(line, stack, body.upperBound)
    {
      at = address
    }
    let end = Symbol.end(line, at, body.upperBound)
    guard end > at else { return nil }
    if line.has("+0x", at: end, before: body.upperBound) {
      return Frame(function: at..<end, isBare: hasAddress)
    }
    if line.has(" (", at: end, before: body.upperBound) { return Frame(function: at..<end) }
    guard line.has(" from ", at: end, before: body.upperBound) else { return nil }
    let caller = end + 6..<Symbol.end(line, end + 6, body.upperBound)
    // Prose has "from" too.
    return line.has("+0x", at: caller.upperBound, before: body.upperBound)
      ? Frame(function: at..<end, caller: caller) : nil
  }

  /// Behind `[c000000003b93a90] `.
  private static func bracketedAddress(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard line.has("[", at: start, before: end) else { return nil }
    for digits in [16, 8] where line.has("] ", at: start + 1 + digits, before: end) {
      return line.hexadecimal(start + 1..<start + 1 + digits).map { _ in start + digits + 3 }
    }
    return nil
  }
}
