import ArgumentParser
import Bytes
import FarmPage
import History
import HistoryReports
import Verdicts
import Writing

struct HistoryAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add the boots of JSON lines: of scan --format jsonl, or of history export.",
    discussion: """
        proberace scan --format jsonl logs/ | proberace history add -

      A line that cannot be read is named, the rest is added, and the exit status is 2.
      """)

  @OptionGroup var history: HistoryOptions
  @OptionGroup var result: HistoryOutput

  @Argument(help: "Files of JSON lines; - is standard input.", completion: .file())
  var files: [String]

  /// Broken lines of a file that are named one by one.
  private static let named = 20

  func run() throws {
    let writer = try history.writer()
    var total = RowImport.Outcome()
    for file in files {
      var told = 0
      let name = file == "-" ? "standard input" : file
      var rows = RowImport(writer, unnamed: name)
      do {
        let one = try rows.read(try LineSource(path: file)) { line, why in
          told += 1
          if told <= Self.named {
            Diagnostics.say("proberace: \(Plain.safe(name)):\(line): \(Plain.safe(why))")
          }
        }
        if told > Self.named {
          Diagnostics.say("proberace: \(name): and \(told - Self.named) broken lines more")
        }
        for run in one.unfinished {
          Diagnostics.say(
            "proberace: \(Plain.safe(name)): run \(Plain.safe(run)) has no end: it was killed, or goes on")
        }
        total.added += one.added
        total.others += one.others
        total.broken += one.broken
        total.unfinished += one.unfinished
      } catch let error as HistoryError {
        throw ValidationError("\(history.path): \(error)")
      } catch {
        throw ValidationError("\(name): \(error)")
      }
    }
    try result.write(
      json: {
        AddedReport.json(
          total.added, others: total.others, broken: total.broken, unfinished: total.unfinished)
      },
      terminal: { AddedReport.terminal(total.added, others: total.others, broken: total.broken) })
    if total.broken > 0 { throw ExitCode(2) }
  }
}

struct HistoryMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Add the boots of other histories: what is there already stays as it is.")

  @OptionGroup var history: HistoryOptions
  @OptionGroup var result: HistoryOutput

  @Argument(help: "Other histories.", completion: .file())
  var files: [String]

  func run() throws {
    let readers = try files.map { file in
      (file, try HistoryOptions.said(file) { () throws(HistoryError) in try HistoryReader(file) })
    }
    if files.contains(where: { FileIdentity($0) == FileIdentity(history.path) }) {
      throw ValidationError("\(history.path): cannot be merged into itself")
    }
    let writer = try history.writer()
    var added = HistoryWriter.Added()
    for (file, reader) in readers {
      added += try HistoryOptions.said(file) { () throws(HistoryError) in try writer.merge(reader) }
    }
    try result.write(
      json: { AddedReport.json(added, others: 0, broken: 0, unfinished: []) },
      terminal: { AddedReport.terminal(added, others: 0, broken: 0) })
  }
}

struct HistoryPrune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Take out the boots before a day.")

  @OptionGroup var history: HistoryOptions
  @OptionGroup var result: HistoryOutput

  @Option(help: ArgumentHelp("The first day to keep, 2026-11-28.", valueName: "date"))
  var before: Day

  @Flag(help: "Give the free space back to the file system; nobody else can write meanwhile.")
  var compact = false

  func run() throws {
    _ = try history.reader()
    let writer = try history.writer()
    let count = try history.said { () throws(HistoryError) in
      let count = try writer.prune(before: before)
      if compact { try writer.compact() }
      return count
    }
    try result.write(
      json: { AddedReport.json(pruned: count) }, terminal: { "\(Plain.count(count, "boot")) taken out\n" })
  }
}

struct HistoryExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write all boots as JSON lines, which history add takes, or what they say together as a page.")

  @OptionGroup var history: HistoryOptions

  @Option(
    name: .shortAndLong, help: "Write to this file instead of standard output (-).", completion: .file())
  var output: String?

  @Option(help: "jsonl or html.")
  var format = Format.jsonl

  enum Format: String, ExpressibleByArgument, CaseIterable { case jsonl, html }

  func run() throws {
    let reader = try history.reader()
    let file = output == "-" ? nil : output
    guard format == .html else { return try rows(reader, file) }
    let page = try history.said { () throws(HistoryError) in
      FarmHTML.render(try FarmSummary(reader, name: history.path))
    }
    if let file { try Output.refuse(file, "--output", overwriting: [history.path]) }
    Output.write(page, to: file)
  }

  private func rows(_ reader: HistoryReader, _ file: String?) throws {
    let lines = GrowingOutput(file)
    defer { lines.flush() }
    try history.said { () throws(HistoryError) in
      let ended = Set(try reader.runs().lazy.filter(\.ended).map(\.name))
      try reader.boots { batch in
        var bytes: [UInt8] = []
        for boot in batch {
          boot.record.value(run: boot.run, day: boot.day, ended: ended.contains(boot.run)).write(to: &bytes)
          bytes.append(10)
        }
        lines.put(bytes)
      }
    }
  }
}
