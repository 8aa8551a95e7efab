import Foundation
import TestSupport
import Testing

/// `scan --history`, its gate on change, and allow-lists that several jobs write.
struct ChangeCommandTests {
  private static let real = Here.sample("natural-6.17.13-4/dmesg.txt")
  private static let clean = Here.sample("clean-6.12.107/dmesg.txt")

  /// Boots that differ in their last line alone, in folders of a board each.
  private func night(_ folder: TemporaryFolder, _ name: String, clean: Int, real: Int) throws {
    let files = FileManager.default
    let place = folder.path + "/\(name)/rpi/6.17.13"
    try files.createDirectory(atPath: place, withIntermediateDirectories: true)
    for (kind, log, count) in [("clean", Self.clean, clean), ("real", Self.real, real)] {
      let text = try String(contentsOf: URL(filePath: log), encoding: .utf8)
      for number in 0..<count {
        try (text + "[  999.000000] farm: \(name) \(kind) \(number)\n").write(
          toFile: "\(place)/\(kind)-\(number).log", atomically: false, encoding: .utf8)
      }
    }
  }

  @Test func theNightOfTheRiseStops() throws {
    let folder = try TemporaryFolder()
    try night(folder, "one", clean: 40, real: 1)
    try night(folder, "two", clean: 40, real: 1)
    try night(folder, "three", clean: 20, real: 20)
    func scan(_ night: String) throws -> Command {
      try Command.shell(
        "cd '\(folder.path)'; $P scan -q --labels-from-path '{board}/{kernel}/' --fail-on regression --history farm.sqlite \(night)"
      )
    }
    let first = try scan("one")
    #expect(
      first.code == 0 && first.errors.contains("no earlier boots: nothing to compare with"), "\(first.errors)"
    )
    #expect(try scan("two").code == 0)
    for _ in 0..<2 {
      let third = try scan("three")
      #expect(
        third.code == 1 && third.errors.contains("risen: ")
          && third.errors.contains(" on rpi: 20 of 40 boots, before 2 of"))
    }
    let shown = try Command.shell("cd '\(folder.path)'; $P history show --history farm.sqlite")
    #expect(shown.output.contains("122 boots") && shown.output.contains("boards: rpi\n"), "\(shown.output)")
  }

  @Test func whatIsNewStopsUnlessItIsListed() throws {
    let folder = try TemporaryFolder()
    try night(folder, "one", clean: 3, real: 0)
    try night(folder, "two", clean: 3, real: 1)
    _ = try folder.file("known.json", "{\"schema\":\"proberace/baseline@1\",\"entries\":[]}")
    let line = "cd '\(folder.path)'; $P scan -q --fail-on none --history a one; cp a b; "
    let new = try Command.shell(line + "$P scan -q --fail-on regression --history a two")
    #expect(new.code == 1 && new.errors.contains("new: probe-before-domain, real, "), "\(new.errors)")
    let listed = try Command.shell(
      line + "$P baseline update --baseline known.json --fail-on real,undetermined,false-positive two; "
        + "$P scan -q --fail-on regression --baseline known.json --history b two")
    #expect(listed.code == 0, "\(listed.errors)")
  }

  /// As if older rules had judged them: what is there and the same is judged anew, in an archive too.
  @Test func olderVerdictsAreJudgedAnew() throws {
    let folder = try TemporaryFolder()
    try night(folder, "logs", clean: 2, real: 2)
    let answer = try Command.shell(
      """
      cd '\(folder.path)'; tar cf packed.tar -C logs rpi/6.17.13/real-1.log; rm logs/rpi/6.17.13/real-1.log
      $P scan -q --fail-on none --label board=x --history h logs packed.tar
      $P history export --history h | sed 's/"rules":[0-9]*/"rules":1/; s/"findings":.*/"findings":[]}/' | $P history add --history old - 2> /dev/null
      rm logs/rpi/6.17.13/clean-0.log; echo more >> logs/rpi/6.17.13/clean-1.log
      $P history rejudge --history old; $P history rejudge --history old
      $P history show --history old
      """)
    #expect(
      answer.output.contains("2 judged anew, 1 whose logs are gone, 1 whose logs hold something else now"),
      "\(answer)")
    #expect(answer.output.contains("0 judged anew, 1 whose logs are gone, 1 whose"))
    #expect(
      answer.output.contains("4 boots") && answer.output.contains("probe-before-domain, real")
        && answer.output.contains("boards: x"))
  }

  @Test func aCommandLineWithoutAHistoryIsWrong() throws {
    let scan = try Command.run("scan", "--fail-on", "regression", Self.clean)
    #expect(scan.code == 2 && scan.errors.contains("--fail-on regression needs --history FILE"))
    #expect(try Command.run("report", "--fail-on", "regression", Self.clean).code == 2)
    #expect(try Command.run("scan", "--fail-on", "none", "--history", "/dev/null", Self.clean).code == 2)
  }

  /// Five at once: each adds its own entry to what the others wrote.
  @Test func nothingIsLostBetweenUpdates() throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOf: URL(filePath: Self.real), encoding: .utf8)
    for number in 1...5 {
      _ = try folder.file("\(number).log", text.replacing("0000:00:05.1", with: "0000:0\(number):05.1"))
    }
    let update = try Command.shell(
      """
      cd '\(folder.path)'
      for n in 1 2 3 4 5; do $P baseline update --baseline known.json $n.log & done
      wait
      $P baseline list --baseline known.json
      """)
    for number in 1...5 { #expect(update.output.contains("on 0000:0\(number):05.1"), "\(update.output)") }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/known.json.lock"))
  }

  @Test func whatIsLearnedOnABoardHoldsForThatBoard() throws {
    let folder = try TemporaryFolder()
    try night(folder, "logs", clean: 0, real: 1)
    let answer = try Command.shell(
      """
      cd '\(folder.path)'; cp -r logs/rpi logs/other
      $P baseline update --labels-from-path '{board}/{kernel}/' --rate 2% --baseline known.json --exclude other logs 2> /dev/null
      $P baseline list --baseline known.json
      $P scan -q --labels-from-path '{board}/{kernel}/' --baseline known.json --exclude other logs; echo $?
      $P scan -q --labels-from-path '{board}/{kernel}/' --baseline known.json --exclude rpi logs; echo $?
      """)
    #expect(
      answer.output.contains("boards: rpi, at most 0.02 of the boots") && answer.output.hasSuffix("0\n1\n"),
      "\(answer.output)")
  }

  @Test func listsAreLookedAfter() throws {
    let folder = try TemporaryFolder()
    let entry = "{\"cause\":\"probe-before-domain\",\"verdict\":\"real\",\"expires\":\"2020-01-01\"}"
    let list = try folder.file("list", "{\"schema\":\"proberace/baseline@1\",\"entries\":[\(entry)]}")
    let other = try folder.file(
      "other",
      "{\"schema\":\"proberace/baseline@1\",\"entries\":[{\"cause\":\"double-probe\",\"verdict\":\"real\"}]}")
    let check = try Command.run("baseline", "check", "--baseline", list)
    #expect(check.code == 1 && check.errors.contains("expired on 2020-01-01"))
    #expect(try Command.run("baseline", "prune", "--baseline", list).errors.contains("before: 1, now: 0"))
    #expect(
      try Command.run("baseline", "merge", "--baseline", list, other, other).errors.contains(
        "before: 0, now: 1"))
    #expect(try Command.run("baseline", "check", "--baseline", list).code == 0)
    #expect(try Command.run("baseline", "list", "--baseline", list).output == "double-probe, real\n")
  }
}
