import Bytes
import Foundation
import SQLite
import Statistics
import Testing

@testable import History

struct HistoryTests {
  @Test func whatIsAddedIsThere() throws {
    let place = try Place()
    var labelled = boot(2, causes: ["probe-before-domain", nil], labels: ["board": "rpi", "x": "\"\u{1b}"])
    labelled.kernel = nil
    labelled.hardware = nil
    #expect(try place.add([boot(1), labelled]).new == 2)
    #expect(try place.boots() == [boot(1), labelled])
  }

  @Test func twiceIsOnce() throws {
    let place = try Place()
    let boots = (0..<50).map { boot($0, causes: $0 % 5 == 0 ? ["probe-before-domain"] : []) }
    try place.add(boots)
    let before = try HistoryReader(place.path).counts()
    let added = try place.add(boots + boots, run: "again")
    #expect(added.new == 0 && added.changed == 0 && added.known == 100)
    let after = try HistoryReader(place.path).counts()
    #expect(after.boots == before.boots && after.seen == before.seen)
  }

  /// The counts are those of the boots, whatever was changed and taken out.
  @Test func countsFollow() throws {
    let place = try Place()
    let boots = (0..<60).map { number in
      boot(
        number, board: "b\(number % 3)", kernel: "6.\(17 + number % 2).1",
        causes: number % 4 == 0
          ? ["probe-before-domain", "probe-before-domain"] : number % 7 == 0 ? [nil] : [],
        eligible: number % 5 != 0, labels: number % 2 == 0 ? ["date": "2026-11-0\(1 + number % 9)"] : [:])
    }
    try place.add(boots)
    // Newer rules say otherwise of some, older ones of others.
    try place.add(
      boots[..<20].map { old in boot(Int(old.hash[0]), board: "b9", causes: ["silent-late-iommu"], rules: 4) }
    )
    try place.add(boots[30..<40].map { old in boot(Int(old.hash[0]), board: "b8", rules: 2) })
    let writer = try HistoryWriter(place.path, today: today)
    #expect(try writer.prune(before: #require(Day("2026-11-05"))) > 0)
    let kept = try place.boots()
    #expect(kept.contains { $0.board == "b9" } && !kept.contains { $0.board == "b8" })
    var expected = FarmCounts()
    for record in kept { expected.count(record) }
    var found = try HistoryReader(place.path).counts()
    for cell in found.boots.keys { found.boots[cell]?.days = nil }
    #expect(found.boots == expected.boots && found.seen == expected.seen)
    let groups = try HistoryReader(place.path).groups()
    #expect(groups.reduce(0) { $0 + $1.boots } == kept.count { !$0.findings.isEmpty })
  }

  @Test func mergingIsIdempotent() throws {
    let (one, two) = (try Place(), try Place())
    try one.add((0..<30).map { boot($0) }, run: "a")
    try two.add((20..<50).map { boot($0, causes: ["probe-before-domain"]) }, run: "b", ends: false)
    let writer = try HistoryWriter(one.path, today: Day(number: 1))
    let other = try HistoryReader(two.path)
    #expect(try writer.merge(other).new == 20)
    let before = try one.boots()
    let again = try writer.merge(other)
    #expect(again.new == 0 && again.changed == 0 && again.known == 30)
    #expect(try one.boots() == before)
    let runs = try HistoryReader(one.path).runs()
    #expect(runs.map(\.name) == ["a", "b"] && runs.map(\.ended) == [true, false])
    let counted = try HistoryReader(one.path).counts().boots.values
    #expect(counted.map(\.days) == [today...today] && counted.first?.boots == 50)
  }

  /// What is there stays, whichever file it came from; newer rules are heard, and what its owner calls the boot stays.
  @Test(arguments: [3, 4])
  func mergingTakesNothingAway(_ rules: Int) throws {
    let (one, two) = (try Place(), try Place())
    try one.add([boot(1, board: "QEMU", labels: ["board": "rpi4", "date": "2026-01-01"])])
    var other = boot(1, board: "QEMU", causes: ["probe-before-domain"], rules: rules)
    other.path = "other/1.log"
    try two.add([other], run: "other")
    let before = try one.boots()
    let added = try HistoryWriter(one.path, today: today).merge(HistoryReader(two.path))
    let after = try #require(try one.boots().first)
    #expect(added.changed == rules - 3 && after.board == "rpi4" && after.rules == rules)
    if rules == 3 { #expect(try one.boots() == before) } else { #expect(after.findings.count == 1) }
    #expect(
      try HistoryReader(one.path).counts().boots.values.first?.days?.lowerBound == Day("2026-01-01"))
  }

