// Every layer that may stand left of a kernel message, one case each. Layers stack in any order
// (`> kern  :warn  : [    3.078160] [      T0] …`), so they are taken off one after the other. A new dialect is one
// case here, one value in Dialects/ and one fixture in Tests/DialectTests.
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

  /// In the order in which they are tried. No dialect can be made without its case, and no case without its dialect.
  enum Kind: Int, CaseIterable, Sendable {
    // the kernel's own
    case printkStamp, relativeStamp, dateStamp, level, decodedLevel, callerID, kmsg, dropped, replayed
    // vendors' printk
    case mediatek, mediatekModule, meizu, samsung, lgeCPU, qualcomm, unisoc, huawei, vendorTask
    // log daemons
    case syslog, syslogProtocol, journalFull, journalUnix, journalMonotonic, anaconda, isoTime, kernelTag
    // the clocks of who collects: CI, serial tools
    case bracketTime, grabserial, conserver, timeOfDay, buildkite
    // tools that show or carry lines
    case quote, numbered, grepFile, compose, pod, byteOrderMark, recordSeparator, eventStream
    // containers
    case logcat, journalBoot

    var dialect: LogDialect {
      switch self {
      case .printkStamp: .printkStamp
      case .relativeStamp: .relativeStamp
      case .dateStamp: .dateStamp
      case .level: .level
      case .decodedLevel: .decodedLevel
      case .callerID: .callerID
      case .kmsg: .kmsg
      case .dropped: .dropped
      case .replayed: .replayed
      case .mediatek: .mediatek
      case .mediatekModule: .mediatekModule
      case .meizu: .meizu
      case .samsung: .samsung
      case .lgeCPU: .lgeCPU
      case .qualcomm: .qualcomm
      case .unisoc: .unisoc
      case .huawei: .huawei
      case .vendorTask: .vendorTask
      case .syslog: .syslog
      case .syslogProtocol: .syslogProtocol
      case .journalFull: .journalFull
      case .journalUnix: .journalUnix
      case .journalMonotonic: .journalMonotonic
      case .anaconda: .anaconda
      case .isoTime: .isoTime
      case .kernelTag: .kernelTag
      case .bracketTime: .bracketTime
      case .grabserial: .grabserial
      case .conserver: .conserver
      case .timeOfDay: .timeOfDay
      case .buildkite: .buildkite
      case .quote: .quote
      case .numbered: .numbered
      case .grepFile: .grepFile
      case .compose: .compose
      case .pod: .pod
      case .byteOrderMark: .byteOrderMark
      case .recordSeparator: .recordSeparator
      case .eventStream: .eventStream
      case .logcat: .logcat
      case .journalBoot: .journalBoot
      }
    }
  }

  let kind: Kind
  /// The bytes that it can begin with.
  let begins: [UInt8]
  let stages: [Stage]
  /// Takes the layer off, which would begin at the given place: moves `text` behind it. False: it is not there.
  let strip: @Sendable (inout LogPrefix, Span<UInt8>, Int) -> Bool

  /// `beyondASCII`: it can begin with a letter that has no place in ASCII.
  init(
    _ kind: Kind, begins: String, beyondASCII: Bool = false, stages: [Stage],
    strip: @escaping @Sendable (inout LogPrefix, Span<UInt8>, Int) -> Bool
  ) {
    self.kind = kind
    self.begins = Array(begins.utf8) + (beyondASCII ? Array(0xc2...0xf4) : [])
    self.stages = stages
    self.strip = strip
  }

  static let all: [LogDialect] = Kind.allCases.map(\.dialect)

  /// For each stage and first byte, the dialects to try, as bits: a look at one byte settles most lines. One array for each
  /// stage: what a look costs is mostly the way to the table.
  private static let outside = table(.outside)
  private static let wrapped = table(.wrapped)
  private static let inside = table(.inside)

  private static func table(_ stage: Stage) -> [UInt64] {
    precondition(all.count <= UInt64.bitWidth, "the table of dialects is full")
    var table = [UInt64](repeating: 0, count: 256)
    for (index, dialect) in all.enumerated() where dialect.stages.contains(stage) {
      for byte in dialect.begins { table[Int(byte)] |= 1 << index }
    }
    return table
  }

  /// Whether a layer stands at `at`, right behind printk's stamp. The journal's may begin with any word: that is asked first.
  @inline(__always)
  static func followsStamp(_ line: Span<UInt8>, _ at: Int) -> Bool {
    let left = inside[Int(line[at])]
    guard left != 0 else { return false }
    return left == 1 << UInt64(Kind.journalMonotonic.rawValue)
      ? Daemon.monotonicTag(line, at) != nil : strips(behindStamp: line, at)
  }

  @inline(never)
  private static func strips(behindStamp line: Span<UInt8>, _ at: Int) -> Bool {
    var prefix = LogPrefix()
    prefix.stamp(0, .boot, resolution: 1000)
    return stripOne(&prefix, line, at)
  }

  /// By themselves: looking one up must not touch the rest of a dialect. In a struct, for an array of bare closures calls each
  /// through two thunks.
  private struct Strip: Sendable { let take: @Sendable (inout LogPrefix, Span<UInt8>, Int) -> Bool }
  private static let strips = all.map { Strip(take: $0.strip) }

  /// Takes one layer off; false if there is none that is known.
  static func stripOne(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int) -> Bool {
    let byte = Int(line[at])
    var left =
      switch prefix.stage {
      case .outside: outside[byte]
      case .wrapped: wrapped[byte]
      case .inside: inside[byte]
      }
    while left != 0 {
      let index = left.trailingZeroBitCount
      left &= left - 1
      if strips[index].take(&prefix, line, at) { return true }
    }
    return false
  }

  static let digits = "0123456789"
  static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
}
