import Bytes
import Foundation
import Records
import TestSupport
import Testing

/// What mail programs have broken is put together again; what only looks like it is left alone.
struct WrappedTests {
  private static func sample(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: Here.sample(path))), as: UTF8.self)
  }

  private static func quoted(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }.joined(separator: "\n")
  }

  /// Messages of lines, but for those with a date, with which a line of its own may begin.
  private static func messages(_ text: String) -> Set<String> {
    Set(
      TextRecords(text).logs.map { $0.message.split(separator: " ").joined(separator: " ") }
        .filter { !$0.contains("setting system clock") && !$0.hasPrefix("UTC (") })
  }

  @Test(arguments: [64, 72, 76, 80, 100], [true, false])
  func aLogIsAsItWas(_ width: Int, _ keepsBlanks: Bool) throws {
    let plain = try Self.sample("late-silent-7.3.4/dmesg.txt")
    let wrapped = Wrapped.text(plain, width: width, keepsBlanks: keepsBlanks)
    #expect(wrapped.count(where: { $0 == "\n" }) > plain.count(where: { $0 == "\n" }))
    let expected = Self.messages(plain)
    #expect(expected.count > 300)
    #expect(Self.messages(wrapped).symmetricDifference(expected).count <= expected.count / 50)
    #expect(Self.messages(Self.quoted(wrapped)).symmetricDifference(expected).count <= expected.count / 50)
    let words = "deferred probe timeout, ignoring dependency"
    let told = expected.filter { $0.hasSuffix(words) }
    #expect(!told.isEmpty)
    #expect(Self.messages(wrapped).filter { $0.hasSuffix(words) } == told)
  }

  /// What broke the text, words that did not fit or a terminal's last column, shows before much of it is put together wrongly.
  @Test(arguments: ["clean-acpi-arm64-7.3.4", "natural-7.3.4"], [81, 85])
  func wordsAndColumnsAreToldApart(_ sample: String, _ width: Int) throws {
    let plain = try Self.sample("\(sample)/dmesg.txt")
    let expected = Self.messages(plain)
    #expect(expected.count > 300)
    for wrapped in [Wrapped.text(plain, width: width), Wrapped.terminal(plain, columns: width)] {
      #expect(Self.messages(wrapped).symmetricDifference(expected).count <= expected.count / 50)
    }
  }

  /// Records of a trace, without where their words stand.
  private static func records(_ text: String) -> [String] {
    TextRecords(text).traces.map { entry in
      let what =
        switch entry.record.what {
        case .enter(let role, _, _): "enter \(role)"
        case .leave(let role, _, _, _, let result): "leave \(role) \(result ?? 0)"
        case .abandon(let role): "abandon \(role)"
        case .call(let role, _, _, _): "call \(role)"
        case .event(let event, _): "event \(event)"
        case .lost(let count): "lost \(count ?? 0)"
        }
      return "\(entry.record.tid) \(entry.record.time) \(what)"
    }
  }

  @Test(
    arguments: ["race-bind-7.2.13-fgraph/trace.txt", "natural-7.3.4/trace.txt"], [72, 80, 100])
  func aTraceIsAsItWas(_ path: String, _ width: Int) throws {
    let plain = try Self.sample(path)
    let expected = Self.records(plain)
    #expect(expected.count > 1000)
    for keepsBlanks in [true, false] {
      let wrapped = Wrapped.text(plain, width: width, keepsBlanks: keepsBlanks)
      #expect(Self.records(wrapped) == expected)
      #expect(Self.records(Self.quoted(wrapped)) == expected)
    }
  }

  @Test func squeezedBlanksKeepTheCalls() throws {
    let plain = try Self.sample("race-bind-7.2.13-fgraph/trace.txt")
    let squeezed = plain.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }.joined(separator: "\n")
    #expect(Self.records(squeezed) == Self.records(plain))
  }

  /// A log as it was printed has a line that nobody would have left so long: what stands below it is no rest of anything.
  @Test func linesOfProgramsAreNoRests() {
    // swift-format-ignore
    let long = "[    0.000000] Linux version 6.17.13 (builder@host) (toy-gcc 14, a linker, and more of the same) #1 SMP\n"
    let text =
      "[   10.000000] foo bar: a line of a kernel that may end where it ends, or\n"
      + "program: starting-services-now\n"
    #expect(TextRecords(long + text).logs.map(\.message).contains { $0.hasSuffix("ends, or") })
    #expect(TextRecords(text).logs.count == 1)
  }

  /// The next line of a table's cell, of a YAML block, or of another entry is not the rest of an entry.
  @Test func whatStandsBelowAnEntryIsNotItsRest() {
    // swift-format-ignore
    let entry = "            init-124     [001] .....    22.330000: attach_device_to_domain: IOMMU: device=0000:00:10.5"
    // swift-format-ignore
    let filler = "            init-124     [001] .....    22.310000: rp: (really_probe+0x0/0x3a0) dev=\"0000:00:10.5\" drv=\"nvme\"\n"
    let text = "# tracer: nop\n#\n" + filler + entry + "\n2056\n" + filler
    let lines = TextRecords(text).traces.map(\.line)
    #expect(lines.contains { $0.hasSuffix("device=0000:00:10.5") })
    #expect(!lines.contains { $0.contains("2056") })
  }
}
