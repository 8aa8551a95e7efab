import Analysis
import ArgumentParser
import Check
import Reading
import Recipes
import Reports

extension Target: ExpressibleByArgument {}
extension Firmware: ExpressibleByArgument {}

extension KernelVersion: ExpressibleByArgument {
  /// As ArgumentParser asks for it; nil where `init(_:)` is.
  package init?(argument: String) { self.init(argument) }
}

struct Capture: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Print how to capture the race; or check what a capture can decide.",
    usage: """
      proberace capture [<options>]
      proberace capture --check <files> ...
      proberace capture --facts
      proberace capture --for <facts>
      """,
    discussion: """
      Prints what to paste, for one way of capturing. The probes are on functions that every build of a kernel has.

        proberace capture --target cmdline --kernel 6.17
        proberace capture --android --device '*.drmdecon'
        proberace capture --target reload --device 0000:00:03.0

      With --check it reads a capture, in any form that report reads, and says which causes it can decide and what to add.

        proberace capture --check dmesg.txt trace.txt

      With --facts it prints a script that collects into one text file what a live board knows (it only reads; root sees \
      more). The file goes to report beside log and trace, or to --for, which prints the one recipe that works on that \
      board's kernel, with the symbols that it has.

        proberace capture --facts | ssh root@board sh > facts.txt
        proberace capture --for facts.txt

      Exit status of --for: 0 there is a recipe; 1 nothing works on that kernel, it says why; 2 the file holds no facts.
      Exit status of --check: 0 every cause can be decided; 1 something is missing; 2 an input could not be read, or \
      is damaged.
      """)

  @Option(
    help:
      "How to capture; default: cmdline, with --android bootconfig, for an -rt kernel tracefs, with --for the first that works."
  )
  var target: Target?

  @Option(help: ArgumentHelp("The kernel to be traced, e.g. 6.17 or `uname -r`.", valueName: "version"))
  var kernel: KernelVersion?

  @Flag(help: "An Android device with a GKI kernel.")
  var android = false

  @Option(
    help: "What names the IOMMUs of devices; default: devicetree, for a --kernel of x86 (amd64) acpi.")
  var firmware: Firmware?

  @Option(help: "The client's name, or a glob for it: chooses the bus whose functions are probed.")
  var device: String?

  @Flag(help: "Read the files instead, and say what they can decide.")
  var check = false

  @Flag(help: "Print what to run on a live board to collect what it knows (board facts).")
  var facts = false

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Print the one recipe that works on the kernel that these board facts are of.", valueName: "facts"),
    completion: .file())
  var board: String?

  @Option(
    name: .shortAndLong, help: "Write to this file instead of standard output.", completion: .file())
  var output: String?

  @Argument(help: "With --check: the files of one boot; - is standard input.", completion: .file())
  var files: [String] = []

  private var recipe: Recipe {
    Recipe(target, kernel: kernel, isAndroid: android, device: device, firmware: firmware)
  }

  func validate() throws {
    if [check, facts, board != nil].count(where: { $0 }) > 1 {
      throw ValidationError("--check, --facts and --for are three things: ask for one")
    }
    if board != nil, kernel != nil || android {
      throw ValidationError("--for knows the kernel by the facts: leave --kernel and --android out")
    }
    if check, files.isEmpty { throw ValidationError("--check needs the files of a capture") }
    if !check, let file = files.first {
      throw ValidationError("'\(file)': files are read with --check only")
    }
    if !check, !facts, board == nil, let fault = recipe.fault { throw ValidationError(fault) }
  }

  func run() throws {
    if facts { return Output.write(FactsScript.text, to: output) }
    if let board { return try printRecipe(for: board) }
    guard check else { return Output.write(recipe.text, to: output) }
    let analysis = Analysis.run(files)
    Diagnostics.tellDamage(analysis)
    let result = CaptureCheck(analysis)
    Output.write(CheckReport.render(result, analysis), to: output)
    throw ExitCode(analysis.isDamaged ? 2 : result.isComplete ? 0 : 1)
  }

  private func printRecipe(for path: String) throws {
    let analysis = Analysis.run([path])
    guard let facts = analysis.boots.lazy.compactMap(\.timeline.facts).first else {
      Diagnostics.tellDamage(analysis)
      // What could not be read at all has been named.
      if analysis.inputs.allSatisfy({ $0.format == nil && !$0.losses.isEmpty }) { throw ExitCode(2) }
      throw ValidationError(
        "'\(path)': no board facts in here; proberace capture --facts prints what collects them")
    }
    Diagnostics.tellDamage(analysis)
    let recipe = BoardRecipe(BoardKernel(facts), target: target, device: device)
    Output.write(BoardRecipeReport.render(recipe), to: output)
    throw ExitCode(recipe.recipe == nil ? 1 : 0)
  }
}
