// `report` for the terminal: the answer first, one line a warning, then the reasons, then the picture.
import Analysis
import Bytes
import Timelines
import Verdicts
import Windows

public struct TerminalReport {
  private let analysis: Analysis
  private let style: Style
  private var out = ""
  /// Advice and recipes are said once.
  private var said: Set<String> = []
  private var recipes: [String] = []

  public static func render(_ analysis: Analysis, _ style: Style) -> String {
    var report = TerminalReport(analysis: analysis, style: style)
    report.write()
    return report.out
  }

  private init(analysis: Analysis, style: Style) {
    self.analysis = analysis
    self.style = style
  }

  private mutating func line(_ text: String = "") { out += text + "\n" }

  private mutating func wrapped(_ text: String, indent: Int, hanging: Int? = nil) {
    let hanging = hanging ?? indent
    for (index, part) in Plain.wrap(Plain.safe(text), style.width - hanging).enumerated() {
      line(String(repeating: " ", count: index == 0 ? indent : hanging) + part)
    }
  }

  private mutating func write() {
    headline()
    for (index, boot) in analysis.boots.enumerated() {
      if analysis.boots.count > 1 { line(style.paint("boot \(index + 1)", .bold)) }
      overview(boot)
    }
    for (index, boot) in analysis.boots.enumerated() {
      for (number, finding) in boot.findings.enumerated() {
        line()
        let prefix = analysis.boots.count > 1 ? "\(index + 1)." : ""
        self.finding(finding, boot, "\(prefix)\(number + 1)")
      }
    }
    capture()
    losses()
  }

  /// The recipes stand alone and unwrapped, to be copied.
  private mutating func capture() {
    guard !recipes.isEmpty else { return }
    line()
    line(
      style.paint(
        "Recipe: add this to the kernel command line (quote it for a boot loader's shell), then save /sys/kernel/tracing/trace",
        .bold))
    for recipe in recipes { line("  " + Plain.safe(recipe)) }
  }

  // MARK: the answer

  private mutating func headline() {
    let findings = analysis.boots.flatMap(\.findings)
    guard !findings.isEmpty else {
      if analysis.isDamaged {
        line(
          style.paint(
            "No finding in what could be read; the input is damaged, so this is no clean bill.", .yellow))
      } else if !analysis.boots.contains(where: { $0.timeline.hasLog || !$0.timeline.traces.isEmpty }) {
        line(
          style.paint(
            "No answer: none of the functions and events that tell about IOMMU probes was traced.", .yellow))
      } else if !analysis.boots.contains(where: \.timeline.hasLog) {
        let text =
          "No finding in the trace. The kernel log of the boot would show whether a warning was printed."
        line(style.paint(text, .yellow))
      } else {
        line(style.paint("No late-IOMMU-probe warning, and no silent relative of it.", .green))
      }
      return
    }
    let silent = findings.count { $0.kind == .silent }
    var parts: [String] = []
    for (verdict, one, many) in [
      (Verdict.real, "real", "real"), (.undetermined, "undetermined", "undetermined"),
      (.falsePositive, "false positive", "false positives"),
    ] {
      let count = findings.count { $0.verdict == verdict }
      if count > 0 { parts.append("\(count) \(count == 1 ? one : many)") }
    }
    var text = Plain.count(analysis.warnings, "warning")
    if silent > 0 { text += ", " + Plain.count(silent, "silent finding") }
    line(style.paint(text + ": " + parts.joined(separator: ", "), .bold))
  }

  private mutating func overview(_ boot: BootAnalysis) {
    for finding in boot.findings {
      let name = Plain.safe(finding.device) + (finding.driver.map { " (\(Plain.safe($0)))" } ?? "")
      var facts = [finding.cause?.id ?? "cause open"]
      if let confidence = finding.confidence { facts.append(confidence.rawValue) }
      facts.append(finding.harm == .unknown ? "harm unknown" : finding.harm.rawValue)
      let time =
        finding.time.map { "[\(Plain.padLeft(Plain.seconds($0), 12))] " }
        ?? (finding.kind == .silent ? "[      silent] " : "")
      line("  \(verdict(finding.verdict)) \(time)\(name): \(facts.joined(separator: ", "))")
    }
    for part in Plain.wrap(bootLine(boot), style.width - 2) { line("  " + style.paint(part, .dim)) }
  }

  private func verdict(_ verdict: Verdict, padded: Bool = true) -> String {
    let (word, paint): (String, Style.Paint) =
      switch verdict {
      case .real: ("REAL", .red)
      case .falsePositive: ("FALSE POSITIVE", .green)
      case .undetermined: ("UNDETERMINED", .yellow)
      }
    return style.paint(padded ? Plain.pad(word, 14) : word, paint)
  }

