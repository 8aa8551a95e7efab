import Analysis
import ArgumentParser
import Bytes
import Inputs
import Reading
import Records
import Reports
import Synchronization
import Verdicts
import Writing

/// What every command that reads captures takes.
struct InputOptions: ParsableArguments {
  @Argument(help: "The files of one boot, in any order; - is standard input.", completion: .file())
  var files: [String]

  @Option(
    name: .customLong("input-format"),
    help: "Take every input for this format instead of recognising it: \(InputOptions.formats).",
    completion: .list(InputFormat.allCases.map(\.id)))
  var inputFormat: String?

  @OptionGroup var kernel: KernelOptions

  @Option(
    help: ArgumentHelp(
      "The probe NAME of a Perfetto recording is on FUNCTION (rp=really_probe); may be repeated.",
      valueName: "name=function"))
  var probe: [String] = []

  static let formats = InputFormat.allCases.map(\.id).joined(separator: ", ")

  func validate() throws {
    if let inputFormat, InputFormat.named(inputFormat) == nil {
      throw ValidationError("unknown input format '\(inputFormat)'; there are: \(Self.formats)")
    }
    if let fault = probe.lazy.compactMap(Analysis.probeFault).first { throw ValidationError(fault) }
    if files.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("standard input (-) can be read only once")
    }
  }

  private static let kept = Mutex<[TemporaryFile]>([])

  /// What is read for what was named.
  typealias Source = (name: String, source: String)

  /// The inputs, and where they can be read: standard input is kept where it is `readsAgain`, and pipes with it where `keepsPipes`.
  func sources(readsAgain: Bool, keepsPipes: Bool = false) throws -> [Source] {
    try files.map { file in
      guard file == "-" ? readsAgain : keepsPipes && Output.isPipe(file) else { return (file, file) }
      do {
        let copy = try file == "-" ? TemporaryFile.standardInput() : TemporaryFile.copy(of: file)
        // Until the process ends: the report reads it.
        Self.kept.withLock { $0.append(copy) }
        return (file, copy.path)
      } catch {
        let name = file == "-" ? "standard input" : file
        throw ValidationError("\(name) cannot be kept in a temporary file: \(error)")
      }
    }
  }

  var format: InputFormat? { inputFormat.flatMap { InputFormat.named($0) } }

  /// What to repeat where the inputs are read again, without files of ours: what a tree said is said by hand.
  func options(_ claims: KernelClaims) -> [String] {
    var options: [String] = []
    for fix in claims.tree?.fixes ?? [] where claims.knows(fix.commit) == nil {
      switch fix.state {
      case .present: options += ["--kernel-has", fix.commit]
      case .absent: options += ["--kernel-lacks", fix.commit]
      case .contradictory, .unknown: break
      }
    }
    for commit in claims.has { options += ["--kernel-has", commit] }
    for commit in claims.lacks { options += ["--kernel-lacks", commit] }
    for probe in claims.probes { options += ["--probe", probe] }
    if let inputFormat { options += ["--input-format", inputFormat] }
    return options
  }

  /// Reads and judges; says on standard error what is wrong with an input. `readsAgain`: the report will ask for the
  /// inputs' lines, so standard input is kept.
  func analyse(readsAgain: Bool = false) throws -> Analysis {
    try analyse(sources(readsAgain: readsAgain), kernel.claims(probes: probe))
  }

  func analyse(_ sources: [Source], _ claims: KernelClaims) -> Analysis {
    let analysis = Analysis.run(sources, format: format, claims: claims)
    Diagnostics.tellDamage(analysis)
    return analysis
  }
}

extension Diagnostics {
  /// Says on standard error what is wrong with the inputs.
  static func tellDamage(_ analysis: Analysis) {
    for input in analysis.inputs {
      for loss in input.losses where loss.isDamage && input.isDamaged {
        let place = loss.place.map { $0.line > 0 ? ":\($0.line)" : "@\($0.offset)" } ?? ""
        say("proberace: \(Plain.safe(input.path))\(place): \(loss.detail)")
      }
    }
  }
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// How results look and where they go.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: "Write to this file instead of standard output (-).", completion: .file())
  var output: String?

  @Option(help: "auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColorChoice.auto

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Flag(name: .shortAndLong, help: "Write nothing to standard output: the exit status is the answer.")
  var quiet = false

  @Flag(name: .customLong("no-pager"), help: "Write straight to the terminal, not through $PAGER (or less).")
  var noPager = false

  mutating func validate() { if output == "-" { output = nil } }

  /// Writes a result to where it is to go. `isForReading`: text for a terminal, which may go through a pager.
  func write(_ result: Rendered, isForReading: Bool) throws {
    if quiet, output == nil { return }
    switch result {
    case .text(let text):
      let pager = isForReading && !noPager && output == nil && Output.isTerminal ? Output.pager : nil
      if let pager, Output.write(text, through: pager) { return }
      Output.write(text, to: output)
    case .json(let values): Output.write(values, to: output)
    case .binary(let bytes):
      if output == nil, Output.isTerminal {
        throw ValidationError("this format is binary: name a file for it (-o FILE), or redirect the output")
      }
      Output.write(bytes, to: output)
    }
  }

  /// Refuses to write over an input.
  func refuse(overwriting inputs: some Sequence<String>) throws {
    if let output { try Output.refuse(output, "-o", overwriting: inputs) }
  }

  var style: Style {
    let isTerminal = output == nil && Output.isTerminal
    let allowed = Output.environment("NO_COLOR").map(\.isEmpty) ?? true
    return Style(
      width: isTerminal || Output.environment("COLUMNS") != nil ? Output.width : 100,
      color: color == .always || color == .auto && isTerminal && allowed, ascii: ascii)
  }
}

/// `--fail-on real,undetermined`; given more than once, all of them.
struct FailOn: ExpressibleByArgument {
  var verdicts: Set<Verdict>
  /// `regression`: what the history does not know, or less often.
  var asksForChange = false

  init?(argument: String) {
    verdicts = []
    guard argument != "none" else { return }
    // An unset variable in a CI job must not switch the gate off.
    guard !argument.isEmpty, !argument.hasPrefix(","), !argument.hasSuffix(",") else { return nil }
    for part in argument.split(separator: ",") {
      if part == "regression" {
        asksForChange = true
      } else if let verdict = Verdict(rawValue: String(part)) {
        verdicts.insert(verdict)
      } else {
        return nil
      }
    }
  }

  static let standard = [FailOn(verdicts: [.real, .undetermined])]

  /// What a shell offers: the usual choices.
  static func completion(history: Bool) -> CompletionKind {
    .list(
      ["real", "real,undetermined", "real,undetermined,false-positive", "none"]
        + (history ? ["regression"] : [])
    )
  }

  private init(verdicts: Set<Verdict>) { self.verdicts = verdicts }

  var defaultValueDescription: String { "real,undetermined" }
}

extension [FailOn] {
  var verdicts: Set<Verdict> { reduce(into: []) { $0.formUnion($1.verdicts) } }
  var asksForChange: Bool { contains(where: \.asksForChange) }

  /// 2 wins over 1: a damaged input may hide findings, and one that tells nothing of IOMMU probes has no answer.
  func exitCode(_ analysis: Analysis) -> Int32 {
    switch analysis.answer {
    case .findings:
      if analysis.isDamaged { return 2 }
      let failing = verdicts
      return analysis.boots.contains { $0.findings.contains { failing.contains($0.verdict) } } ? 1 : 0
    case .unexplained, .noAnswer, .incomplete(.damaged): return 2
    case .notVisible, .incomplete, .clean: return 0
    }
  }
}
