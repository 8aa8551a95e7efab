// `timeline --format svg`: lanes as one picture that stands alone, for documents and mails.
import Analysis
import Bytes
import Timelines
import Verdicts
import Writing

struct TimelineSVG {
  enum Look: String, CaseIterable, Sendable {
    /// Light or dark as the reader's system is.
    case auto
    case light, dark
  }

  private let look: Look
  private let names: InputNames
  private var out = ""
  private var height = 0.0
  private static let width = 1100.0
  /// More devices than this are drawn small, and without their findings' words.
  private static let detailed = 3
  private static let most = 400

  static func render(_ analysis: Analysis, device: String?, look: Look = .auto) -> String {
    var svg = TimelineSVG(look: look, names: InputNames(analysis))
    for boot in analysis.boots.indices { svg.boot(analysis.boots[boot], boot + 1, device) }
    if svg.out.isEmpty { svg.words("No device of this boot was seen to bind or to get a group.", "wt") }
    return svg.whole
  }

  private init(look: Look, names: InputNames) {
    self.look = look
    self.names = names
  }

  private var whole: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"\(look.rawValue)\" width=\"\(HTML.px(Self.width))\" "
      + "height=\"\(HTML.px(height + 8))\" font-family=\"monospace\">\n<metadata>\(Release.title)</metadata>\n<style>\(PageStyle.picture(look))</style>\n"
      + PictureHTML.definitions + "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n" + out
      + "</svg>\n"
  }

  private mutating func boot(_ boot: BootAnalysis, _ number: Int, _ device: String?) {
    let scene = Scene(boot, device: device)
    guard !scene.lanes.isEmpty else { return }
    let isDetailed = scene.lanes.count <= Self.detailed
    let chosen = Set(scene.lanes.map(\.device))
    let findings = isDetailed ? boot.findings.filter { chosen.contains($0.device) } : []
    let lanes = scene.lanes.prefix(Self.most).map { lane -> DrawnLane in
      guard isDetailed else { return lane.limited(24) }
      return findings.first { $0.device == lane.device }.flatMap { scene.lane($0, limit: 12) }
        ?? lane.limited(40)
    }
    var times = lanes.flatMap { isDetailed ? $0.times : $0.times + $0.hiddenTimes }
    if !isDetailed { times += scene.registrations.flatMap { [$0.start, $0.end ?? $0.start] } }
    let context = LaneContext(
      scale: TimeScale(times, folds: isDetailed ? 7 : 9),
      threads: ThreadOrder(first: scene.registrations, lanes: lanes), names: names, link: { _ in nil })
    words(Summary.facts(boot).joined(separator: " · "), "tk")
    frame(context.scale) { svg in
      for lane in lanes { svg.lane(lane, context, scene, findings.first { $0.device == lane.device }) }
    }
    if scene.lanes.count > lanes.count { words("and \(scene.lanes.count - lanes.count) more devices", "tk") }
    for finding in findings { legend(finding) }
  }

  // MARK: parts

  /// Folds behind, axis above, lanes.
  private mutating func frame(_ scale: TimeScale, _ lanes: (inout TimelineSVG) -> Void) {
    let axis = AxisSVG.draw(scale)
    var inner = TimelineSVG(look: look, names: names)
    inner.put(axis.body, axis.height)
    lanes(&inner)
    put(
      "\(AxisSVG.folds(scale))<rect class=\"frame\" width=\"100%\" height=\"100%\"/>\(inner.out)",
      inner.height)
    height += 4
  }

  private mutating func put(_ body: String, _ size: Double) {
    out += "<svg y=\"\(HTML.px(height))\" width=\"100%\" height=\"\(HTML.px(size))\">\(body)</svg>\n"
    height += size
  }

  private mutating func lane(
    _ lane: DrawnLane, _ context: LaneContext, _ scene: Scene, _ finding: Finding?
  ) {
    let isDetailed = scene.lanes.count <= Self.detailed
    var title = "<tspan class=\"dev\">\(HTML.text(lane.device))</tspan> \(HTML.text(lane.driver ?? ""))"
    if lane.isWarned, !isDetailed { title += " <tspan class=\"bad\">WARNING</tspan>" }
    if let window = lane.windowFact, !isDetailed {
      title += " <tspan class=\"open\">\(HTML.text(window))</tspan>"
    }
    title += " <tspan class=\"dim\">" + HTML.text(lane.facts.joined(separator: " · ")) + "</tspan>"
    out += "<line class=\"rule\" x2=\"100%\" y1=\"\(HTML.px(height))\" y2=\"\(HTML.px(height))\"/>"
    words("<text x=\"4\" y=\"14\">\(title)</text>", nil)
    let callouts = finding.map { Callout.all($0, context.scale) { _ in nil } } ?? []
    let drawing = LaneSVG(
      lane, context, callouts: callouts, around: isDetailed ? scene.registrations : [], isSmall: !isDetailed)
    put(drawing.body + drawing.names, drawing.height)
  }

  /// The verdict, and what each number stands for.
  private mutating func legend(_ finding: Finding) {
    height += 6
    let tone = finding.verdict == .real ? "bad" : finding.verdict == .undetermined ? "open" : "good"
    words(
      "<text x=\"4\" y=\"14\"><tspan class=\"\(tone) dev\">\(finding.verdict.word)</tspan> "
        + "\(HTML.text(finding.device)): \(HTML.text(finding.facts.joined(separator: ", ")))</text>", nil)
    for (number, evidence) in finding.evidence.enumerated() {
      let time = Plain.padLeft(evidence.time.map { Plain.seconds($0) } ?? "", 12)
      let place = evidence.place.map { "  " + names.text($0) } ?? ""
      for (index, part) in Plain.wrap(evidence.text + place, 140).enumerated() {
        let left =
          index == 0
          ? Plain.padLeft("\(number + 1)", 2) + " " + time + " " : String(repeating: " ", count: 16)
        words("<text x=\"4\" y=\"14\" xml:space=\"preserve\">\(HTML.text(left + part))</text>", nil)
      }
    }
  }

  /// A line of text; `style` nil: it is an element already.
  private mutating func words(_ text: String, _ style: String?) {
    put(style.map { "<text class=\"\($0)\" x=\"4\" y=\"14\">\(HTML.text(text))</text>" } ?? text, 19)
  }
}
