import Analysis
import ArgumentParser
import Reports
import Writing

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Judge every late-IOMMU-probe warning of one boot.",
    usage: "proberace report [<options>] <files> ...",
    discussion: """
      Kernel logs, ftrace or trace-cmd report text and trace.dat are recognised by their content, also packed, in an \
      archive, a bug report, a mail or a page (proberace formats has the list). More files of the same boot make \
      verdicts surer: the log has the warning, the trace has the order of things.

        proberace report dmesg.txt trace.txt
        dmesg | proberace report -
        proberace report --format html -o report.html dmesg.txt trace.dat
        proberace report --format json --fail-on real dmesg.txt > report.json
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "\(ReportFormat.all.map(\.id).joined(separator: ", ")).")
  var format = "terminal"

  @Option(
    help: "Exit with 1 if a finding has one of these verdicts: real, undetermined, false-positive; or none.")
  var failOn = FailOn.standard

  @Option(
    name: .customLong("what-if"),
    help: ArgumentHelp(
      "Add a section: device-lock, what taking device_lock() in the walk would have done in this boot (formats terminal and json).",
      valueName: "question"))
  var whatIf: String?

  func validate() throws {
    try output.refuse(overwriting: input.files)
    if let whatIf, whatIf != "device-lock" {
      throw ValidationError("unknown question '\(whatIf)'; there is: device-lock")
    }
    if ReportFormat.named(format) == nil {
      let known = ReportFormat.all.map(\.id).joined(separator: ", ")
      throw ValidationError("unknown format '\(format)'; there are: \(known)")
    }
    // JSON has the section always.
    if whatIf != nil, format != "terminal", format != "json" {
      throw ValidationError("--what-if is answered by the formats terminal and json, not by \(format)")
    }
  }

  func run() throws {
    let chosen = ReportFormat.named(format)
    let analysis = try input.analyse(readsAgain: chosen?.readsAgain ?? false)
    if let chosen {
      var rendered = chosen.render(analysis, output.style)
      if whatIf != nil, case .text(let text) = rendered, format == "terminal" {
        rendered = .text(text + DeviceLockReport.render(analysis, output.style))
      }
      try output.write(rendered, isForReading: format == "terminal")
    }
    throw ExitCode(failOn.exitCode(analysis))
  }
}
