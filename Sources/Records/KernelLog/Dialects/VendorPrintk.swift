// What vendors' kernels print between stamp and message. The task serves as the caller id does.
import Bytes

extension LogDialect {
  /// MediaTek: ` (0)[74:kworker/0:1]`; `-` for the blank with interrupts off, `.` while the UART sleeps. The message is
  /// glued to it.
  static let mediatek = LogDialect(.mediatek, begins: " -.(", stages: [.inside, .wrapped]) {
    prefix, line, at in
    var open = line.skipBlanks(from: at, to: line.count)
    if open < line.count, line[open] == UInt8(ascii: "-") || line[open] == UInt8(ascii: ".") { open += 1 }
    guard prefix.caller == .none, open < line.count, line[open] == UInt8(ascii: "(") else { return false }
    // Eight CPUs and more: the kernel prints the number in hexadecimal.
    var cpu = open + 1
    while cpu < line.count, cpu < open + 4, line[cpu] &- 48 < 10 || line[cpu] &- 97 < 6 { cpu += 1 }
    guard cpu > open + 1, line.has(")[", at: cpu) else { return false }
    let pid = line.digitsEnd(from: cpu + 2, to: line.count)
    guard pid > cpu + 2, pid < line.count, line[pid] == UInt8(ascii: ":"),
      let end = line.index(of: UInt8(ascii: "]"), from: pid, to: min(line.count, pid + Vendor.longestComm))
    else { return false }
    let number = line.hexadecimal(open + 1..<cpu).map { Int64($0) }
    prefix.caller = Vendor.caller(line, pid: cpu + 2..<pid, cpu: number)
    prefix.text = end + 1
    return true
  }

  /// Meizu and others: `[1:119:kworker/u16:4] `, CPU, pid, comm.
  static let meizu = LogDialect(.meizu, begins: "[", stages: [.inside, .wrapped]) { prefix, line, at in
    let cpu = line.digitsEnd(from: at + 1, to: min(line.count, at + 4))
    guard prefix.caller == .none, cpu > at + 1, line.has(":", at: cpu) else { return false }
    let pid = line.digitsEnd(from: cpu + 1, to: min(line.count, cpu + 9))
    // A comm that begins with a digit is not told from the last part of an address.
    guard pid > cpu + 1, line.has(":", at: pid), pid + 1 < line.count, line[pid + 1] > 57,
      let end = line.index(
        of: UInt8(ascii: "]"), from: pid + 1, to: min(line.count, pid + Vendor.longestComm))
    else { return false }
    prefix.caller = Vendor.caller(line, pid: cpu + 1..<pid, cpu: line.decimal(at + 1..<cpu))
    prefix.end(at: end + 1, line)
    return true
  }

  /// Samsung: `[0:        swapper:    0] `, with `I` in front in interrupts.
  static let samsung = LogDialect(.samsung, begins: " [I", stages: [.inside, .wrapped]) {
    prefix, line, at in
    var open = line.skipBlanks(from: at, to: line.count)
    if open < line.count, line[open] == UInt8(ascii: "I") { open += 1 }
    guard prefix.caller == .none, open < line.count, line[open] == UInt8(ascii: "[") else { return false }
    let cpu = line.digitsEnd(from: open + 1, to: line.count)
    guard cpu > open + 1, line.has(": ", at: cpu) || line.has(":", at: cpu),
      let end = line.index(of: UInt8(ascii: "]"), from: cpu, to: min(line.count, cpu + 40))
    else { return false }
    var colon = end
    while colon > cpu, line[colon] != UInt8(ascii: ":") { colon -= 1 }
    let pid = line.skipBlanks(from: colon + 1, to: end)
    guard colon > cpu, pid < end, line.digitsEnd(from: pid, to: end) == end else { return false }
    // The pid has a column of five, and a comm some letter: addresses of devices have neither.
    guard pid > colon + 1 || end - pid > 4, Vendor.hasLetter(line, cpu..<colon) else { return false }
    prefix.caller = Vendor.caller(line, pid: pid..<end, cpu: line.decimal(open + 1..<cpu))
    prefix.end(at: end + 1, line)
    return true
  }

