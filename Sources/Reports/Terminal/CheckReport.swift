import Analysis
import Check
import Recipes
import Writing

/// `capture --check`, for a terminal or a file: what is there, what it can decide, what to add.
package enum CheckReport {
  /// `analysis` is the one that `check` was made of: it names the inputs.
  package static func render(_ check: CaptureCheck, _ analysis: Analysis) -> String {
    var lines: [String] = []
    for input in analysis.inputs {
      lines.append("\(Plain.safe(input.path)): \(input.format?.title ?? "not readable")")
    }
    lines.append("they show: " + list(Sight.allCases.filter(check.sights.contains).map(\.rawValue)))
    for doubt in check.doubts { lines.append("but: \(Plain.safe(doubt))") }
    if check.refused > 0 {
      lines.append(
        "the kernel refused \(check.refused) of the probes that were asked for: what they would show is not counted"
      )
    }

    let decidable = check.answers.filter { $0.answer == .decidable }.map(\.cause.id)
    lines += ["", "with certainty, if it happened in this boot:"] + wrapped(decidable)
    let sometimes = check.answers.compactMap { item in
      if case .sometimes(let condition) = item.answer { "  \(item.cause.id): if \(condition)" } else { nil }
    }
    if !sometimes.isEmpty { lines += ["", "sometimes:"] + sometimes }
    let lacking = check.answers.compactMap { item in
      if case .lacks(let sights) = item.answer {
        "  \(item.cause.id): lacks \(list(sights.map(\.rawValue)))"
      } else {
        nil
      }
    }
    if !lacking.isEmpty {
      lines += ["", "not from these files:"] + lacking + ["", "to add:"]
      lines += check.missing.map { sight in
        check.asked.contains(sight)
          ? "  \(sight.rawValue): the boot's command line asks for it, and nothing of it is in the trace: it was refused, or did not run while the trace was on (an IOMMU that registers before fs_initcall), or the trace is not that boot's"
          : "  \(sight.rawValue): \(sight.source)"
      }
      lines += [
        "",
        "proberace capture --target cmdline prints the whole recipe (also tracefs, trace-cmd, bootconfig, perfetto).",
        "A probe that was asked for and is silent here was refused (`Failed to add event` in the kernel log), or what it",
        "watches did not run while the trace was on.",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func list(_ items: [String]) -> String {
    items.isEmpty ? "nothing" : items.joined(separator: "; ")
  }

  private static func wrapped(_ names: [String]) -> [String] {
    guard !names.isEmpty else { return ["  none"] }
    var lines = [" "]
    for name in names {
      if lines[lines.count - 1].count + name.count > 98 { lines.append(" ") }
      lines[lines.count - 1] += " " + name
    }
    return lines
  }
}
