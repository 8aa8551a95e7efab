import Analysis
import Bytes
import Timelines
import Verdicts

/// One boot as a page shows it: what is drawn, in which order, with which colours.
struct BootPage {
  let boot: BootAnalysis
  /// From 1.
  let number: Int
  let scene: Scene
  let threads: ThreadOrder
  /// Worst first.
  let findings: [Finding]
  /// The lanes of the findings that are drawn, cut to what matters; nil where nothing is known of a device.
  let pictures: [DrawnLane?]
  /// What the page says of each finding, as HTML: of the first ones, as far as there is room; of none in a page of devices.
  var articles: [String] = []
  /// The lanes of the picture of all devices.
  let overview: [DrawnLane]

  /// At most this many findings have a picture of their own, and this many devices are drawn.
  static let drawn = 150
  private static let devices = 400

  /// Of the candidates that are asked about.
  private let answers: [WhatIf]

  init(_ boot: BootAnalysis, number: Int, device: String?, whatIf: [Candidate] = []) {
    self.boot = boot
    self.number = number
    scene = Scene(boot, device: device)
    findings = Summary.worstFirst(boot.findings)
    answers = WhatIf.all(boot.timeline, findings, whatIf)
    let scene = scene
    pictures = findings.prefix(Self.drawn).map { scene.lane($0, limit: 12) }
    overview = scene.lanes.prefix(Self.devices).map { $0.limited(24) }
    threads = ThreadOrder(first: scene.registrations, lanes: pictures.compactMap { $0 } + overview)
  }

  var overviewScale: TimeScale {
    TimeScale(
      overview.flatMap { $0.times + $0.hiddenTimes }
        + scene.registrations.flatMap { [$0.start, $0.end ?? $0.start] }, folds: 9)
  }

  /// What the candidate would have made of the findings, in their order.
  func whatIf(_ candidate: Candidate) -> WhatIf? { answers.first { $0.candidate == candidate } }

  // MARK: what raw lines are wanted

  var evidencePlaces: [Place] {
    findings.prefix(Self.drawn).flatMap { $0.evidence.compactMap(\.place) + $0.places }
      + answers.flatMap { ($0.findings + $0.besides).flatMap(\.evidence) }.compactMap(\.place)
  }

  /// Also where calls returned: the list beside a picture leads there.
  var picturePlaces: [Place] {
    pictures.compactMap { $0 }.flatMap { Self.places($0) + $0.spans.compactMap(\.endPlace) }
  }

  var overviewPlaces: [Place] {
    scene.registrations.prefix(20).map(\.place) + overview.flatMap(Self.places)
  }

  private static func places(_ lane: DrawnLane) -> [Place] {
    lane.spans.map(\.place) + lane.marks.map(\.place)
  }

  // MARK: names in the page

  func id(_ index: Int) -> String { "f\(number)-\(index + 1)" }

  /// `name`, which is HTML, as a link to what the page says of a finding; as it is where the page says nothing more.
  func linked(_ name: String, _ index: Int?) -> String {
    guard let index, articles.indices.contains(index) else { return name }
    return "<a href=\"#\(id(index))\">\(name)</a>"
  }

  /// The same, to a device's first finding.
  func linked(_ name: String, device: String) -> String {
    linked(name, findings.firstIndex { $0.device == device })
  }

  /// What the filter looks in.
  func filter(_ finding: Finding) -> String {
    let index = findings.firstIndex { $0.device == finding.device } ?? 0
    let lane = index < pictures.count ? pictures[index] : nil
    return HTML.text(
      ([finding.device, finding.driver ?? ""] + (lane.map(tasks) ?? [])).joined(separator: " "))
  }

  func filter(_ lane: DrawnLane) -> String {
    HTML.text(([lane.device, lane.driver ?? ""] + tasks(lane)).joined(separator: " "))
  }

  private func tasks(_ lane: DrawnLane) -> [String] {
    Set(lane.spans.map { threads.number($0.task) }).sorted().map { threads.tasks[$0].description }
  }
}
