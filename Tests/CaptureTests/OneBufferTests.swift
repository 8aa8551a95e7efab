// One boot in several pieces says what it says in one: a buffer's files of its CPUs, and a log beside a daemon's copy of it.
import Analysis
import Foundation
import Reading
import TestSupport
import Testing

struct OneBufferTests {
  private static func describe(_ analysis: Analysis) -> [String] {
    analysis.boots.flatMap(\.findings).map {
      "\($0.device) \($0.verdict) \($0.cause?.id ?? "-") \($0.confidence?.rawValue ?? "-")"
    }
  }

  @Test(arguments: ["natural-6.17.13-4", "race-bind-7.2.13-kprobe"])
  func filesOfCPUs(_ sample: String) throws {
    let path = Here.sample("\(sample)/trace.txt")
    let lines = try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n")
    var cpus: [String: [Substring]] = [:]
    for line in lines {
      guard let cpu = line.firstMatch(of: /\[(\d\d\d)\]/)?.output.1 else { continue }
      cpus[String(cpu), default: []].append(line)
    }
    #expect(cpus.count > 1)
    let folder = try TemporaryFolder()
    let header = lines.prefix { $0.hasPrefix("#") }
    let files = try cpus.sorted { $0.key < $1.key }.map {
      try folder.file("cpu\($0.key)", (header + $0.value).joined(separator: "\n") + "\n")
    }
    #expect(Self.describe(Analysis.run(files)) == Self.describe(Analysis.run([path])))
  }

  @Test func copyOfADaemon() throws {
    let path = Here.sample("natural-6.17.13-4/dmesg.txt")
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    let folder = try TemporaryFolder()
    let copy = text.split(separator: "\n").compactMap { line in
      line.firstMatch(of: /^\[ *(\d+)\.(\d+)\] (.*)$/).map {
        "Nov 27 10:00:\($0.output.1.count < 2 ? "0" : "")\($0.output.1) host kernel: \($0.output.3)\n"
      }
    }
    let syslog = try folder.file("syslog", copy.joined())
    let plain = Self.describe(Analysis.run([path]))
    #expect(!plain.isEmpty)
    #expect(Self.describe(Analysis.run([path, syslog])) == plain)
    #expect(Self.describe(Analysis.run([syslog, path])).sorted() == plain.sorted())
  }
}
