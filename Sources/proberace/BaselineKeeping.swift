import ArgumentParser
import Scan
import Writing

/// Which allow-list, where no logs are read.
struct BaselineOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The allow-list.", valueName: "file"), completion: .file())
  var baseline: String

  func read() throws -> Baseline { try ScanOptions.list(baseline) }
}

extension BaselineCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List its entries, each with what limits it.")

    @OptionGroup var file: BaselineOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let list = try file.read()
      let lines = list.entries.map { Plain.safe($0.description(UTC.today.text)) + "\n" }
      let text = lines.isEmpty ? "No entries.\n" : lines.joined()
      try output.write(.text(text), isForReading: true)
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract:
        "Say what is wrong with it: entries that have expired, or let too much pass; then the exit status is 1."
    )

    @OptionGroup var file: BaselineOptions

    func run() throws {
      let list = try file.read()
      let notes = list.notes(Set(list.entries.indices), UTC.today.text)
      for note in notes { Diagnostics.say("proberace: \(Plain.safe(file.baseline)): \(Plain.safe(note))") }
      if !notes.isEmpty { throw ExitCode(1) }
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune", abstract: "Take out the entries that have expired.")

    @OptionGroup var file: BaselineOptions

    func run() throws {
      _ = try file.read()
      let (old, new) = try BaselineFile(path: file.baseline).change { $0.pruned(UTC.today.text) }
      Diagnostics.say(
        "proberace: \(file.baseline): entries before: \(old.entries.count), now: \(new.entries.count)")
    }
  }

  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge", abstract: "Add the entries of other allow-lists.")

    @OptionGroup var file: BaselineOptions

    @Argument(help: "Other allow-lists.", completion: .file())
    var files: [String]

    func run() throws {
      let others = try files.map(ScanOptions.list)
      let (old, new) = try BaselineFile(path: file.baseline).change { $0.merged(with: others) }
      Diagnostics.say(
        "proberace: \(file.baseline): entries before: \(old.entries.count), now: \(new.entries.count)")
    }
  }
}
