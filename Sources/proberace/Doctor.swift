import ArgumentParser
import Doctor

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine can show of the race, and what to do next.",
    usage: "proberace doctor [<options>]",
    discussion: """
      Can this kernel print the warning, does the machine have IOMMUs, which captures are possible here? It only looks.

        proberace doctor
        proberace doctor --format json

      For another machine: proberace capture --facts.

      Exit status: 0 a race would show here and can be captured; 1 something is missing, and it says what.
      """)

  @OptionGroup var output: OutputOptions

  @Option(help: "terminal or json.", completion: .list(["terminal", "json"]))
  var format = "terminal"

  @Option(help: ArgumentHelp("Look below this folder instead of /.", visibility: .hidden))
  var root = ""

  func validate() throws {
    if format != "terminal", format != "json" {
      throw ValidationError("unknown format '\(format)'; there are: terminal, json")
    }
  }

  func run() throws {
    let path = Output.environment("PATH")?.split(separator: ":").map(String.init) ?? []
    let machine = MachineReader(root: root).read(path: path)
    let checkup = Checkup(machine)
    try output.write(
      .text(
        format == "json" ? DoctorReport.json(checkup, machine) : DoctorReport.render(checkup, output.style)),
      isForReading: format == "terminal")
    throw ExitCode(checkup.isReady ? 0 : 1)
  }
}
