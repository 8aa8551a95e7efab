// Every layer that may stand left of a kernel message, one value each. Layers stack in any order
// (`> kern  :warn  : [    3.078160] [      T0] …`), so they are taken off one after the other. A new dialect is one
// value here and one fixture in Tests/DialectTests.
import Bytes

struct LogDialect: Sendable {
  /// What has been taken off already.
  enum Stage: Int, CaseIterable, Sendable {
    /// Nothing that the kernel or a log daemon wrote.
    case outside
    /// A date: printk's own stamp may follow.
    case wrapped
    /// printk's stamp: only what the kernel or its vendor puts between stamp and message may follow.
    case inside
  }

  let id: String
  /// The bytes that it can begin with.
  let begins: String
  let stages: [Stage]
  /// Takes the layer off, which would begin at the given place: moves `text` behind it. False: it is not there.
  let strip: @Sendable (inout LogPrefix, Span<UInt8>, Int) -> Bool

  /// In the order in which they are tried.
  static let all: [LogDialect] = [
    // the kernel's own
    printkStamp, relativeStamp, dateStamp, level, decodedLevel, callerID, kmsg, dropped,
    // vendors' printk
    mediatek, samsung, lgeCPU, qualcomm,
    // wrappers
    syslog, journalFull, journalUnix, journalMonotonic, isoTime, jenkins, timeOfDay, logcat,
    // mail, containers
    quote, journalBoot,
  ]

  /// For each stage and first byte, the dialects to try, as bits: a look at one byte settles most lines.
  private static let table: [UInt32] = {
    var table = [UInt32](repeating: 0, count: Stage.allCases.count * 256)
    for (index, dialect) in all.enumerated() {
      for stage in dialect.stages {
        for byte in dialect.begins.utf8 { table[stage.rawValue * 256 + Int(byte)] |= 1 << index }
      }
    }
    return table
  }()

  /// Takes one layer off; false if there is none that is known.
  static func stripOne(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int) -> Bool {
    var left = table[prefix.stage.rawValue * 256 + Int(line[at])]
    while left != 0 {
      let index = left.trailingZeroBitCount
      left &= left - 1
      if all[index].strip(&prefix, line, at) { return true }
    }
    return false
  }

  static let digits = "0123456789"
  static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
}
