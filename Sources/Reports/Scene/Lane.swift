// One device as it is drawn: computed once, rendered by the SVG writer, the terminal, Perfetto and Chrome's format.
import Analysis
import Bytes
import Events
import Timelines
import Verdicts
import Writing

/// A moment of a device.
struct DrawnMark {
  enum Kind: String {
    case warning, group, domain, fault
  }
  var kind: Kind
  var label: String
  var time: Int64
  /// Who did it, where that is known; without a name if only the id is.
  var task: KernelTask?
  var place: Place
}

/// A bind attempt or an IOMMU probe, with what ran inside it: shown whole or not at all.
struct DrawnAct {
  var spans: [PhaseSpan]
  var isBind: Bool
  /// It met an IOMMU probe of the device, or got as far as the driver's own probe.
  var matters: Bool
  var start: Int64 { spans[0].start }
  var end: Int64? { spans[0].end }
}

struct DrawnLane {
  var device: String
  var driver: String?
  /// By start.
  var acts: [DrawnAct] = []
  /// By time.
  var marks: [DrawnMark] = []
  var windows: [Window] = []
  /// Deferred binds that the analysis counted and did not keep.
  var folded: FoldedBinds?
  /// When it bound, deferred, got its group and its domain, in a few words each; also of acts that are left out.
  private(set) var facts: [String] = []
  /// Acts that are left out of this lane: how many, from when, until when.
  var omitted = 0
  var omittedRange: ClosedRange<Int64>?
  /// Groups and domains that are left out.
  private(set) var omittedMarks = 0

  /// What is left out, in words; nil if nothing is.
  var omission: String? {
    let hidden = omitted + (folded?.count ?? 0)
    let acts =
      hidden > 0 ? Plain.count(hidden, "more bind attempt or probe", "more bind attempts or probes") : nil
    let marks =
      omittedMarks > 0 ? Plain.count(omittedMarks, "more group or domain", "more groups or domains") : nil
    let parts = [acts, marks].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ") + " not drawn"
  }

  var spans: [PhaseSpan] { acts.flatMap(\.spans) }

  /// The longest of its windows, in nanoseconds; `.max` for one that never closed, nil without any. Also of windows
  /// that are left out.
  private(set) var longestWindow: Int64?
  /// That window in words.
  private(set) var windowFact: String?

  /// Every moment at which something drawn begins, ends or happens.
  var times: [Int64] { spans.flatMap { [$0.start, $0.end ?? $0.start] } + marks.map(\.time) }

  /// First and last moment of what is counted instead of drawn.
  var hiddenTimes: [Int64] {
    (folded.map { [$0.first, $0.last] } ?? []) + (omittedRange.map { [$0.lowerBound, $0.upperBound] } ?? [])
  }
}

extension DrawnLane {
  /// Everything that is known of a device.
  init(_ device: DeviceTimeline, windows: [Window], warnings: [Warning]) {
    self.device = device.name
    driver = device.driver
    self.windows = windows
    folded = device.folded
    let meets = VisitIndex(device.visits)
    acts = device.binds.map { bind in
      DrawnAct(
        spans: PhaseList.of(bind), isBind: true,
        matters: bind.driverProbe != nil || meets.meets(bind.phase.range))
    }
    acts += device.visits.map {
      DrawnAct(
        spans: PhaseList.of($0, own: device.registrations), isBind: false, matters: true)
    }
    acts.sort { ($0.start, $0.spans[0].place) < ($1.start, $1.spans[0].place) }
    addMaps(device.maps)
    nest()
    marks = PhaseList.moments(device).compactMap(Self.mark)
    marks += warnings.compactMap { warning in
      warning.time.map {
        DrawnMark(
          kind: .warning, label: "WARNING", time: $0, task: warning.task,
          place: warning.places.first ?? Place(input: 0, line: 0, offset: 0))
      }
    }
    if let fault = device.faults.first, let time = fault.time {
      let count = device.faults.count
      let label = count > 1 ? "first of \(count) DMA faults" : "DMA fault"
      marks.append(DrawnMark(kind: .fault, label: label, time: time, task: nil, place: fault.place))
    }
    marks.sort { ($0.time, $0.place) < ($1.time, $1.place) }
    nameTasks()
    facts = describe()
    longestWindow = windows.compactMap { $0.opened == nil ? nil : $0.length ?? .max }.max()
    windowFact = describeWindow()
  }

