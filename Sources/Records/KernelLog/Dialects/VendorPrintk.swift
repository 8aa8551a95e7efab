// What vendors' kernels print between stamp and message. The task serves as the caller id does.
import Bytes

extension LogDialect {
  /// MediaTek: ` (0)[74:kworker/0:1]`, `-(1)[0:swapper/1]` with interrupts off. The message is glued to it.
  static let mediatek = LogDialect(id: "mediatek", begins: " -(", stages: [.inside, .wrapped]) {
    prefix, line, at in
    var open = line.skipBlanks(from: at, to: line.count)
    if open < line.count, line[open] == UInt8(ascii: "-") { open += 1 }
    guard prefix.caller == .none, open < line.count, line[open] == UInt8(ascii: "(") else { return false }
    let cpu = line.digitsEnd(from: open + 1, to: line.count)
    guard cpu > open + 1, line.has(")[", at: cpu) else { return false }
    let pid = line.digitsEnd(from: cpu + 2, to: line.count)
    guard pid > cpu + 2, pid < line.count, line[pid] == UInt8(ascii: ":"),
      let end = line.index(of: UInt8(ascii: "]"), from: pid, to: min(line.count, pid + 24))
    else { return false }
    prefix.caller = Vendor.caller(line, pid: cpu + 2..<pid, cpu: open + 1..<cpu)
    prefix.text = end + 1
    return true
  }

  /// Samsung: `[0:        swapper:    0] `, with `I` in front in interrupts.
  static let samsung = LogDialect(id: "samsung", begins: " [I", stages: [.inside, .wrapped]) {
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
    prefix.caller = Vendor.caller(line, pid: pid..<end, cpu: open + 1..<cpu)
    prefix.end(at: end + 1, line)
    return true
  }

  /// LGE's CPU behind its stamp with a date: `[0] `.
  static let lgeCPU = LogDialect(id: "lge-cpu", begins: "[", stages: [.inside]) { prefix, line, at in
    guard at > 0, line[at - 1] == UInt8(ascii: "]") else { return false }
    let end = line.digitsEnd(from: at + 1, to: min(line.count, at + 4))
    guard end > at + 1, end < line.count, line[end] == UInt8(ascii: "]") else { return false }
    prefix.end(at: end + 1, line)
    return true
  }

  /// Qualcomm: a second stamp with the CPU, `[    0.479414]@0 `.
  static let qualcomm = LogDialect(id: "qualcomm", begins: "[", stages: [.inside]) { prefix, line, at in
    let low = line.skipBlanks(from: at + 1, to: line.count)
    let close = PrintkStamp.number(line, low)
    guard close > low, line.has("]@", at: close) else { return false }
    let end = line.digitsEnd(from: close + 2, to: line.count)
    guard end > close + 2 else { return false }
    prefix.end(at: end, line)
    return true
  }
}

private enum Vendor {
  /// Every CPU has an idle task with pid 0: there the CPU tells them apart.
  static func caller(_ line: Span<UInt8>, pid: Range<Int>, cpu: Range<Int>) -> LogCaller {
    let id = Int32(clamping: line.decimal(pid) ?? 0)
    return id > 0 ? .task(id) : .cpu(Int32(clamping: line.decimal(cpu) ?? 0))
  }
}
