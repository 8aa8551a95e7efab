// What tools that show or carry lines put in front of each: mail programs, grep, cat -n, containers. Nothing of it is a
// time of the boot.
import Bytes

extension LogDialect {
  /// `> > `, and `| `, which some maintainers quote with; `: ` likewise. A line that a bar ends, too, is a table's.
  static let quote = LogDialect(.quote, begins: ">|:", stages: [.outside]) { prefix, line, at in
    let next = at + 1
    if line[at] != UInt8(ascii: ">") {
      guard
        next == line.count || line[next] == 32 || line[next] == 9 || line[next] == UInt8(ascii: ">")
          || line[next] == line[at]
      else { return false }
      // function_graph has its bar behind empty columns.
      guard at - prefix.text < 5 else { return false }
      let body = line.trimmed(next..<line.count)
      guard body.isEmpty || line[at] == UInt8(ascii: ":") || line[body.upperBound - 1] != UInt8(ascii: "|")
      else {
        return false
      }
    }
    prefix.end(at: next, line)
    return true
  }

  /// `12:` and `12-` (grep -n), `    12\t` (cat -n, nl). What looks like an address is none.
  static let numbered = LogDialect(.numbered, begins: digits, stages: [.outside]) { prefix, line, at in
    let end = line.digitsEnd(from: at, to: min(line.count, at + 9))
    guard line[at] != UInt8(ascii: "0"), let text = LineNumber.end(line, end) else { return false }
    prefix.text = text
    return true
  }

  /// `path/dmesg.txt:12:`, `dmesg.txt-12-`, `path/dmesg.txt:` (grep -Hn, grep -H)
  static let grepFile = LogDialect(.grepFile, begins: letters + digits + "/._", stages: [.outside]) {
    prefix, line, at in
    var isPath = false
    var end = line.wordEnd(from: at, to: line.count)
    // Most lines' first word has a blank or a colon behind it, and is no file of ours.
    guard end < line.count, line[end] > 32, line[end] != UInt8(ascii: ":") || LineNumber.mayBeLog(line[at])
    else {
      return false
    }
    while end < line.count, end - at < 240 {
      switch line[end] {
      case 0...32, UInt8(ascii: "["), UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: "\""): return false
      case UInt8(ascii: "/"): isPath = true
      case UInt8(ascii: ":"):
        guard isPath || LineNumber.isLog(line, at..<end), !LineNumber.isSource(line, at..<end) else {
          return false
        }
        let digits = line.digitsEnd(from: end + 1, to: line.count)
        if digits > end + 1, let text = LineNumber.end(line, digits) {
          prefix.text = text
          return true
        }
        guard LineNumber.isStamp(line, end + 1) || LineNumber.isLog(line, at..<end), digits == end + 1 else {
          return false
        }
        prefix.text = end + 1
        return true
      case UInt8(ascii: "-"):
        let digits = line.digitsEnd(from: end + 1, to: line.count)
        if digits > end + 1, line.has("-", at: digits), isPath || LineNumber.isLog(line, at..<end),
          let text = LineNumber.end(line, digits)
        {
          prefix.text = text
          return true
        }
      default: break
      }
      end += 1
    }
    return false
  }

  /// `web_1  | `, `web-1  | ` (docker compose); a name without a number only in front of a stamp.
  static let compose = LogDialect(.compose, begins: letters + digits, stages: [.outside]) {
    prefix, line, at in
    var end = line.wordEnd(from: at, to: line.count)
    while end < line.count, end - at < 64 {
      let byte = line[end]
      guard byte | 32 &- 97 < 26 || byte &- 48 < 10 || byte == 95 || byte == 45 || byte == 46 else { break }
      end += 1
    }
    let bar = line.skipBlanks(from: end, to: min(line.count, end + 64))
    guard bar > end, bar < line.count, line[bar] == UInt8(ascii: "|"),
      bar + 1 == line.count || line[bar + 1] == 32
    else { return false }
    // function_graph has a bar behind task and duration each.
    guard line.index(of: UInt8(ascii: "|"), from: bar + 1, to: bar + 40) == nil else { return false }
    var digits = end
    while digits > at, line[digits - 1] &- 48 < 10 { digits -= 1 }
    let isInstance =
      digits < end && digits > at + 1
      && (line[digits - 1] == UInt8(ascii: "-") || line[digits - 1] == UInt8(ascii: "_"))
    guard isInstance || LineNumber.isStamp(line, bar + 2) else { return false }
    prefix.end(at: bar + 1, line)
    return true
  }

  /// `[pod/web-0/console] ` (kubectl logs --prefix)
  static let pod = LogDialect(.pod, begins: "[", stages: [.outside]) { prefix, line, at in
    guard line.has("[pod/", at: at),
      let end = line.index(of: UInt8(ascii: "]"), from: at, to: min(line.count, at + 300)),
      line.index(of: 32, from: at, to: end) == nil
    else { return false }
    prefix.end(at: end + 1, line)
    return true
  }

  /// The mark at the beginning of a file that Windows or GitHub wrote.
  static let byteOrderMark = LogDialect(.byteOrderMark, begins: "\u{feff}", stages: [.outside]) {
    prefix, line, at in
    guard line.has("\u{feff}", at: at) else { return false }
    prefix.text = at + 3
    return true
  }

  /// The byte in front of each object of `journalctl -o json-seq` (RFC 7464).
  static let recordSeparator = LogDialect(.recordSeparator, begins: "\u{1e}", stages: [.outside]) {
    prefix, line, at in
    guard line.has("{", at: at + 1) else { return false }
    prefix.text = at + 1
    return true
  }

  /// `data: {`: `journalctl -o json-sse`, and what else sends events so.
  static let eventStream = LogDialect(.eventStream, begins: "d", stages: [.outside]) { prefix, line, at in
    guard line.has("data: {", at: at) || line.has("data:{", at: at) else { return false }
    prefix.end(at: at + 5, line)
    return true
  }
}