  /// The first DMA mappings tell whether the driver used its device too early; thousands follow.
  private mutating func addMaps(_ maps: [Phase]) {
    for map in maps.prefix(3) {
      var span = PhaseSpan(.dmaMap, map)
      // It returns an address, which is no result to show.
      span.result = nil
      acts.append(DrawnAct(spans: [span], isBind: false, matters: true))
    }
    acts.sort { ($0.start, $0.spans[0].place) < ($1.start, $1.spans[0].place) }
  }

  private static func mark(_ moment: PhaseMoment) -> DrawnMark? {
    guard let time = moment.time else { return nil }
    let isGroup = moment.kind == .group
    return DrawnMark(
      kind: isGroup ? .group : .domain,
      label: isGroup ? (moment.detail ?? "group") + " added" : "domain attached",
      time: time, task: moment.task, place: moment.place)
  }

  /// How deep each span ran in its own thread.
  private mutating func nest() {
    var spans = self.spans
    PhaseSpan.nest(&spans)
    var next = spans[...]
    for act in acts.indices {
      for index in acts[act].spans.indices { acts[act].spans[index].depth = next.removeFirst().depth }
    }
  }

  /// A moment's event has a thread id; its name is known from that thread's other events.
  private mutating func nameTasks() {
    var names: [Int32: KernelTask] = [:]
    for span in spans where !span.task.comm.isEmpty { names[span.task.tid] = span.task }
    for index in marks.indices {
      if let task = marks[index].task, task.comm.isEmpty { marks[index].task = names[task.tid] ?? task }
    }
  }
}

// MARK: less of it

extension DrawnLane {
  /// What matters to a finding: acts that touch an IOMMU probe or reached the driver, at most `limit` of them, those
  /// nearest to `focus`.
  func around(_ focus: Int64?, limit: Int) -> DrawnLane {
    kept(acts.indices.filter { acts[$0].matters }, focus, limit)
  }

  /// At most `limit` acts: what matters first.
  func limited(_ limit: Int) -> DrawnLane {
    guard acts.count > limit else { return self }
    let order = acts.indices.sorted { (acts[$0].matters ? 0 : 1, $0) < (acts[$1].matters ? 0 : 1, $1) }
    return kept(order.prefix(limit).sorted(), nil, limit)
  }

  private func kept(_ indices: [Int], _ focus: Int64?, _ limit: Int) -> DrawnLane {
    let indices = Self.nearest(indices, focus, limit) { acts[$0].start }
    var result = self
    let settled = marks.indices.filter { marks[$0].kind == .group || marks[$0].kind == .domain }
    let drawn = Set(Self.nearest(settled, focus, limit) { marks[$0].time })
    result.omittedMarks += settled.count - drawn.count
    let hidden = Set(settled).subtracting(drawn)
    result.marks = marks.indices.filter { !hidden.contains($0) }.map { marks[$0] }
    result.acts = indices.map { acts[$0] }
    // A window in which nothing is drawn, not even the bind that opened it, would hang over nothing; the longest is said in words.
    let times = result.times
    result.windows = windows.filter { $0.opened == nil || times.contains(where: $0.isOpen) }
    guard indices.count < acts.count else { return result }
    let chosen = Set(indices)
    for index in acts.indices where !chosen.contains(index) {
      let range = acts[index].start...max(acts[index].start, acts[index].end ?? acts[index].start)
      result.omitted += 1
      result.omittedRange =
        result.omittedRange.map {
          min($0.lowerBound, range.lowerBound)...max($0.upperBound, range.upperBound)
        } ?? range
    }
    return result
  }

  /// `limit` of `indices`, those around the first that is not before `focus`; the last ones if all are.
  private static func nearest(_ indices: [Int], _ focus: Int64?, _ limit: Int, _ time: (Int) -> Int64)
    -> [Int]
  {
    guard indices.count > limit else { return indices }
    let center = focus.map { focus in indices.firstIndex { time($0) >= focus } ?? indices.count } ?? 0
    let low = max(0, min(center - limit / 2, indices.count - limit))
    return Array(indices[low..<low + limit])
  }
}

extension Window {
  /// Whether the device is seen to have a driver and no group then: not where its opening was not seen.
  func isOpen(at time: Int64) -> Bool { opened.map { $0 <= time && time < closed ?? .max } ?? false }
}
