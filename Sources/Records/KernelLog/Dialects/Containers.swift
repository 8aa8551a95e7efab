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
}
