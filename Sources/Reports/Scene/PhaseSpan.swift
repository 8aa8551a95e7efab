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
  /// Sets the depth of each by those of its thread that it ran in. `spans`: by start, callers before what they call.
  static func nest(_ spans: inout [PhaseSpan]) {
    var open: [Int32: [(end: Int64, isKnown: Bool)]] = [:]
    for index in spans.indices {
      let span = spans[index]
      var outer = open[span.task.tid] ?? []
      while let last = outer.last, last.end < span.start { outer.removeLast() }
      // What was not seen to return lasts until its thread binds the device again.
      if span.kind == .bind { outer.removeAll { !$0.isKnown } }
      spans[index].depth = outer.count
      outer.append((span.end ?? .max, span.end != nil))
      open[span.task.tid] = outer
    }
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
