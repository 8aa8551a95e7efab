// The formats as programs of others read them.
import Foundation
import Reports
import Scan
import ScanReports
import Testing
import Writing

@Suite(.enabled(if: Consumers.areHere)) struct ConsumerTests {
  @Test func `junitparser reads the suites and their counts`() throws {
    let read = try Consumers.read("junit", JUnit.render(sample))
    #expect(
      read["suites"] as? [String] == [
        "proberace causes", "logs/clean.txt", "logs/false.txt", "logs.tar.gz:real.txt (boot 2)",
        "logs/open.txt", "logs/gone.txt",
        "logs/readme.txt", "logs/short.txt",
      ])
    let all = read["cases"] as? [[String: String]] ?? []
    let causes = all.filter { $0["class"] == "proberace.cause" }
    #expect(
      causes.count == causeTests
        && causes.filter { $0["result"] == "Failure" }.map { $0["name"] } == [
          "probe-before-domain", "undetermined",
        ])
    let cases = all.filter { $0["class"] != "proberace.cause" }
    #expect(cases.count == 11)
    #expect(cases.count { $0["result"] == "Failure" } == 2)
    #expect(cases.count { $0["result"] == "Error" } == 1)
    #expect(cases.count { $0["result"] == "Skipped" } == 2)
    let allowed = cases.first { $0["name"] == "0000:00:02.0" }
    #expect(allowed?["result"] == "Passed")
    #expect(allowed?["class"] == "iommu-late-probe/v1:walk:nvme")
    #expect(allowed?["out"]?.contains("https://bugs.example/7") == true)
  }

  @Test func `junitparser reads nasty names, less what XML cannot hold`() throws {
    let read = try Consumers.read("junit", JUnit.render(nastySample))
    let cases = (read["cases"] as? [[String: String]] ?? []).filter { $0["class"] != "proberace.cause" }
    let name = nasty.replacingOccurrences(of: "\u{1b}", with: "").replacingOccurrences(of: "\0", with: "")
    #expect(cases.map { $0["result"] } == ["Passed", "Failure", "Passed", "Error"])
    #expect(cases.dropFirst().prefix(2).allSatisfy { $0["name"] == name })
  }

  @Test func `kcidb-io takes the report`() throws {
    let read = try Consumers.read("kcidb", KCIDB.render(sample))
    #expect(
      read["statuses"] as? [String] == ["PASS", "PASS", "FAIL", "FAIL", "ERROR", "MISS", "MISS"])
    let issues = read["issues"] as? [String: [String: Bool]] ?? [:]
    #expect(
      issues["proberace:walk-bind-toctou:iommu-late-probe-v1:walk:nvme"] == [
        "code": false, "tool": false, "harness": false,
      ])
    #expect(issues["proberace:probe-before-domain:iommu-late-probe-v1:walk:nvme"]?["code"] == true)
    #expect(issues.count == 2)
    #expect(read["incidents"] as? Int == 4)
  }

  @Test func `kcidb-io takes nasty names, long excerpts and a context`() throws {
    var long = nastySample
    for _ in 0..<300 { long.logs[0].findings.append(long.logs[0].findings[0]) }
    let context = KCIDB.Context(origin: "my_ci", build: "my_ci:b1")
    let read = try Consumers.read("kcidb", KCIDB.render(long, context))
    #expect(read["statuses"] as? [String] == ["FAIL", "ERROR"])
    #expect((read["excerpts"] as? [Int])?.allSatisfy { $0 <= 16384 } == true)
    // What is no address is not handed on as one.
    #expect((read["urls"] as? [String])?.isEmpty == true)
  }

  @Test func `SARIF fits the models made from its schema, and sarif-tools reads it`() throws {
    let read = try Consumers.read("sarif", SARIF.render(sample))
    #expect(read["tools"] as? [String] == ["proberace"])
    #expect((read["rules"] as? [String])?.contains("walk-bind-toctou") == true)
    let records = read["records"] as? [[String: Any]] ?? []
    #expect(records.map { $0["severity"] as? String } == ["note", "error", "error", "error", "warning"])
    #expect(records.map { $0["line"] as? Int } == [12, 12, 90, 12, 12])
    #expect(records.last?["code"] as? String == "undetermined")
    #expect(read["suppressed"] as? Int == 1)
    #expect((read["uris"] as? [String])?[1] == "logs.tar.gz%3Areal.txt")
  }

  @Test func `SARIF of nasty names`() throws {
    let read = try Consumers.read("sarif", SARIF.render(nastySample))
    let messages = read["messages"] as? [String] ?? []
    #expect(messages.count == 2)
    #expect(messages.allSatisfy { $0.contains("{{0}} \\[a\\](http") && !$0.contains("[31m {0}") })
    let uris = read["uris"] as? [String] ?? []
    #expect(uris.allSatisfy { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } })
    #expect(uris.first?.removingPercentEncoding == nasty)
  }

  @Test func `tap.py reads each level of the KTAP`() throws {
    let all = try Consumers.read("ktap", KTAP.render(sample))["tests"] as? [[String: Any]] ?? []
    #expect(
      (all.first?["subtests"] as? [[String: Any]])?.count == causeTests && all.first?["ok"] as? Bool == false)
    let tests = Array(all.dropFirst())
    #expect(tests.map { $0["ok"] as? Bool } == [true, true, false, false, false, true, true])
    #expect(tests.map { $0["skip"] as? Bool } == [false, false, false, false, false, true, true])
    let inner = tests[2]["subtests"] as? [[String: Any]] ?? []
    #expect(inner.map { $0["ok"] as? Bool } == [false, true])
    let bad = (try Consumers.read("ktap", KTAP.render(nastySample))["tests"] as? [[String: Any]] ?? [])
      .dropFirst()
    #expect(bad.map { $0["ok"] as? Bool } == [false, false])
    #expect(bad.map { ($0["subtests"] as? [Any])?.count } == [2, 0])
  }

  @Test func `GitHub's renderer sees a table and nothing of what a name says`() throws {
    let read = try Consumers.read("markdown", Markdown.render(nastySample))
    #expect(
      Set(read["tags"] as? [String] ?? []).isSubset(of: [
        "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "code", "details", "summary", "ul",
        "li",
      ]))
    #expect(read["rows"] as? [Int] == [6, 6, 6])
    let codes = read["codes"] as? [String] ?? []
    #expect(codes.contains(Plain.safe(nasty)))
  }

  @Test func `the only link of a comment is the allow-list's`() throws {
    let read = try Consumers.read("markdown", Markdown.render(sample))
    #expect(read["links"] as? [String] == ["https://bugs.example/7"])
    #expect((read["codes"] as? [String])?.contains("logs.tar.gz:real.txt:90 (boot 2)") == true)
    let bad = try Consumers.read("markdown", Markdown.render(nastySample))
    #expect((bad["links"] as? [String])?.isEmpty == true)
  }

  @Test func `a Markdown comment is never longer than GitHub takes`() throws {
    var many = sample
    for index in 0..<2000 {
      many.logs.append(
        log("log\(index)", .complete, [judged(finding(nasty, "probe-before-domain", .real), passes: false)]))
    }
    let read = try Consumers.read("markdown", Markdown.render(many))
    #expect((read["length"] as? Int ?? .max) < 65536)
  }
}
