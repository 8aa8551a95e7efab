// Lines that carry a kernel log among other things: Android's logcat and bug reports, pstore.
import Bytes

extension LogDialect {
  /// `04-07 12:46:16.093     0     0 I kernel  : `: one line by itself is the kernel's if it is of process 0. In a whole
  /// log the envelope of the same name knows more.
  static let logcat = LogDialect(.logcat, begins: "01", stages: [.outside]) { prefix, line, at in
    guard Dates.fits(line, at, "00-00 "), let (end, resolution) = Dates.time(line, at + 6) else {
      return false
    }
    let process = line.skipBlanks(from: end, to: line.count)
    let processEnd = line.digitsEnd(from: process, to: line.count)
    let thread = line.skipBlanks(from: processEnd, to: line.count)
    let threadEnd = line.digitsEnd(from: thread, to: line.count)
    guard processEnd > process, threadEnd > thread, threadEnd + 2 < line.count, line[threadEnd] == 32,
      line[threadEnd + 1] &- 65 < 26, line[threadEnd + 2] == 32
    else { return false }
    prefix.isKernels = line.decimal(process..<processEnd) == 0
    prefix.isForeign = !prefix.isKernels
    prefix.keepsOrder = false
    prefix.stamp(nil, .wall, resolution: resolution)
    prefix.text = threadEnd + 3
    guard line.has("kernel", at: prefix.text) else { return true }
    let colon = line.skipBlanks(from: prefix.text + 6, to: line.count)
    if line.has(":", at: colon) { prefix.end(at: colon + 1, line) }
    return true
  }

  /// `------ KERNEL LOG (dmesg) ------`: a section of an Android bug report, named in capitals and with the command in
  /// brackets; `------ 0.035s was the duration of 'KERNEL LOG (dmesg)' ------`. Other dashes are anybody's.
  static let bugreport = LogDialect(.bugreport, begins: "-", stages: [.outside]) { prefix, line, at in
    guard line.has("------ ", at: at) else { return false }
    let text = line.trimmed(at..<line.count)
    guard text.count > 16, line.ends(text, with: " ------") else { return false }
    let name = at + 7..<text.upperBound - 7
    guard BugReport.isSection(line, name) || line.index(of: "s was the duration of '", from: at) != nil else {
      return false
    }
    prefix.isForeign = true
    prefix.section = line.has("KERNEL LOG", at: at + 7)
    return true
  }

  /// `====1700000000.123456-D`, `Panic#1 Part1`: what pstore puts above each record.
  static let pstore = LogDialect(.pstore, begins: "=PO", stages: [.outside]) { prefix, line, at in
    if line.has("====", at: at) {
      let end = PrintkStamp.number(line, at + 4)
      guard end > at + 4, line.has("-D", at: end) || line.has("-C", at: end) else { return false }
    } else {
      guard line.has("Panic#", at: at) || line.has("Oops#", at: at), line.index(of: " Part", from: at) != nil
      else {
        return false
      }
    }
    prefix.isForeign = true
    return true
  }
}

private enum BugReport {
  /// `KERNEL LOG (dmesg)`: capitals up to the bracket, and a closing one at the end.
  static func isSection(_ line: Span<UInt8>, _ name: Range<Int>) -> Bool {
    guard line[name.upperBound - 1] == UInt8(ascii: ")"),
      let open = line.index(of: " (", from: name.lowerBound, to: name.upperBound), open > name.lowerBound + 1
    else { return false }
    for at in name.lowerBound..<open where line[at] &- 97 < 26 || line[at] == UInt8(ascii: "<") {
      return false
    }
    return true
  }
}
