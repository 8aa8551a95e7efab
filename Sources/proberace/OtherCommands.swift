import Analysis
import ArgumentParser
import Reading
import Reports
import Verdicts
import Writing

struct TimelineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timeline",
    abstract: "Show what happened to each device, in order: binds, walk visits, groups, domains.",
    usage: "proberace timeline [<options>] <files> ...",
    discussion: """
        proberace timeline --device '0000:00:1*' dmesg.txt trace.txt
        proberace timeline --format html -o boot.html dmesg.txt trace.dat

      It reads what report reads. Devices come with the longest window first: the longest time with a driver set and no IOMMU group. svg \
      stands alone and follows the reader's light or dark system; svg-light and svg-dark do not.

      Exit status: 0; 2 if \(ExitStatus.unread)
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Only devices whose name matches this glob (* and ?).")
  var device: String?

  @Option(
    help: "\(TimelineFormat.all.map(\.id).joined(separator: ", ")).",
    completion: .list(TimelineFormat.all.map(\.id)))
  var format = "terminal"

  func validate() throws {
    try output.refuse(overwriting: input.files)
    if TimelineFormat.named(format) == nil {
      let known = TimelineFormat.all.map(\.id).joined(separator: ", ")
      throw ValidationError("unknown format '\(format)'; there are: \(known)")
    }
  }

  func run() throws {
    let chosen = TimelineFormat.named(format)
    let analysis = try input.analyse(readsAgain: chosen?.readsAgain ?? false)
    if let chosen {
      let text = chosen.render(analysis, device, output.style, RawLines.read)
      try output.write(.text(text), isForReading: format == "terminal")
    }
    let isFound = device.map { device in
      analysis.boots.contains { !TimelineReport.chosen($0, device).isEmpty }
    }
    if let device, isFound == false {
      Diagnostics.say("proberace: no device matches '\(device)'; without --device all are shown")
    }
    throw ExitCode(analysis.isDamaged || isFound == false ? 2 : 0)
  }
}

struct Rules: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "List the causes that proberace knows.", usage: "proberace rules [<options>]")

  @OptionGroup var output: OutputOptions

  @Option(
    help: "terminal, markdown (docs/rules.md), or reports (docs/reports.md: published cases).",
    completion: .list(["terminal", "markdown", "reports"]))
  var format = "terminal"

  func validate() throws {
    if !["terminal", "markdown", "reports"].contains(format) {
      throw ValidationError("unknown format '\(format)'; there are: terminal, markdown, reports")
    }
  }

  func run() throws {
    let text =
      switch format {
      case "markdown": RulesReport.markdown()
      case "reports": PublishedReports.markdown()
      default: RulesReport.list(output.style)
      }
    try output.write(.text(text), isForReading: format == "terminal")
  }
}

struct Formats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats",
    abstract: "List what is read, what is refused, and what each form can decide.",
    usage: "proberace formats [<options>]")

  @OptionGroup var output: OutputOptions

  @Option(help: "terminal or markdown (docs/inputs.md).", completion: .list(["terminal", "markdown"]))
  var format = "terminal"

  func validate() throws {
    if format != "terminal", format != "markdown" {
      throw ValidationError("unknown format '\(format)'; there are: terminal, markdown")
    }
  }

  func run() throws {
    try output.write(
      .text(format == "markdown" ? FormatsReport.markdown() : FormatsReport.list(output.style)),
      isForReading: format == "terminal")
  }
}

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain one cause: what happens, what proves it, what to do.",
    usage: "proberace explain [<options>] <id>")

  @OptionGroup var output: OutputOptions

  @Argument(
    help: "A cause's id (walk-bind-toctou) or letter (F1); proberace rules lists them.",
    completion: .list(Cause.all.map(\.id)))
  var id: String

  func run() throws {
    guard let cause = Cause.named(id) else {
      let near = Cause.all.map(\.id).filter { $0.hasPrefix(id) || $0.contains(id) }
      let which = near.isEmpty ? "proberace rules lists them" : "is it \(near.joined(separator: ", "))?"
      throw ValidationError("no cause '\(id)'; \(which)")
    }
    try output.write(.text(RulesReport.explain(cause, output.style)), isForReading: true)
  }
}
