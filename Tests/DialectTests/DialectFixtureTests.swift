import TestSupport
import Testing

@testable import Records

/// What the readers know to take off a line stands in a log of these tests: else nothing holds it.
struct DialectFixtureTests {
  /// What was taken off lines, or opened.
  private struct Seen {
    var dialects: Set<LogDialect.Kind> = []
    var envelopes: Set<LogEnvelope.Kind> = []

    /// Takes a line's layers off, in the order of the readers.
    mutating func strip(_ line: Span<UInt8>) {
      var prefix = LogPrefix()
      var layers = 0
      while layers < 12, prefix.text < line.count, !prefix.isForeign {
        let at = prefix.stage == .outside ? line.skipBlanks(from: prefix.text, to: line.count) : prefix.text
        guard at < line.count, let kind = first(&prefix, line, at) else { return }
        dialects.insert(kind)
        layers += 1
      }
    }

    private func first(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int) -> LogDialect.Kind? {
      for dialect in LogDialect.all
      where dialect.stages.contains(prefix.stage) && dialect.begins.contains(line[at]) {
        if dialect.strip(&prefix, line, at) { return dialect.kind }
      }
      return nil
    }

    /// Opens what a line is wrapped in; false if it is not.
    mutating func open(_ line: Span<UInt8>, _ state: inout LogEnvelope.State) -> Bool {
      let at = line.skipBlanks(from: 0, to: line.count)
      guard at < line.count, state.mayOpen(line, at, isOutermost: true) else { return false }
      for envelope in LogEnvelope.all {
        state.text = []
        state.messages = []
        guard envelope.open(line, at, &state) else { continue }
        envelopes.insert(envelope.kind)
        var start = 0
        for message in state.messages {
          strip(state.text.span.extracting(start..<message.end))
          start = message.end
        }
        return true
      }
      return false
    }
  }

  /// A logcat line is opened as an envelope first (DialectShapeTests), and the journal's line between two boots stands in no log of one:
  /// DialectTests has two.
  private static let elsewhere: Set<LogDialect.Kind> = [.logcat, .journalBoot]

  @Test func everyDialectIsInALog() throws {
    let log = try PlainLog(PlainLog.samples[0])
    var seen = Seen()
    for dialect in Dialect.all {
      var state = LogEnvelope.State()
      for line in dialect.render(log).split(whereSeparator: { $0 == 10 || $0 == 13 }) {
        let line = Array(line)
        if !seen.open(line.span, &state) { seen.strip(line.span) }
      }
    }
    #expect(Set(LogDialect.Kind.allCases).subtracting(seen.dialects) == Self.elsewhere)
    #expect(LogEnvelope.Kind.allCases.filter { !seen.envelopes.contains($0) } == [])
  }
}