  /// A WARNING calls the machine otherwise than its boot does. What the log says now counts, where no label named the board.
  @Test func aBootThatWarnsIsOfTheSameBoard() throws {
    let place = try Place()
    let warns = boot(1, board: "Toy (DT)", causes: ["probe-before-domain"], labels: ["lab": "7"])
    try place.add([warns, boot(2, board: "Toy")])
    #expect(try HistoryReader(place.path).counts().boards == ["Toy"])
    try place.add([boot(1, board: "Other (DT)", causes: ["probe-before-domain"], rules: 4)])
    #expect(try HistoryReader(place.path).counts().boards == ["Other", "Toy"])
    #expect(try place.boots().first?.labels == ["lab": "7"])
  }

  /// The parts of a scan on many machines have one name: each has an end of its own.
  @Test func everyPartOfARunEnds() throws {
    let place = try Place()
    func ended() throws -> [Bool] { try HistoryReader(place.path).runs().map(\.ended) }
    try place.add([boot(1)], run: "job7")
    #expect(try ended() == [true])
    try place.add([boot(2)], run: "job7", ends: false)
    #expect(try ended() == [false])
    try place.add([boot(3)], run: "job7")
    #expect(try ended() == [false])
    let other = try Place()
    let merged = try HistoryWriter(other.path, today: today)
    for _ in 0..<2 { _ = try merged.merge(HistoryReader(place.path)) }
    #expect(try HistoryReader(other.path).runs().map(\.ended) == [false])
  }

  /// An example shows what it is an example of, whatever became of the one before.
  @Test func anotherExampleIsFound() throws {
    let place = try Place()
    let real = ["probe-before-domain"]
    let days = ["2026-11-03", "2026-11-02", "2026-11-01"].map { ["date": $0] }
    try place.add((0..<3).map { boot($0, causes: real, labels: days[$0]) })
    func example() throws -> String? { try HistoryReader(place.path).groups().first?.example }
    #expect(try example() == "logs/b/6.17.13/2.log")
    try place.add([boot(1, rules: 4, labels: days[1])])
    #expect(try example() == "logs/b/6.17.13/2.log")
    _ = try HistoryWriter(place.path, today: today).prune(before: #require(Day("2026-11-02")))
    #expect(try example() == "logs/b/6.17.13/0.log")
  }

  /// A file that may only be read is read, and nothing is made beside it.
  @Test func whatMayOnlyBeReadIsRead() throws {
    let place = try Place()
    try place.add([boot(1), boot(2)])
    let odd = place.folder.path + "/a %41?#.sqlite"
    try FileManager.default.copyItem(atPath: place.path, toPath: odd)
    #expect(try HistoryFile.withoutWriting(odd).value("SELECT count(*) FROM boots") == 2)
    let beside = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
    #expect(!beside.contains { $0.hasPrefix("a %") && $0 != "a %41?#.sqlite" })
  }

  /// Which logs were judged to their end, and which are to be looked at again.
  @Test func theStateIsKept() throws {
    let place = try Place()
    var (whole, damaged) = (boot(1), boot(2, causes: ["probe-before-domain"]))
    (whole.state, damaged.state) = ("incomplete", "unreadable")
    try place.add([whole, damaged, boot(3)])
    try place.add([boot(1)])
    var judged: [UInt8: Bool] = [:]
    try HistoryReader(place.path).hashes { judged[$0[0]] = $1 }
    #expect(judged == [1: true, 2: false, 3: false])
    #expect(try place.boots().map(\.state) == ["incomplete", "unreadable", nil])
  }

  @Test func labelsCountButTheLogIsKept() throws {
    let place = try Place()
    try place.add([
      boot(1, board: "QEMU", kernel: "6.17.13", labels: ["board": "rpi", "kernel": "next-20250101"])
    ])
    let counts = try HistoryReader(place.path).counts()
    #expect(Array(counts.boots.keys) == [Cell(board: "rpi", kernel: "next-20250101")])
    let unset = boot(2, board: "QEMU", labels: ["board": "", "kernel": ""])
    #expect(unset.board == "QEMU" && unset.countedKernel == "6.17.13")
    #expect(try place.boots().first?.kernel == "6.17.13" && place.boots().first?.hardware == "QEMU")
  }

  @Test func aFileThatIsNotOursIsRefused() throws {
    let place = try Place()
    let (newer, foreign, text) = (
      place.path, place.folder.path + "/foreign", try place.folder.file("text", "a history")
    )
    try place.add([boot(1)])
    try Connection(newer, patience: 1).run("PRAGMA user_version = 99")
    try Connection(foreign, patience: 1).run("CREATE TABLE t (a)")
    func refusal(_ path: String) -> String {
      do {
        _ = try HistoryWriter(path, today: today)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(refusal(newer).contains("newer proberace (schema 99, this one knows \(Schema.steps.count))"))
    #expect(
      refusal(foreign).contains("another program") && refusal(text).contains("no history of proberace's"))
    #expect(throws: HistoryError.self) { try HistoryReader(place.folder.path + "/none") }
    #expect(!FileManager.default.fileExists(atPath: place.folder.path + "/none"))
  }

  /// What a row says of its evidence is there for whoever asks, in an export, and after a merge; a row without it takes nothing away.
  @Test func evidenceIsKept() throws {
    let place = try Place()
    var record = boot(1, causes: ["walk-bind-toctou"])
    record.findings[0].evidence = [
      EvidenceRecord(text: "the warning", time: 1_500_000_000, line: 12),
      EvidenceRecord(text: "no group", time: nil, line: nil),
    ]
    try place.add([record])
    try place.add([boot(1, causes: ["walk-bind-toctou"])])
    let kept = try place.boots()
    #expect(kept == [record])
    let reader = try HistoryReader(place.path)
    let group = try #require(try reader.groups().first)
    #expect(try reader.example(group)?.record == record)
    let line = kept[0].value(run: "r", day: today, ended: true).text(indent: false)
    guard case .boot(let again, _, _, _) = RowReader().read(Array(line.utf8)) else {
      Issue.record("not read again: \(line)")
      return
    }
    #expect(again == record)
  }

  /// A hostile log's evidence does not grow the file without bound, and what is left out is said.
  @Test func evidenceIsLimited() {
    let many = (0..<40).map {
      EvidenceRecord(text: String(repeating: "x", count: $0 * 100), time: nil, line: $0)
    }
    let record = FindingRecord(signature: "s", cause: nil, verdict: "real", device: "d", evidence: many)
    #expect(
      record.evidence.count == 16 && record.evidence.last?.text == "and 25 more; the log's report has them")
    #expect(record.evidence.allSatisfy { $0.text.utf8.count <= 400 })
    let again = FindingRecord(
      signature: "s", cause: nil, verdict: "real", device: "d", evidence: record.evidence)
    #expect(again == record)
  }

  /// A step that is not taken yet is taken, with all that is there.
  @Test func anOlderSchemaIsBroughtUp() throws {
    let place = try Place()
    try place.add([boot(1)])
    let db = try Connection(place.path, patience: 1)
    try Schema.prepare(db, steps: Schema.steps + ["CREATE TABLE later (a)"])
    #expect(try db.value("PRAGMA user_version") == Schema.steps.count + 1)
    #expect(try db.value("SELECT count(*) FROM boots, later") == 0)
    #expect(try db.value("SELECT count(*) FROM boots") == 1)
  }
}

struct RowImportTests {
  private func add(_ text: String, to place: Place) throws -> (result: RowImport.Outcome, told: [String]) {
    var rows = RowImport(try HistoryWriter(place.path, today: today), unnamed: "stdin")
    var told: [String] = []
    let result = try rows.read(LineSource(bytes: Array(text.utf8))) { told.append("\($0): \($1)") }
    return (result, told)
  }

