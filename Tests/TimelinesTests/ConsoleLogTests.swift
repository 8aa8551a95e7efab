import Bytes
import Events
import Testing

@testable import Timelines

/// The kernel log that a trace's messages are.
struct ConsoleLogTests {
  private static func log(_ messages: [(text: String, isKept: Bool)]) -> LogEvents.Boot? {
    var (log, names) = (ConsoleLog(), NameTable())
    for (index, message) in messages.enumerated() {
      var text = message.text
      let hash = text.withUTF8 { unsafe $0.span.hash(0..<$0.count) }
      let name = message.isKept ? names.intern(message.text) : .none
      let event = Event(
        time: Int64(index) * 1000, tid: 1, cpu: 0, comm: .none,
        place: Place(input: 0, line: index + 1, offset: 0),
        body: .console(hash: hash, text: name))
      log.take(event, &names)
    }
    return log.boots(.nanoseconds, hasLost: false).first
  }

  private static let line = (text: "pci 0000:00:02.0: Adding to iommu group 1", isKept: true)

  @Test func emptyMessagesAreNoLoss() throws {
    let boot = try #require(Self.log([Self.line, ("", true)]))
    #expect(boot.events.count == 1 && !boot.facts.hasDropped)
  }

  /// There are more texts than a boot has, and the rest of them is not kept.
  @Test func messagesWithoutTextAre() throws {
    let boot = try #require(Self.log([Self.line, ("what was said", false)]))
    #expect(boot.events.count == 1 && boot.facts.hasDropped)
  }
}
