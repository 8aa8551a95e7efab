import Bytes
import Events
import Records
import TestSupport
import Testing

/// Every word of the list is read by somebody: with it spoilt, a line says something else.
struct KernelWordTests {
  @Test(arguments: KernelWord.allCases)
  func isRead(_ word: KernelWord) {
    #expect(word.sample.contains("\(word.text)"))
    #expect(Self.said(word.sample) != Self.said(word.spoilt))
  }

  /// What the readers make of a message, whatever it may be.
  private static func said(_ message: String) -> [String] {
    let log = Log("[    0.000001] toy bus: begins\n[    1.000000] \(message)\n")
    let report = withBytes(message) { bytes in
      switch ReportLine(bytes, 0..<bytes.count, isStamped: true) {
      case .oops, .bug, .panic, .warning, .hungTask: "\(ReportLine(bytes, 0..<bytes.count, isStamped: true))"
      default: ""
      }
    }
    return log.boots.flatMap { boot in
      boot.events.map { "\($0.what)" } + boot.losses.map { "\($0)" } + ["\(boot.facts)"]
    } + [report] + (0..<log.names.count).map { log.names[Name(index: UInt32($0))] }
  }
}
