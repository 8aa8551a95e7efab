import Analysis
import Foundation
import Reading
import TestSupport
import Testing

/// Two boards boot at the same time, and a collector writes their lines into one text, each with its board's name: each says what it says
/// by itself, to report and to scan.
struct MixedTests {
  enum Collector: String, CaseIterable, Sendable {
    case compose, kubectl, pdsh, jenkins, xen, daemon, objects, journal

    func write(_ line: String, _ board: String, _ number: Int) -> String {
      let message = line.drop { $0 != "]" }.dropFirst(2)
      let time = line.prefix { $0 != "]" }.dropFirst().filter { $0 != "." && $0 != " " }
      let quoted = { (text: String) in
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
          + "\""
      }
      return switch self {
      case .compose: "\(board)-1  | \(line)"
      case .kubectl: "[pod/\(board)-0/console] \(line)"
      case .pdsh: "\(board): \(line)"
      case .jenkins: "[2026-11-28T10:00:\(10 + number / 50 % 50).123Z] [\(board)] \(line)"
      case .xen: "(\(board)) \(line)"
      case .daemon: "Nov 28 10:00:\(10 + number / 50 % 50) \(board) kernel: \(line)"
      case .objects: "{\"container_name\": \"\(board)\", \"log\": \(quoted(line))}"
      case .journal:
        "{\"_BOOT_ID\":\"\(String(repeating: board == "one" ? "1" : "2", count: 32))\",\"_TRANSPORT\":\"kernel\","
          + "\"_SOURCE_MONOTONIC_TIMESTAMP\":\"\(Int(time) ?? 0)\",\"SYSLOG_IDENTIFIER\":\"kernel\","
          + "\"MESSAGE\":\(quoted(String(message)))}"
      }
    }
  }

  /// By turns, some lines of each.
  private static func mixed(_ one: [String], _ other: [String]) -> [UInt8] {
    var rest = (one[...], other[...])
    var (lines, turn) = ([String](), 0)
    while !rest.0.isEmpty || !rest.1.isEmpty {
      turn += 1
      lines += rest.0.prefix(turn % 4)
      rest.0 = rest.0.dropFirst(turn % 4)
      lines += rest.1.prefix(turn % 3)
      rest.1 = rest.1.dropFirst(turn % 3)
    }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  @Test(arguments: ["late-silent-7.3.4/dmesg.txt", "f2-multi-iommu-7.3.4-2/dmesg.txt"], Collector.allCases)
  func eachBoardByItself(_ path: String, _ collector: Collector) throws {
    let lines = try Files.lines(path)
    let others = try Files.lines("clean-x86-7.3.4/dmesg.txt")
    let plain = Answer.report(Array((lines.joined(separator: "\n") + "\n").utf8))
    #expect(!plain.findings.isEmpty)
    let text = Self.mixed(
      lines.enumerated().map { collector.write($1, "one", $0) },
      others.enumerated().map { collector.write($1, "two", $0) })
    let analysis = Analysis.run(texts: [text])
    #expect(analysis.boots.count == 2)
    #expect(Answer(analysis).sure == plain.sure, "\(Answer(analysis))")
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(text, in: folder).sure == plain.sure)
  }

  /// A daemon's text that begins with a board's boot; the others come when much of it is written.
  @Test func anotherBoardComesLater() throws {
    let lines = try Files.lines("late-silent-7.3.4/dmesg.txt")
    let others = try Files.lines("clean-x86-7.3.4/dmesg.txt")
    let plain = Answer.report(Array((lines.joined(separator: "\n") + "\n").utf8))
    let one = lines.enumerated().map { Collector.daemon.write($1, "one", $0) }
    let two = others.enumerated().map { Collector.daemon.write($1, "two", $0) }
    #expect(!plain.findings.isEmpty && one.prefix(300).joined().utf8.count > 1 << 14)
    let text =
      Array((one.prefix(300).joined(separator: "\n") + "\n").utf8)
      + Self.mixed(Array(one.dropFirst(300)), two)
    let analysis = Analysis.run(texts: [text])
    #expect(analysis.boots.count == 2)
    #expect(Answer(analysis).sure == plain.sure, "\(Answer(analysis))")
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(text, in: folder).sure == plain.sure)
    // Its lines stand where they stood.
    let places = analysis.boots.flatMap(\.findings).flatMap(\.evidence).compactMap(\.place)
    #expect(!places.isEmpty)
    for place in places {
      let line = text[Int(place.offset)...].prefix { $0 != 10 }
      #expect(String(decoding: line, as: UTF8.self).contains(" one kernel: "))
    }
  }

  /// Servers that have been up for long say a line now and then while it boots.
  @Test func serversSpeakBetween() throws {
    let lines = try Files.lines("late-silent-7.3.4/dmesg.txt")
    let plain = Answer.report(Array((lines.joined(separator: "\n") + "\n").utf8))
    var text = ""
    for (number, line) in lines.enumerated() {
      text += Collector.daemon.write(line, "one", number) + "\n"
      guard number > 250, number % 15 == 0 else { continue }
      let server = "[\(1_234_567 + number).250000] usb 1-1: new high-speed USB device number \(number)"
      text += Collector.daemon.write(server, number % 2 == 0 ? "two" : "three", number) + "\n"
    }
    let analysis = Analysis.run(texts: [Array(text.utf8)])
    #expect(Answer(analysis) == plain, "\(Answer(analysis))")
    #expect(!analysis.inputs.contains { $0.losses.contains { $0.kind == .noOrder } })
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(Array(text.utf8), in: folder) == plain)
  }

  /// A machine has another name until it is told its own, in each of its boots.
  @Test func aBoardThatIsNamedIsOne() throws {
    let lines = try Files.lines("late-silent-7.3.4/dmesg.txt")
    let boots = (0..<6).flatMap { _ in lines }
    let text = { (early: String) in
      let named = boots.enumerated().map {
        Collector.daemon.write($1, $0 % lines.count < 250 ? early : "board", $0)
      }
      return Array((named.joined(separator: "\n") + "\n").utf8)
    }
    let plain = Answer.report(text("board"))
    #expect(!plain.findings.isEmpty)
    let report = Answer.report(text("localhost"))
    #expect(report == plain)
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(text("localhost"), in: folder) == plain)
  }

  /// What alternates in one board's lines is no board: a level, a facility, who speaks.
  @Test(arguments: [["<4>", "<6>"], ["kern  :info  : ", "kern  :warn  : "], ["stdout ", "stderr "]])
  func oneBoardIsOne(_ left: [String]) throws {
    let lines = try Files.lines("late-silent-7.3.4/dmesg.txt")
    let text = lines.enumerated().map { left[$0 % 2] + $1 + "\n" }.joined()
    #expect(Analysis.run(texts: [Array(text.utf8)]).boots.count == 1)
  }
}
