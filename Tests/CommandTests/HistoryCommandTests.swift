import Foundation
import TestSupport
import Testing

/// `history`, as a farm uses it.
struct HistoryCommandTests {
  private func ask(_ arguments: String..., in folder: TemporaryFolder) throws -> Command {
    try Command.run(
      Command.executable, ["history"] + arguments + ["--history", folder.path + "/farm.sqlite"], nil, [:])
  }

  /// Made by Benchmarks/farm.py: each rise that was planted is named, and nothing else. `make farm` has twenty.
  @Test(arguments: [1, 2])
  func whatWasPlantedIsFound(_ seed: Int) throws {
    let folder = try TemporaryFolder()
    let farm = Here.root.appending(path: "Benchmarks/farm.py").path(percentEncoded: false)
    let made = try Command.shell(
      "cd '\(folder.path)'; python3 '\(farm)' \(seed) --boots 40000 2> truth | $P history add --history farm.sqlite -"
    )
    #expect(made.code == 0 && made.errors.isEmpty, "\(made.errors)")
    let truth = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: folder.url.appending(path: "truth")))
        as? [String: Any])
    let answer = try ask("regressions", "--format", "json", in: folder)
    let rows = try #require(JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [[String: Any]])
    let boards = try #require(truth["boards"] as? [String])
    #expect(Set(rows.compactMap { $0["board"] as? String }) == Set(boards))
    for row in rows {
      #expect(
        row["cause"] as? String == truth["cause"] as? String
          && row["kernel"] as? String == truth["kernel"] as? String)
      #expect(row["p"] as? Double ?? 1 < 0.01)
      let (before, after) = (row["before"] as? [String: Int], row["after"] as? [String: Int])
      #expect(
        try #require(before?["n"]) * #require(after?["of"]) < #require(after?["n"]) * #require(before?["of"]))
    }
  }

  @Test func whatIsWrongIsSaid() throws {
    let folder = try TemporaryFolder()
    let none = try ask("show", in: folder)
    #expect(none.code == 2 && none.errors.contains("there is no such file"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/farm.sqlite"))
    let killed =
      HistoryRows.text(boots: 2).split(separator: "\n").dropLast().joined(separator: "\n") + "\n{\"schema\""
    let broken = try ask("add", folder.file("rows", killed), in: folder)
    #expect(broken.code == 2 && broken.errors.contains("rows:3: it is no JSON object"))
    #expect(broken.errors.contains("run r has no end: it was killed, or goes on"))
    #expect(try ask("show", in: folder).output.contains("2 boots, 2 of them count; 1 run"))
    #expect(
      try ask("compare", "6.17.13", "nowhere", in: folder).errors.contains(
        "no boot is of a kernel or a board 'nowhere'"))
    #expect(try ask("trend", "--by", "hour", in: folder).code == 2)
    #expect(try ask("merge", folder.path + "/farm.sqlite", in: folder).errors.contains("into itself"))
  }

  @Test func theStateFolderIsTheDefault() throws {
    let folder = try TemporaryFolder()
    let rows = try folder.file("rows", HistoryRows.text(boots: 1))
    let added = try Command.run(
      "history", "add", rows, environment: ["XDG_STATE_HOME": folder.path + "/state"])
    #expect(
      added.code == 0
        && FileManager.default.fileExists(atPath: folder.path + "/state/proberace/history.sqlite"))
  }

  /// Five at once: each waits for the others.
  @Test func nothingIsLostBetweenWriters() throws {
    let folder = try TemporaryFolder()
    for number in 0..<5 {
      _ = try folder.file(
        "\(number).jsonl", HistoryRows.text(boots: 2500, first: number * 2500, run: "run-\(number)"))
    }
    let added = try Command.shell(
      "cd '\(folder.path)'; for n in 0 1 2 3 4; do $P history add --history farm.sqlite $n.jsonl & done; wait"
    )
    #expect(added.errors.isEmpty, "\(added.errors)")
    #expect(try ask("show", in: folder).output.contains("12500 boots, 12500 of them count; 5 runs"))
  }

  /// kill -9 between any two writes: what was committed is there, and what is added again makes it whole. `make history` has two hundred.
  @Test func whatIsCommittedOutlivesAKill() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("rows.jsonl", HistoryRows.text(boots: 20_000))
    let killed = try Command.shell(
      """
      cd '\(folder.path)'
      for delay in 0.02 0.05 0.1 0.15 0.2; do
        timeout -s KILL $delay $P history add --history farm.sqlite rows.jsonl > /dev/null 2>&1
      done
      $P history add --history farm.sqlite rows.jsonl > /dev/null && $P history show --history farm.sqlite
      """)
    #expect(
      killed.output.contains("20000 boots, 20000 of them count; 1 run"), "\(killed.output) \(killed.errors)")
  }

  @Test func exportIsAddedAgain() throws {
    let (one, two) = (try TemporaryFolder(), try TemporaryFolder())
    let rows = HistoryRows.text(boots: 30, cause: "probe-before-domain")
    _ = try ask("add", one.file("rows", rows), in: one)
    let exported = try ask("export", in: one)
    _ = try ask("add", two.file("rows", exported.output), in: two)
    #expect(
      try ask("export", in: two).output == exported.output
        && exported.output.split(separator: "\n").count == 30)
  }

  /// Names come from logs.
  @Test func namesAreEscaped() throws {
    let folder = try TemporaryFolder()
    let rows = HistoryRows.text(boots: 2, cause: "probe-before-domain", board: "\\u001b[31mred\\u202e")
    _ = try ask("add", folder.file("rows", rows), in: folder)
    let shown = try ask("show", in: folder)
    #expect(shown.output.contains("\\x1b[31mred\\x202e") && !shown.output.contains("\u{1b}"))
    #expect(!(try ask("show", "--format", "json", in: folder).output.contains("\u{1b}")))
  }
}
