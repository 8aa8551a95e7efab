import Analysis
import Foundation
import Reading
import TestSupport
import Testing

/// One text that shows a boot twice, or more than a log: what is said of it is what is said of the boot.
struct CopiesTests {
  private static let logs = ["late-silent-7.3.4/dmesg.txt", "natural-7.3.4/dmesg.txt"]

  private static func bytes(_ lines: some Sequence<String>) -> [UInt8] {
    Array(lines.map { $0 + "\n" }.joined().utf8)
  }

  /// The log in four parts, the newest first, as pstore writes them.
  private static func record(_ name: String, _ lines: ArraySlice<String>) -> [String] {
    let size = (lines.count + 3) / 4
    let parts = stride(from: lines.startIndex, to: lines.endIndex, by: size).map {
      lines[$0..<min($0 + size, lines.endIndex)]
    }
    return parts.reversed().enumerated().flatMap { ["\(name) Part\($0 + 1)"] + $1 }
  }

  /// The kernel died of an oops, and then of a panic: what it had dumped is in the second record once more.
  @Test(arguments: logs) func twoDumpsOfOneBoot(_ path: String) throws {
    let lines = try Files.lines(path)
    let plain = Answer.report(Self.bytes(lines))
    let dumped = Self.bytes(Self.record("Oops#1", lines.dropLast(20)) + Self.record("Panic#2", lines[...]))
    let report = Analysis.run(texts: [dumped])
    #expect(!plain.findings.isEmpty && report.boots.count == 1)
    #expect(Answer(report).findings == plain.findings)
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(dumped, in: folder) == Answer(report))
  }

  /// A console on which somebody looked at the log: some of it stands there once more, in its order.
  @Test(
    arguments: ["late-silent-7.3.4/dmesg.txt", "natural-7.3.4/dmesg.txt", "f2-multi-iommu-7.3.4-2/dmesg.txt"])
  func someOfItOnceMore(_ path: String) throws {
    let lines = try Files.lines(path)
    let plain = Answer.report(Self.bytes(lines))
    let ours = lines.filter { $0.contains("iommu") || $0.contains("IOMMU") }
    let folder = try TemporaryFolder()
    for again in [lines.suffix(100), lines.suffix(20), ours[...], lines.dropLast(30).suffix(60)] {
      let text = Self.bytes(lines + ["root@board:~# dmesg | tail"] + again + ["root@board:~# "])
      let report = Analysis.run(texts: [text])
      #expect(Answer(report) == plain && report.boots.count == 1)
      #expect(try Answer.scan(text, in: folder) == plain)
    }
    // The same of other devices is no copy.
    let others = ours.map { $0.replacing("0000:00:", with: "0000:01:").replacing("lab-cl", with: "lab-cm") }
    let report = Analysis.run(texts: [Self.bytes(lines + others)])
    #expect(report.inputs.flatMap(\.losses).contains { $0.kind == .noOrder })
  }

  /// The next boot in a log, without its hello: a capture kernel's console is quiet, and a console that is joined late has missed it.
  @Test(arguments: [0.0, 4.0, 7.0], [false, true]) func theNextBootWithoutItsHello(
    _ from: Double, _ isQuiet: Bool
  ) throws {
    for path in Self.logs {
      let lines = try Files.lines(path)
      func time(_ line: String) -> Double {
        Double(line.prefix { $0 != "]" }.dropFirst().trimmingPrefix { $0 == " " }) ?? 0
      }
      func later(_ line: String) -> String {
        let micros = Int((time(line) * 1e6).rounded()) + 300
        return "[\(micros / 1_000_000).\(String(1_000_000 + micros % 1_000_000).dropFirst())]"
          + line.drop { $0 != "]" }.dropFirst()
      }
      var next = lines.filter {
        time($0) >= from && !$0.contains("Linux version") && !$0.contains("Booting Linux")
      }
      if isQuiet { next = next.filter { $0.contains("rror") || $0.contains("ignoring") } }
      let plain = Answer.report(Self.bytes(lines))
      let text = Self.bytes(lines + next.map(later))
      let report = Analysis.run(texts: [text])
      #expect(report.boots.count == 2 || isQuiet && path == Self.logs[1])
      let devices = Answer(report).findings.map { $0.split(separator: "/")[2] }
      let own = plain.findings.map { $0.split(separator: "/")[2] }
      #expect(devices.count == own.count * (isQuiet ? 1 : 2) && Set(devices) == Set(own), "\(Answer(report))")
      let folder = try TemporaryFolder()
      #expect(try Answer.scan(text, in: folder).findings == Answer(report).findings)
    }
  }

  /// The same parts of another boot are another boot.
  @Test func dumpsOfTwoBoots() throws {
    let lines = try Self.logs.map { try Files.lines($0) }
    let dumped = Self.bytes(Self.record("Oops#1", lines[0][...]) + Self.record("Panic#2", lines[1][...]))
    #expect(Analysis.run(texts: [dumped]).boots.count == 2)
  }

  /// Apport's report: the kernel's log, and the oops once more without its stamps. It is one warning, though lines of other threads that
  /// the oops holds, too, may leave it open what it was.
  @Test func theOopsBesideItsLog() throws {
    let lines = try Files.lines("natural-7.3.4/dmesg.txt")
    let plain = Analysis.run(texts: [Self.bytes(lines)])
    let first = try #require(lines.firstIndex { $0.contains("[ cut here ]") })
    let end = try #require(lines[first...].firstIndex { $0.contains("---[ end trace") })
    let oops = ["OopsText:"] + lines[first...end].map { " " + $0.drop { $0 != "]" }.dropFirst(2) }
    let log = ["Dmesg.txt:"] + lines.map { " " + $0 }
    let text = Self.bytes(["ProblemType: KernelOops"] + log + oops)
    let report = Analysis.run(texts: [text])
    func warned(_ analysis: Analysis) -> [String] {
      analysis.boots.flatMap(\.findings).map { "\($0.device) \($0.side)" }.sorted()
    }
    #expect(report.boots.count == 1 && !warned(plain).isEmpty && warned(report) == warned(plain))
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(text, in: folder) == Answer(report))
  }

  /// logcat -v raw leaves out what logd took for a tag, and with it half of each name: nobody can say who gave up.
  @Test func whoGaveUpIsNotSaid() throws {
    let lines = try Files.lines("late-silent-7.3.4/dmesg.txt").map { line in
      let message = line.drop { $0 != "]" }.dropFirst(2)
      let colon = message.firstIndex(of: ":")
      return String(colon.map { message[message.index(after: $0)...].drop { $0 == " " } } ?? message)
    }
    let text = Self.bytes(lines)
    let report = Analysis.run(texts: [text])
    #expect(report.boots.flatMap(\.suspects).map(\.device) == ["(unknown device)"])
    #expect(Answer(report).code == "incomplete")
    let folder = try TemporaryFolder()
    #expect(try Answer.scan(text, in: folder).code == "incomplete")
  }

  /// Board facts below their log, in a mail's fence, behind a CI system's time: read as two files are.
  @Test(arguments: ["facts-late-silent-7.3.4", "facts-no-async-x86-7.3.4"])
  func factsInOneTextWithTheLog(_ sample: String) throws {
    let log = try Files.lines("\(sample)/dmesg.txt")
    let facts = try Files.lines("\(sample)/facts.txt")
    let apart = Analysis.run([Here.sample("\(sample)/dmesg.txt"), Here.sample("\(sample)/facts.txt")])
    let alone = Answer.report(Self.bytes(facts))
    #expect(!apart.boots.flatMap(\.findings).isEmpty && !alone.findings.isEmpty)
    let folder = try TemporaryFolder()
    for (text, expected) in [
      (log + facts, Answer(apart)), (log + ["", "```"] + facts + ["```"], Answer(apart)),
      ((log + facts).map { "2026-11-28T10:00:00.1234567Z " + $0 }, Answer(apart)),
      (["Facts:", "", "```"] + facts + ["```"], alone), (facts.map { "> " + $0 }, alone),
    ] {
      let bytes = Self.bytes(text)
      let report = Answer.report(bytes)
      #expect(report == expected)
      #expect(try Answer.scan(bytes, in: folder) == report)
    }
    // Without their end they are cut.
    #expect(Answer.report(Self.bytes(log + facts.dropLast())).exit == 2)
  }

  /// A bug report's ring that has lost its beginning, and in which nothing concerns an IOMMU: its heading has no sign of a log but a
  /// parenthesis, and what stands above is no log.
  @Test func aBugReportWithoutTheBeginning() throws {
    let lines = try Files.lines("clean-7.3.4/dmesg.txt").suffix(40)
    let head = [
      "== dumpstate: 2026-04-01 12:11:00", "", "------ UPTIME (uptime) ------", "up 2 min",
      "------ 0.010s was the duration of 'UPTIME' ------", "------ KERNEL LOG (dmesg) ------",
    ]
    let text = Self.bytes(head + lines + ["------ 0.035s was the duration of 'KERNEL LOG (dmesg)' ------"])
    let report = Answer.report(text)
    #expect(report.code == "incomplete")
    let folder = try TemporaryFolder()
    let scan = try Answer.scan(text, in: folder)
    #expect(scan == report && scan.code == report.code)
  }
}
