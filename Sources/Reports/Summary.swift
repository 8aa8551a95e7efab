// What every format for people begins with, and ends with: the answer, the boot, what the inputs lack.
import Analysis
import Bytes
import Timelines
import Verdicts
import Writing

enum Summary {
  enum Tone { case plain, good, open }

  /// The answer in one sentence; nothing in it comes from an input.
  static func headline(_ analysis: Analysis) -> (text: String, tone: Tone) {
    switch analysis.answer {
    case .findings: return (counts(analysis), .plain)
    case .unexplained:
      return ("No answer: words of the warning stand in an input, and no finding explains them.", .open)
    case .noAnswer(.unusable): return ("No answer: nothing of the inputs could be used.", .open)
    case .noAnswer(.notTelling):
      return ("No answer: none of the functions and events that tell about IOMMU probes was traced.", .open)
    case .notVisible where analysis.boots.contains { $0.timeline.facts != nil && $0.timeline.traces.isEmpty }:
      return (
        "No finding in the board's facts, but a race would not show: give the kernel log of the same boot, and a trace.",
        .open
      )
    case .notVisible:
      return (
        "No finding, but a race would not show: there is no kernel log, and the trace lacks binds with their ends or IOMMU "
          + "probes.", .open
      )
    case .incomplete(.damaged):
      return ("No finding in what could be read; the input is damaged, so this is no clean bill.", .open)
    case .incomplete(.suspects(let count)): return ("No finding" + notes(count) + ".", .open)
    case .incomplete(.noLog):
      return (
        "No finding in the trace. The kernel log of the boot would show whether a warning was printed.", .open
      )
    case .incomplete(.partOfLog):
      return (
        "No late-IOMMU-probe warning, and no silent relative of it, as far as the log goes: \(lacks(analysis)).",
        .open
      )
    case .clean where analysis.boots.allSatisfy { $0.timeline.traces.isEmpty && $0.timeline.facts == nil }:
      // An orphan of ACPI, for one, leaves no line.
      return ("No late-IOMMU-probe warning, and no silent relative of it that a kernel log shows.", .good)
    case .clean: return ("No late-IOMMU-probe warning, and no silent relative of it.", .good)
    }
  }

  /// What the logs of the boots lack, in one sentence.
  private static func lacks(_ analysis: Analysis) -> String {
    let gaps = Set(analysis.boots.flatMap(\.gaps))
    let words: [(LogGap, String)] = [
      (.beginning, "it does not begin with the boot"), (.messages, "messages were dropped"),
      (.end, "it ends before user space"), (.openEnd, "it breaks off"),
    ]
    return words.filter { gaps.contains($0.0) }.map(\.1).joined(separator: ", ")
  }

  private static func notes(_ suspects: Int) -> String {
    guard suspects > 0 else { return "" }
    return "; " + Plain.count(suspects, "device") + " may run, or have run, without its IOMMU: see the notes"
  }

  private static func counts(_ analysis: Analysis) -> String {
    counts(
      analysis.boots.flatMap(\.findings), analysis.warnings,
      seenPrinted: analysis.boots.contains(where: \.timeline.hasLog))
      + notes(analysis.boots.reduce(0) { $0 + $1.suspects.count })
  }

  private static func counts(_ findings: [Finding], _ warnings: Int, seenPrinted: Bool) -> String {
    let silent = findings.count { $0.kind == .silent }
    var parts: [String] = []
    for (verdict, one, many) in [
      (Verdict.real, "real", "real"), (.undetermined, "undetermined", "undetermined"),
      (.falsePositive, "false positive", "false positives"),
    ] {
      let count = findings.count { $0.verdict == verdict }
      if count > 0 { parts.append("\(count) \(count == 1 ? one : many)") }
    }
    var text = Plain.count(warnings, "warning")
    if warnings > 0, !seenPrinted { text += " (by the trace: no kernel log was given)" }
    if silent > 0 { text += ", " + Plain.count(silent, "silent finding") }
    return text + ": " + parts.joined(separator: ", ")
  }

  /// What is known of a boot, in a few words each; not escaped.
  static func facts(_ boot: BootAnalysis) -> [String] {
    let timeline = boot.timeline
    var parts = ["kernel " + (timeline.kernel ?? "unknown")]
    if let hardware = timeline.hardware { parts.append(hardware) }
    // The silent ones may have nothing but the lack of a group to show for it.
    let silent = Set(boot.findings.map(\.device))
    let board = BoardScene(timeline)
    let seen = timeline.devices.values.lazy.filter { $0.hasIOMMU || silent.contains($0.name) && !$0.isIOMMU }
    let clients = Set(seen.map(\.name)).union(board?.clients.map(\.name) ?? []).count
    parts.append(Plain.count(clients, "device") + " with an IOMMU")
    if !timeline.traces.isEmpty {
      parts.append(Plain.count(timeline.registrations.count, "traced registration"))
    }
    for trace in timeline.traces where timeline.hasLog {
      let clock =
        trace.isOrderOnly
        ? "trace without a clock"
        : trace.clock.slack.map { "trace and log joined to within \(Plain.duration(max($0, 1000)))" }
          ?? "trace and log clocks not tied together"
      // What holds for several traces is said once.
      if !parts.contains(clock) { parts.append(clock) }
    }
    return parts + (board?.summary ?? [])
  }

