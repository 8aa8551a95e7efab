import Analysis
import Recipes
import Timelines
import Verdicts

extension CaptureCheck {
  /// For a terminal or a file: what is there, what it can decide, what to add. Names from the inputs are passed
  /// through `safe`.
  public func text(_ analysis: Analysis, safe: (String) -> String) -> String {
    var lines: [String] = []
    for input in analysis.inputs {
      lines.append("\(safe(input.path)): \(input.format?.title ?? "not readable")")
    }
    lines.append("they show: " + list(Sight.allCases.filter(sights.contains).map(\.rawValue)))
    for doubt in doubts { lines.append("but: \(safe(doubt))") }
    if refused > 0 {
      lines.append(
        "the kernel refused \(refused) of the probes that were asked for: what they would show is not counted"
      )
    }

    let decidable = answers.filter { $0.answer == .decidable }.map(\.cause.id)
    lines += ["", "with certainty, if it happened in this boot:"] + wrapped(decidable)
    let sometimes = answers.compactMap { item in
      if case .sometimes(let condition) = item.answer { "  \(item.cause.id): if \(condition)" } else { nil }
    }
    if !sometimes.isEmpty { lines += ["", "sometimes:"] + sometimes }
    let lacking = answers.compactMap { item in
      if case .lacks(let sights) = item.answer {
        "  \(item.cause.id): lacks \(list(sights.map(\.rawValue)))"
      } else {
        nil
      }
    }
    if !lacking.isEmpty {
      lines += ["", "not from these files:"] + lacking + ["", "to add:"]
      lines += missing.map { "  \($0.rawValue): \($0.source)" }
      lines += [
        "",
        "proberace capture --target cmdline prints the whole recipe (also tracefs, trace-cmd, bootconfig, perfetto).",
        "A probe that was asked for and is silent here was refused (`Failed to add event` in the kernel log), or what it",
        "watches did not run while the trace was on.",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func list(_ items: [String]) -> String { items.isEmpty ? "nothing" : items.joined(separator: "; ") }

  private func wrapped(_ names: [String]) -> [String] {
    guard !names.isEmpty else { return ["  none"] }
    var lines = [" "]
    for name in names {
      if lines[lines.count - 1].count + name.count > 98 { lines.append(" ") }
      lines[lines.count - 1] += " " + name
    }
    return lines
  }
}