  /// LGE's CPU behind its stamp with a date: `[0] `.
  static let lgeCPU = LogDialect(.lgeCPU, begins: "[", stages: [.inside]) { prefix, line, at in
    guard at > 0, line[at - 1] == UInt8(ascii: "]") else { return false }
    let end = line.digitsEnd(from: at + 1, to: min(line.count, at + 4))
    guard end > at + 1, end < line.count, line[end] == UInt8(ascii: "]") else { return false }
    prefix.end(at: end + 1, line)
    return true
  }

  /// Qualcomm: a second stamp with the CPU, `[    0.479414]@0 `.
  static let qualcomm = LogDialect(.qualcomm, begins: "[", stages: [.inside]) { prefix, line, at in
    let low = line.skipBlanks(from: at + 1, to: line.count)
    let close = PrintkStamp.number(line, low)
    guard close > low, line.has("]@", at: close) else { return false }
    let end = line.digitsEnd(from: close + 2, to: line.count)
    guard end > close + 2 else { return false }
    prefix.end(at: end, line)
    return true
  }

  /// Unisoc, Spreadtrum: `c1    119 `, the pid in a column of six.
  static let unisoc = LogDialect(.unisoc, begins: "c", stages: [.inside]) { prefix, line, at in
    let cpu = line.digitsEnd(from: at + 1, to: min(line.count, at + 4))
    guard prefix.caller == .none, cpu > at + 1, line.has(" ", at: cpu) else { return false }
    let pid = line.skipBlanks(from: cpu, to: min(line.count, cpu + 8))
    let end = line.digitsEnd(from: pid, to: line.count)
    // Without its column `c1 12 ` is a message's.
    guard end > pid, end - cpu > 5, end - cpu < 10, line.has(" ", at: end) else { return false }
    prefix.caller = Vendor.caller(line, pid: pid..<end, cpu: line.decimal(at + 1..<cpu))
    prefix.end(at: end, line)
    return true
  }

  /// Huawei, HiSilicon: `[pid:1,cpu1,init]`, `[pid:1,cpu1 init]`, and a date before it, `[2016:01:01 00:00:00]`. The
  /// message is glued to it.
  static let huawei = LogDialect(.huawei, begins: "[", stages: [.inside]) { prefix, line, at in
    if Dates.fits(line, at + 1, "0000:00:00 00:00:00]") || Dates.fits(line, at + 1, "0000-00-00 00:00:00]") {
      guard line[at - 1] == UInt8(ascii: "]") else { return false }
      prefix.end(at: at + 21, line)
      return true
    }
    guard prefix.caller == .none, line.has("[pid:", at: at) else { return false }
    let pid = line.digitsEnd(from: at + 5, to: line.count)
    guard pid > at + 5, line.has(",cpu", at: pid) else { return false }
    let cpu = line.digitsEnd(from: pid + 4, to: line.count)
    guard cpu > pid + 4, line.has(",", at: cpu) || line.has(" ", at: cpu) || line.has("]", at: cpu),
      let end = line.index(
        of: UInt8(ascii: "]"), from: cpu, to: min(line.count, cpu + 2 * Vendor.longestComm))
    else { return false }
    prefix.caller = Vendor.caller(line, pid: at + 5..<pid, cpu: line.decimal(pid + 4..<cpu))
    prefix.text = end + 1
    return true
  }

  /// MediaTek since 4.14: `[name:core&]`, the module, glued to the message of whoever printed it with pr_fmt.
  static let mediatekModule = LogDialect(.mediatekModule, begins: "[", stages: [.inside, .wrapped]) {
    prefix, line, at in
    guard line.has("[name:", at: at),
      let end = line.index(of: "&]", from: at + 6, to: min(line.count, at + 72))
    else { return false }
    prefix.text = end + 2
    return true
  }

