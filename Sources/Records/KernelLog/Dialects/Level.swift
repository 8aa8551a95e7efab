import Bytes

extension LogDialect {
  /// `<4>`, `<30>`: facility × 8 + level (dmesg -r, serial consoles, ramoops). The crash tool's `log -m` puts it behind the
  /// stamp.
  static let level = LogDialect(.level, begins: "<", stages: Stage.allCases) { prefix, line, at in
    let end = line.digitsEnd(from: at + 1, to: min(line.count, at + 5))
    guard !prefix.hasLevel, end > at + 1, end < line.count, line[end] == UInt8(ascii: ">") else {
      return false
    }
    prefix.hasLevel = true
    prefix.text = end + 1
    return true
  }

  /// `kern  :warn  : ` (dmesg -x)
  static let decodedLevel = LogDialect(
    .decodedLevel, begins: "abcdefghijklmnopqrstuvwxyz", stages: [.outside]
  ) { prefix, line, at in
    guard !prefix.hasLevel, line.count > at + 15, line[at + 6] == UInt8(ascii: ":"),
      line[at + 13] == UInt8(ascii: ":"), line[at + 14] == 32
    else { return false }
    for column in 0..<13 where column != 6 {
      let byte = line[at + column]
      guard byte == 32 || byte &- 97 < 26 || byte &- 48 < 10 else { return false }
    }
    prefix.hasLevel = true
    prefix.text = at + 15
    return true
  }

  /// `[    T1]`, `[      C0]`: right behind the stamp or after a blank.
  static let callerID = LogDialect(.callerID, begins: "[", stages: [.inside, .wrapped]) {
    prefix, line, at in
    let low = line.skipBlanks(from: at + 1, to: line.count)
    guard prefix.caller == .none, low + 1 < line.count,
      line[low] == UInt8(ascii: "T") || line[low] == UInt8(ascii: "C")
    else { return false }
    let end = line.digitsEnd(from: low + 1, to: line.count)
    guard end > low + 1, end < line.count, line[end] == UInt8(ascii: "]"),
      let number = line.decimal(low + 1..<end)
    else { return false }
    let id = Int32(truncatingIfNeeded: number)
    prefix.caller = line[low] == UInt8(ascii: "T") ? .task(id) : .cpu(id)
    prefix.end(at: end + 1, line)
    return true
  }

  /// `** 2395 printk messages dropped ** `: what follows is a message of its own.
  static let dropped = LogDialect(.dropped, begins: "*", stages: Stage.allCases) { prefix, line, at in
    guard line.has("** ", at: at), let words = line.index(of: " printk messages dropped **", from: at),
      words > at + 3,
      let count = line.decimal(at + 3..<words)
    else { return false }
    prefix.dropped = count
    prefix.end(at: words + 27, line)
    return true
  }

  /// `** replaying previous printk message **`: no message. What follows was printed before.
  static let replayed = LogDialect(.replayed, begins: "*", stages: Stage.allCases) { prefix, line, at in
    guard line.has("** replaying previous printk message **", at: at) else { return false }
    prefix.isReplay = true
    prefix.isForeign = true
    return true
  }
}