  private func line(_ record: BootRecord, run: String = "r") -> String {
    record.value(run: run, day: today, ended: false).text(indent: false) + "\n"
  }

  @Test func linesAreReadAndTheBrokenOnesNamed() throws {
    let place = try Place()
    let text =
      line(boot(1, causes: ["probe-before-domain", nil])) + "\n{\"schema\":\n" + line(boot(2))
      + "{\"schema\":\"proberace/scan@1\",\"state\":\"complete\"}\n{\"schema\":\"proberace/scan@1\",\"state\":\"no-kernel-log\"}\n"
      + "{\"schema\":\"proberace/report@1\"}\n"
      + line(boot(3)).replacing("\"size\":60000", with: "\"size\":\"x\"")
      + line(boot(4)).dropLast()
    let (result, told) = try add(text, to: place)
    #expect(result.added.new == 3 && result.others == 1 && result.broken == 4 && result.unfinished == ["r"])
    #expect(
      told == [
        "3: it is no JSON object", "5: it has no hash: an older proberace wrote it, scan the log again",
        "7: its schema is proberace/report@1, not proberace/scan@1", "8: \"size\" is of another type",
      ])
    #expect(try place.boots() == [boot(1, causes: ["probe-before-domain", nil]), boot(2), boot(4)])
  }

  @Test func anEndIsAnEnd() throws {
    let place = try Place()
    let end = "{\"schema\":\"proberace/scan-end@1\"}\n"
    let (result, told) = try add(line(boot(1), run: "a") + end + line(boot(2), run: "b"), to: place)
    #expect(result.unfinished == ["b"] && told.isEmpty)
    #expect(try HistoryReader(place.path).runs().map(\.ended) == [true, false])
  }

  /// The rows of several scans stand between each other, and each has its own last line.
  @Test func rowsOfSeveralScans() throws {
    let place = try Place()
    func end(_ run: String) -> String {
      "{\"schema\":\"proberace/scan-end@1\",\"run\":\"\(run)\"}\n"
    }
    let lines = [
      line(boot(1), run: "a"), line(boot(2), run: "b"), line(boot(3), run: "a"), end("a"),
      line(boot(4), run: "b"), end("b"),
    ]
    let (result, _) = try add(lines.joined(), to: place)
    #expect(result.unfinished.isEmpty && result.added.new == 4)
    #expect(try HistoryReader(place.path).runs().map(\.ended) == [true, true])
  }
}