private enum LineNumber {
  /// Behind the mark that ends a line's number at `end`: `:` at a line that was asked for, `-` at one around it, or a tab.
  static func end(_ line: Span<UInt8>, _ end: Int) -> Int? {
    guard end < line.count else { return nil }
    let next = end + 1
    switch line[end] {
    case 9: return next
    case UInt8(ascii: ":"):
      // A digit makes it a time or an address, but a whole date is what a collector has put in front.
      return next == line.count || !(line[next] &- 48 < 10) || Dates.fits(line, next, "0000-00-00T00:")
        ? next : nil
    case UInt8(ascii: "-"):
      guard next < line.count else { return next }
      // `64-bit` and `1-1: ` begin messages. Of words only those that begin the lines of a report are taken.
      switch line[next] {
      case UInt8(ascii: "["): return next
      case 32, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "|"), UInt8(ascii: "#"):
        return next
      default:
        for word: StaticString in [
          "WARNING: ", "CPU: ", "Call ", "Hardware name: ", "Workqueue: ", "Modules ",
        ]
        where line.has(word, at: next) { return next }
        return nil
      }
    default: return nil
    }
  }

  /// printk's stamp or a level begins at `at`.
  static func isStamp(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard at + 2 < line.count else { return false }
    let next = line.skipBlanks(from: at + 1, to: line.count)
    guard next < line.count, line[next] &- 48 < 10 else { return false }
    return line[at] == UInt8(ascii: "[") || line[at] == UInt8(ascii: "<") && next == at + 1
  }

  /// Whether a log whose name has no point may begin so: dmesg, kmsg, messages, syslog.
  static func mayBeLog(_ first: UInt8) -> Bool {
    first == UInt8(ascii: "d") || first == UInt8(ascii: "k") || first == UInt8(ascii: "m")
      || first == UInt8(ascii: "s")
  }

  /// Whether the name is that of a log, by how such files are called.
  static func isLog(_ line: Span<UInt8>, _ name: Range<Int>) -> Bool {
    for end: StaticString in [
      ".txt", ".log", ".dmesg", ".out", ".raw", ".trace", "dmesg", "messages", "syslog", "kmsg", "-ramoops-0",
      "/trace",
    ] where line.ends(name, with: end) { return true }
    return false
  }

  /// A place in the kernel's source is the kernel's own word.
  static func isSource(_ line: Span<UInt8>, _ name: Range<Int>) -> Bool {
    for end: StaticString in [".c", ".h", ".S", ".rs"] where line.ends(name, with: end) { return true }
    return false
  }
}
