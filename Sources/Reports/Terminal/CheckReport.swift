import Analysis
import Check
import Recipes
import Writing

/// `capture --check`, for a terminal or a file: what is there, what it can decide, what to add.
package enum CheckReport {
  private static let width = 80

  /// `analysis` is the one that `check` was made of: it names the inputs.
  package static func render(_ check: CaptureCheck, _ analysis: Analysis) -> String {
    var lines: [String] = []
    for input in analysis.inputs {
      lines.append("\(Plain.safe(input.path)): \(input.format?.title ?? "not readable")")
    }
    lines += item("they show: " + list(Sight.allCases.filter(check.sights.contains).map(\.rawValue)), at: 0)
    for doubt in check.doubts { lines += item("but: \(Plain.safe(doubt))", at: 0) }
    if check.refused > 0 {
      lines += item(
        "the kernel refused \(check.refused) of the probes that were asked for: what they would show is not counted",
        at: 0)
    }

    let decidable = check.answers.filter { $0.answer == .decidable }.map(\.cause.id)
    lines += ["", "with certainty, if it happened in this boot:"]
    lines += Plain.wrap(
      decidable.isEmpty ? "none" : decidable.joined(separator: " "), width, indent: 2, hanging: 2)
    let sometimes = check.answers.flatMap { answer -> [String] in
      if case .sometimes(let condition) = answer.answer {
        item("\(answer.cause.id): if \(condition)", at: 2)
      } else {
        []
      }
    }
    if !sometimes.isEmpty { lines += ["", "sometimes:"] + sometimes }
    let lacking = check.answers.flatMap { answer -> [String] in
      if case .lacks(let sights) = answer.answer {
        item("\(answer.cause.id): lacks \(list(sights.map(\.rawValue)))", at: 2)
      } else {
        []
      }
    }
    if !lacking.isEmpty { lines += ["", "not from these files:"] + lacking + [""] + toAdd(check, analysis) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func toAdd(_ check: CaptureCheck, _ analysis: Analysis) -> [String] {
    var lines = ["to add:"]
    let asked = check.missing.filter(check.asked.contains)
    let hasTrace = analysis.boots.contains { !$0.timeline.traces.isEmpty }
    if !asked.isEmpty {
      let why =
        hasTrace
        ? "the boot's command line asks for it, and nothing of it is in the trace: it was refused (`Failed to add event` in the kernel "
          + "log), or did not run while the trace was on (an IOMMU that registers before fs_initcall), or the trace is not that boot's"
        : "the boot's command line asks for it: give that boot's trace too:"
      lines += item("\(list(asked.map(\.rawValue))): \(why)", at: 2)
      if !hasTrace { lines.append("      cat /sys/kernel/tracing/trace > trace.txt") }
    }
    for sight in check.missing where !check.asked.contains(sight) {
      lines += item("\(sight.rawValue): \(sight.source)", at: 2)
    }
    lines.append("")
    lines += item(
      "proberace capture --target cmdline prints the whole recipe (also tracefs, trace-cmd, bootconfig, perfetto).",
      at: 0)
    if hasTrace, asked.isEmpty {
      lines += item(
        "A probe that was asked for and is silent here was refused (`Failed to add event` in the kernel log), or what it watches did "
          + "not run while the trace was on.", at: 0)
    }
    return lines
  }

  private static func list(_ items: [String]) -> String {
    items.isEmpty ? "nothing" : items.joined(separator: "; ")
  }

  /// One thing, wrapped; what does not fit in its first line stands four columns further in.
  private static func item(_ text: String, at indent: Int) -> [String] {
    Plain.wrap(text, width, indent: indent, hanging: indent + 4)
  }
}
