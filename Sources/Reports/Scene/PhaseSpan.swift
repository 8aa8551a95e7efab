import Bytes
import Timelines

/// What a phase is, in the contract's words (docs/architecture.md); `dma-map` is drawn only.
enum PhaseKind: String {
  case bind
  case dmaConfigure = "dma-configure"
  case iommuProbe = "iommu-probe"
  case walkVisit = "walk-visit"
  case driverProbe = "driver-probe"
  case group, domain, registration
  case dmaMap = "dma-map"

  /// A look at the device by the IOMMU core, whoever made it do so.
  var isProbe: Bool { self == .walkVisit || self == .iommuProbe }
}

/// A stretch of a thread's time over a device, as reports list and draw it.
struct PhaseSpan {
  var kind: PhaseKind
  /// The traced function.
  var function: String
  var task: KernelTask
  /// Nanoseconds on the boot's clock.
  var start: Int64
  /// Nil: its end was not traced.
  var end: Int64?
  var result: Int64?
  /// Driver, outcome, caller or function.
  var detail: String?
  var place: Place
  var endPlace: Place?
  /// No call of its own in the trace: known from what was called inside it.
  var isInferred = false
  /// The trace shows its beginning only.
  var isWithoutReturn = false
  /// How many spans of its thread it ran in, within the lane.
  var depth = 0

  init(_ kind: PhaseKind, _ phase: Phase, _ detail: String? = nil) {
    self.kind = kind
    function = phase.function
    task = phase.task
    start = phase.start
    end = phase.end
    result = phase.result
    self.detail = detail
    place = phase.place
    endPlace = phase.endPlace
  }

  /// What stands in its bar.
  var label: String {
    switch kind {
    case .walkVisit: "walk visits it"
    case .iommuProbe: "IOMMU probe"
    case .bind: "really_probe"
    case .registration: "iommu_device_register"
    case .dmaConfigure, .driverProbe, .dmaMap, .group, .domain: function
    }
  }

  /// What a drawing says beside its label.
  var note: String {
    let note = detail == function ? "" : detail ?? ""
    return isWithoutReturn ? note + " (returns are not traced)" : note
  }
}

extension PhaseSpan {
  /// Sets the depth of each by those of its thread that it ran in. `spans`: of two that begin at one line the caller first.
  static func nest(_ spans: inout [PhaseSpan]) {
    var open: [Int32: [PhaseSpan]] = [:]
    let order = spans.indices.sorted {
      (spans[$0].start, spans[$0].place, $0) < (spans[$1].start, spans[$1].place, $1)
    }
    for index in order {
      let span = spans[index]
      var outer = open[span.task.tid] ?? []
      while let last = outer.last, last.isOver(before: span) { outer.removeLast() }
      // What was not seen to return lasts until its thread binds the device again.
      if span.kind == .bind { outer.removeAll { $0.end == nil } }
      spans[index].depth = outer.count
      // A mapping calls nothing that is drawn, whether or not its return was traced.
      if span.kind != .dmaMap { outer.append(span) }
      open[span.task.tid] = outer
    }
  }

  /// A coarse clock gives many events one stamp: then the lines of their input have the order.
  private func isOver(before next: PhaseSpan) -> Bool {
    guard let end, end == next.start, let endPlace, endPlace.input == next.place.input else {
      return (end ?? .max) < next.start
    }
    return endPlace < next.place
  }
}

/// A moment at which a device got its group or a domain.
struct PhaseMoment {
  var kind: PhaseKind
  /// Nil: its line has no time.
  var time: Int64?
  /// Without a name: an event tells the thread's id only.
  var task: KernelTask?
  /// Which group.
  var detail: String?
  var place: Place
}
