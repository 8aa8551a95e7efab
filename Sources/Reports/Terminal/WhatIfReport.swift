import Analysis
import Verdicts
import Writing

/// `report --what-if ID`: a section for each candidate, behind the report.
struct WhatIfReport {
  private let analysis: Analysis
  private let style: Style
  private let names: InputNames
  private var out = ""

  /// Begins with an empty line; empty without candidates.
  static func render(_ analysis: Analysis, _ candidates: [Candidate], _ style: Style) -> String {
    var report = WhatIfReport(analysis: analysis, style: style)
    for candidate in candidates { report.section(candidate) }
    return report.out
  }

  private init(analysis: Analysis, style: Style) {
    self.analysis = analysis
    self.style = style
    names = InputNames(analysis)
  }

  private mutating func section(_ candidate: Candidate) {
    out += "\n"
    for part in Plain.wrap("What if \(candidate.title)? (\(candidate.id))", style.width) {
      out += style.paint(part, .bold) + "\n"
    }
    for (index, boot) in analysis.boots.enumerated() {
      if analysis.boots.count > 1 { out += style.paint("boot \(index + 1)", .bold) + "\n" }
      let findings = Summary.worstFirst(boot.findings)
      for answers in WhatIf.all(boot.timeline, findings, [candidate]) {
        write(answers, findings, boot: index)
      }
    }
    if analysis.boots.isEmpty { out += "  There is no boot to tell of.\n" }
  }

  private mutating func write(_ answers: WhatIf, _ findings: [Finding], boot: Int) {
    for (index, pair) in zip(findings, answers.findings).enumerated() {
      line("\(Summary.number(index, ofBoot: boot, in: analysis)). \(pair.0.device)", pair.1)
    }
    if findings.isEmpty { out += "  No finding of this boot would be another.\n" }
    guard !answers.besides.isEmpty else { return }
    out += "  Besides, in this boot:\n"
    for answer in answers.besides.prefix(Self.most) { line(nil, answer) }
    if answers.besides.count > Self.most {
      out += "  and \(answers.besides.count - Self.most) more; --format json has them all\n"
    }
  }

  private static let most = 20

  private mutating func line(_ name: String?, _ answer: WhatIf.Answer) {
    let head = name.map { Plain.safe($0) + ": " } ?? ""
    let paint: Style.Paint =
      switch answer.outcome {
      case .gone, .deferred: .green
      case .deadlock, .orphan, .neverBinds: .red
      case .unchanged, .notTold: .dim
      }
    let text = Plain.wrap(Plain.safe(answer.text), style.width - 6)
    out += "  \(head)\(style.paint(answer.outcome.word, paint))\n"
    for part in text { out += "     \(part)\n" }
    for evidence in answer.evidence { out += EvidenceLine.render(evidence, style, names) }
  }
}

extension WhatIf.Outcome {
  /// As people read it.
  var word: String {
    switch self {
    case .gone: "gone"
    case .deferred: "deferred, no harm"
    case .neverBinds: "would never bind"
    case .deadlock: "deadlock"
    case .orphan: "orphan"
    case .unchanged: "unchanged"
    case .notTold: "not told by these inputs"
    }
  }
}