  private func bootLine(_ boot: BootAnalysis) -> String {
    let timeline = boot.timeline
    var parts = [
      "kernel " + Plain.safe(timeline.kernel ?? "unknown"),
      Plain.count(timeline.devices.values.count { $0.concernsIOMMU }, "device") + " with an IOMMU",
    ]
    if !timeline.traces.isEmpty {
      parts.append(Plain.count(timeline.registrations.count, "traced registration"))
    }
    if let hardware = timeline.hardware { parts.insert(Plain.safe(hardware), at: 1) }
    for trace in timeline.traces where timeline.hasLog {
      if trace.isOrderOnly {
        parts.append("trace without a clock")
      } else if let slack = trace.clock.slack {
        parts.append("trace and log joined to within \(Plain.duration(max(slack, 1000)))")
      } else {
        parts.append("trace and log clocks not tied together")
      }
    }
    return parts.joined(separator: ", ")
  }

  // MARK: reasons

  private mutating func finding(_ finding: Finding, _ boot: BootAnalysis, _ number: String) {
    let name = Plain.safe(finding.device)
    line(style.paint("\(number). \(name)", .bold) + "  " + verdict(finding.verdict, padded: false))
    wrapped(finding.summary, indent: 3)
    if let cause = finding.cause {
      wrapped(
        "\(cause.title) (\(cause.id), \(finding.confidence?.rawValue ?? ""); proberace explain \(cause.id))",
        indent: 3)
    } else if !finding.candidates.isEmpty {
      wrapped("could be: " + finding.candidates.map(\.id).joined(separator: ", "), indent: 3)
    }
    for evidence in finding.evidence { self.evidence(evidence) }
    for assumed in finding.assumed { wrapped("assumed: " + assumed, indent: 3, hanging: 12) }
    for missing in finding.missing {
      wrapped(
        (finding.verdict == .undetermined ? "to decide it: " : "to be surer: ") + missing, indent: 3,
        hanging: 6)
    }
    if let advice = finding.cause?.advice, said.insert(advice).inserted { wrapped(advice, indent: 3) }
    if let recipe = finding.recipe, said.insert(recipe).inserted { recipes.append(recipe) }
    let rows = Picture.rows(finding, boot)
    if !rows.isEmpty {
      line()
      out += Picture.draw(rows, style)
    }
  }

  private mutating func evidence(_ evidence: Evidence) {
    let time = evidence.time.map { Plain.padLeft(Plain.seconds($0), 13) } ?? String(repeating: " ", count: 13)
    let place = evidence.place.map(self.place) ?? ""
    let room = style.width - 18
    let lines = Plain.wrap(Plain.safe(evidence.text), room)
    for (index, text) in lines.enumerated() {
      let left =
        index == 0 ? "  \(style.bullet) " + style.paint(time, .blue) : String(repeating: " ", count: 17)
      let isLast = index == lines.count - 1
      if isLast, text.count + place.count + 2 <= room {
        line("\(left) \(Plain.pad(text, room - place.count - 1)) \(style.paint(place, .dim))")
      } else {
        line("\(left) \(text)")
        if isLast, !place.isEmpty { line(String(repeating: " ", count: 18) + style.paint(place, .dim)) }
      }
    }
  }

  private func place(_ place: Place) -> String {
    let index = Int(place.input)
    guard analysis.inputs.indices.contains(index) else { return "" }
    let path = Plain.safe(analysis.inputs[index].path)
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return place.line > 0 ? "\(file):\(place.line)" : "\(file)@\(place.offset)"
  }

  // MARK: losses

  private mutating func losses() {
    let all =
      analysis.inputs.flatMap { input in input.losses.map { (input.path, $0) } }
      + analysis.boots.flatMap { boot in boot.timeline.losses.map { ("trace", $0) } }
    guard !all.isEmpty else { return }
    line()
    line(style.paint("What the inputs lack", .bold))
    // The same sentence about the same file is said once, with how often.
    var texts: [(text: String, times: Int)] = []
    for (path, loss) in all {
      let count = loss.count.map { " (\($0))" } ?? ""
      let text = "\(style.bullet) \(path): \(loss.kind.rawValue)\(count): \(loss.detail)"
      if let known = texts.firstIndex(where: { $0.text == text }) {
        texts[known].times += 1
      } else {
        texts.append((text, 1))
      }
    }
    for (text, times) in texts.prefix(12) {
      wrapped(text + (times > 1 ? " (\(times) times)" : ""), indent: 2, hanging: 4)
    }
    if texts.count > 12 { line("  and \(texts.count - 12) more; --format json has them all") }
  }
}