  /// What the kernel's source says of the fixes, a sentence each; not escaped.
  static func tree(_ analysis: Analysis) -> [String] {
    guard let tree = analysis.tree else { return [] }
    let said = tree.fixes.map { fix in
      let state =
        switch fix.state {
        case .present: "is in"
        case .absent: "is not in"
        case .contradictory: "not known, it is told both ways"
        case .unknown: "not known"
        }
      return "\(fix.name) \(fix.commit): \(state) (\(fix.evidence.joined(separator: "; ")))"
    }
    return said + tree.notes + mismatches(tree, analysis)
  }

  /// The boots that are of another kernel than the tree.
  static func mismatches(_ tree: TreeAnswer, _ analysis: Analysis) -> [String] {
    var texts: [String] = []
    for text in analysis.boots.compactMap({ tree.mismatch($0.timeline.kernel) }) where !texts.contains(text) {
      texts.append(text)
    }
    return texts
  }

  /// `The kernel's source DIR, 6.15.3`
  static func treeTitle(_ tree: TreeAnswer) -> String {
    "The kernel's source \(tree.path)" + (tree.version.map { ", \($0)" } ?? "")
  }

  /// What was lost, each sentence once, with how often it is true; not escaped.
  static func losses(_ analysis: Analysis) -> [String] {
    var all: [(path: String, loss: Loss)] = []
    for input in analysis.inputs where !input.isOther { all += input.losses.map { (input.path, $0) } }
    for boot in analysis.boots {
      for loss in boot.timeline.losses {
        all.append((loss.place.map { analysis.inputs[Int($0.input)].path } ?? "trace", loss))
      }
    }
    var texts: [String] = []
    var times: [String: Int] = [:]
    for (path, loss) in all {
      let count = loss.count.map { " (\($0))" } ?? ""
      let text = "\(path): \(loss.kind.rawValue)\(count): \(loss.detail)"
      if times.updateValue(times[text, default: 0] + 1, forKey: text) == nil { texts.append(text) }
    }
    return texts.map { text in (times[text] ?? 1) > 1 ? "\(text) (\(times[text] ?? 1) times)" : text }
      + others(analysis)
  }

  /// What lay in archives beside logs, in a line for each archive.
  private static func others(_ analysis: Analysis) -> [String] {
    var names: [(named: String, members: [String])] = []
    for input in analysis.inputs where input.isOther {
      let member =
        input.path.hasPrefix(input.named) ? String(input.path.dropFirst(input.named.count + 1)) : input.path
      if names.last?.named == input.named {
        names[names.count - 1].members.append(member)
      } else {
        names.append((input.named, [member]))
      }
    }
    return names.map { named, members in
      let more = members.count > 3 ? ", …" : ""
      return "\(named): \(Plain.count(members.count, "other file")) in it, no kernel log and no trace: "
        + members.prefix(3).joined(separator: ", ") + more
    }
  }

  /// How reports for people count a finding, both from 0: `2`, or `1.2` where there are several boots.
  static func number(_ place: Int, ofBoot boot: Int, in analysis: Analysis) -> String {
    (analysis.boots.count > 1 ? "\(boot + 1)." : "") + "\(place + 1)"
  }

  /// Worst first: real before undetermined before false positive; then by harm; then as they came.
  static func worstFirst(_ findings: [Finding]) -> [Finding] {
    findings.enumerated().sorted { a, b in
      (rank(a.element), a.offset) < (rank(b.element), b.offset)
    }.map(\.element)
  }

  private static func rank(_ finding: Finding) -> Int {
    let verdict: [Verdict] = [.real, .undetermined, .falsePositive]
    let harm: [Harm] = [.harmed, .exposed, .unknown, .unharmed]
    return (verdict.firstIndex(of: finding.verdict) ?? 0) * 10 + (harm.firstIndex(of: finding.harm) ?? 0)
  }
}

extension Verdict {
  /// As a heading.
  var word: String {
    switch self {
    case .real: "REAL"
    case .falsePositive: "FALSE POSITIVE"
    case .undetermined: "UNDETERMINED"
    }
  }
}

extension Finding {
  /// What one of `missing` is for.
  func aim(of missing: String) -> String {
    verdict == .undetermined ? "to decide it" : tellsHarm(missing) ? "to tell the harm" : "to be surer"
  }

  /// Cause, confidence and harm in a few words each.
  var facts: [String] {
    [cause?.id ?? "cause open"] + (confidence.map { [$0.rawValue] } ?? [])
      + [harm == .unknown ? "harm unknown" : harm.rawValue]
  }
}