  /// Any vendor's CPU, pid and task, in brackets of either kind: `(CPU:0-pid:1:swapper/0) ` (ASUS), `[1:swapper/0] `,
  /// `[c0  1 init] `, `[ T100@C0] `. Numbers with nothing but `cpu`, `pid` and the like in front; the last part is a task's name,
  /// or two of the numbers say what they are.
  static let vendorTask = LogDialect(.vendorTask, begins: " [(", stages: [.inside, .wrapped]) {
    prefix, line, at in
    let open = line.skipBlanks(from: at, to: line.count)
    guard prefix.caller == .none, open < line.count else { return false }
    let close: UInt8 = line[open] == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "]")
    guard line[open] == UInt8(ascii: "(") || line[open] == UInt8(ascii: "["),
      let end = line.index(of: close, from: open + 1, to: min(line.count, open + 2 * Vendor.longestComm)),
      let caller = Vendor.task(line, open + 1..<end)
    else { return false }
    prefix.caller = caller
    prefix.end(at: end + 1, line)
    return true
  }
}

private enum Vendor {
  /// A comm has at most fifteen bytes; worker threads write more behind it.
  static let longestComm = 40

  static func hasLetter(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for at in range where line[at] | 32 &- 97 < 26 { return true }
    return false
  }

  /// Every CPU has an idle task with pid 0: there the CPU tells them apart.
  static func caller(_ line: Span<UInt8>, pid: Range<Int>, cpu: Int64?) -> LogCaller {
    let id = Int32(clamping: line.decimal(pid) ?? 0)
    return id > 0 ? .task(id) : .cpu(Int32(clamping: cpu ?? 0))
  }

  /// Whom numbers and a name in brackets speak of; nil if they are something else.
  static func task(_ line: Span<UInt8>, _ range: Range<Int>) -> LogCaller? {
    var (cpu, pid, named, count) = (Range<Int>?.none, Range<Int>?.none, 0, 0)
    var at = line.skipBlanks(from: range.lowerBound, to: range.upperBound)
    while at < range.upperBound, count < 3 {
      let key = keyEnd(line, at, range.upperBound)
      let end = line.digitsEnd(from: key, to: range.upperBound)
      let next = line.skipBlanks(from: end, to: range.upperBound)
      let isMarked = next < range.upperBound && isMark(line[next])
      // A task's name may begin like one of them.
      guard end > key, end - key < 9, isMarked || next > end || next == range.upperBound else { break }
      if key > at, line[at] | 32 == UInt8(ascii: "c") {
        cpu = key..<end
      } else {
        (cpu, pid) = (cpu ?? pid, key..<end)
      }
      named += key > at ? 1 : 0
      count += 1
      at = line.skipBlanks(from: isMarked ? next + 1 : next, to: range.upperBound)
    }
    guard let pid, at == range.upperBound ? named > 1 : isComm(line, at..<range.upperBound) else {
      return nil
    }
    return caller(line, pid: pid, cpu: cpu.flatMap { line.decimal($0) })
  }

  /// Behind `CPU:`, `cpu`, `pid:`, `c`, `T`; where a number begins that says nothing of itself.
  private static func keyEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    for key in ["cpu", "CPU", "pid", "PID", "tid", "c", "C", "t", "T", "p"] as [StaticString]
    where line.has(key, at: start, before: end) {
      let next = start + key.utf8CodeUnitCount
      return line.has(":", at: next, before: end) || line.has("=", at: next, before: end) ? next + 1 : next
    }
    return start
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: ","), UInt8(ascii: "@"), UInt8(ascii: "/"): true
    default: false
    }
  }

  /// A task's name: it begins with a letter (or `(sd-pam)`), and an address or the parts of a message do not look like one.
  private static func isComm(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count <= longestComm, line[range.lowerBound] | 32 &- 97 < 26 || line[range.lowerBound] == 40
    else { return false }
    return range.allSatisfy { at in line[at] > 32 && line[at] < 127 && line[at] != 60 && line[at] != 34 }
  }
}
