import ArgumentParser
import Bytes
import History
import HistoryReports
import Verdicts
import Writing

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Keep the boots of many scans, and ask what they say together.",
    discussion: """
        proberace scan --labels-from-path '{board}/' --history farm.sqlite logs/
        proberace history regressions --history farm.sqlite

      A boot is its content: what is added twice is there once. Rates count boots that could have shown a race, never logs or findings.

      Exit status: 0; or 2 if the command line or the history is wrong.
      """,
    subcommands: [
      HistoryAdd.self, HistoryMerge.self, HistoryShow.self, HistoryTrend.self, HistoryCompare.self,
      HistoryRegressions.self, HistoryRejudge.self, HistoryPrune.self, HistoryExport.self,
    ])
}

struct HistoryShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what the history has, by groups of findings.")

  @OptionGroup var history: HistoryOptions
  @OptionGroup var result: HistoryOutput

  func run() throws {
    let reader = try history.reader()
    let report = try history.said { () throws(HistoryError) in
      OverviewReport(farm: try reader.counts(), groups: try reader.groups(), runs: try reader.runs())
    }
    try result.write(json: report.json) { report.terminal(result.output.style) }
  }
}

struct HistoryRegressions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regressions",
    abstract: "Say which rates rose, on which board, since which kernel.",
    discussion: """
      Of each cause on each board the kernels are put in their order, and the place is sought where two rates fit better than one; what chance \
      would do to so many boards and causes is reckoned in. json is an array, the least probable by chance first.
      """)

  @OptionGroup var history: HistoryOptions
  @OptionGroup var result: HistoryOutput

  @Option(
    help: ArgumentHelp(
      "Only rises at a kernel whose first boot on that board was on this day or later.", valueName: "date"))
  var since: Day?

  func run() throws {
    let reader = try history.reader()
    let farm = try history.said { () throws(HistoryError) in try reader.counts() }
    let regressions = Regression.all(farm).filter { regression in
      guard let since else { return true }
      let cell = Cell(board: regression.board, kernel: regression.kernel)
      return farm.boots[cell]?.days.map { $0.lowerBound >= since } ?? false
    }
    try result.write(
      json: { RegressionsReport.json(regressions) },
      terminal: { RegressionsReport.terminal(regressions, result.output.style) })
  }
}

struct HistoryTrend: ParsableCommand {
  enum Order: String, ExpressibleByArgument, CaseIterable { case kernel, board, day }

  static let configuration = CommandConfiguration(
    commandName: "trend", abstract: "Show rates along kernels, boards or days, with their 95 % intervals.")

  @OptionGroup var history: HistoryOptions
  @OptionGroup var result: HistoryOutput

  @Option(help: "kernel, board or day.")
  var by: Order

  @Option(
    help: ArgumentHelp(
      "This cause alone: its id, or the signature of what is undetermined.", valueName: "id"),
    completion: .list(Cause.all.map(\.id))
  )
  var cause: String?

  @Option(help: "This board alone.")
  var board: String?

  @Option(
    help: ArgumentHelp(
      "Say how many more clean boots it takes until the rate is below this (1%).", valueName: "rate"))
  var below: Share?

  func run() throws {
    let reader = try history.reader()
    // Days are counted by themselves: of all boots only names are asked then, if that.
    let isAsked = by != .day || cause != nil || board != nil
    let farm = try history.said { () throws(HistoryError) in
      isAsked ? try reader.counts() : FarmCounts()
    }
    let topic = try cause.map { try Self.topic($0, farm) }
    if let board, !farm.boards.contains(board) {
      throw ValidationError("no boot is of a board '\(Plain.safe(board))'; history show lists them")
    }
    let keys = try history.said { () throws(HistoryError) in
      if by == .day { return try reader.days(board: board).map { (key: $0.day.text, counts: $0.counts) } }
      let part = board.map { board in farm.part { $0.board == board } } ?? farm
      return TrendReport.keys(part, byKernel: by == .kernel)
    }
    let report = TrendReport(by: by.rawValue, keys, topic: topic, limit: below?.value)
    try result.write(json: report.json) { report.terminal(result.output.style) }
  }
}

extension HistoryTrend {
  /// What boots are counted under: a misspelt one would have a rate of 0.
  private static func topic(_ name: String, _ farm: FarmCounts) throws -> String {
    if farm.topics.contains(name) { return name }
    guard let cause = Cause.named(name) else {
      throw ValidationError(
        "no boot shows a cause or a signature '\(Plain.safe(name))', and proberace rules has none of it; history show lists them"
      )
    }
    return cause.id
  }
}

struct HistoryCompare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Put two kernels, or two boards, beside each other.",
    discussion: "  proberace history compare 6.17.13 7.3.4")

  @OptionGroup var history: HistoryOptions
  @OptionGroup var result: HistoryOutput

  @Argument(help: "A kernel or a board, as it is counted.") var a: String
  @Argument(help: "Another.") var b: String

  func run() throws {
    let reader = try history.reader()
    let farm = try history.said { () throws(HistoryError) in try reader.counts() }
    let (kernels, boards) = (Set(farm.kernels), Set(farm.boards))
    let subject: Comparison.Subject
    if kernels.contains(a), kernels.contains(b) {
      subject = .kernel
    } else if boards.contains(a), boards.contains(b) {
      subject = .board
    } else {
      let missing = [a, b].first { !kernels.contains($0) && !boards.contains($0) }
      throw ValidationError(
        missing.map { "no boot is of a kernel or a board '\(Plain.safe($0))'; history show lists them" }
          ?? "one is a kernel and the other a board")
    }
    let comparison = Comparison(farm, subject, a, b)
    try result.write(
      json: { ComparisonReport.json(comparison, a, b) },
      terminal: { ComparisonReport.terminal(comparison, a, b, result.output.style) })
  }
}
