import Bytes

/// A record that the analysis needs: where its bytes are, and what is already known of it.
struct Kept: Sendable {
  /// Nanoseconds, or ticks.
  var time: Int64
  /// Offset of the record in the file, or of the chunk that holds it.
  var place: Int
  /// Offset of the record in `Batch.copied`; the count of a loss (-1: unknown).
  var start: Int
  var length: UInt32
  /// Index into `Plans.all`, or `lost`.
  var plan: UInt16
  /// Index into `RoleTable.symbols` for functions and probes.
  var symbol: UInt16

  static let lost = UInt16.max
}

/// Sorts one CPU's records into needed and not, and counts all of them.
struct Collector: RecordSink {
  private let order: ByteOrder
  private var planOf: [UInt16]
  private let filters: [Plans.Filter]
  private let typeOffset: Int
  private let roles: RoleTable
  private let times: TimeBase
  private let cpu: Int32
  /// Records out of a chunk have its place, others their own.
  private let isPacked: Bool

  private(set) var kept: [Kept] = []
  /// Copies of the kept records.
  private var copied: [UInt8] = []
  private(set) var events: Int64 = 0
  private(set) var lostCount: Int64 = 0
  private(set) var lostUnknown: Int64 = 0
  private(set) var damagedPages: Int64 = 0
  private(set) var firstDamage: Int?
  /// Needed records, and marks of lost ones, whose time cannot be: they are left out.
  private(set) var timeless: Int64 = 0
  private(set) var firstTimeless: Int?
  /// Records of functions that do not matter, or that no symbol explains.
  private(set) var unnamed: Int64 = 0
  /// Offset in the file of the page, or of the chunk that holds it.
  private var pagePlace = 0
  private var keepsNothing = false

  init(_ layout: Layout, cpu: Int32, isPacked: Bool) {
    order = layout.walk.order
    planOf = layout.plans.byID
    filters = layout.plans.filters
    typeOffset = layout.plans.type.offset
    roles = layout.roles
    times = layout.times
    self.cpu = cpu
    self.isPacked = isPacked
  }

  /// Hands over what was kept so far, and begins anew.
  mutating func takeBatch() -> Batch {
    defer { (kept, copied) = ([], []) }
    return Batch(kept: kept, copied: copied)
  }

  /// Takes the memory of a batch that is done with: fresh memory costs as much as what is put into it.
  mutating func reuse(_ batch: consuming Batch) {
    guard kept.isEmpty, copied.isEmpty else { return }
    (kept, copied) = (batch.kept, batch.copied)
    batch = Batch()
    kept.removeAll(keepingCapacity: true)
    copied.removeAll(keepingCapacity: true)
  }

  /// From now on records are only counted.
  mutating func keepNothing() {
    keepsNothing = true
    planOf = Array(repeating: 0, count: planOf.count)
  }

  /// To be called before a page is walked.
  mutating func begin(pageAt place: Int) {
    pagePlace = place
  }

  @inline(__always)
  mutating func record(_ page: RawSpan, _ at: Int, _ length: Int, _ time: UInt64) {
    events += 1
    guard typeOffset <= length - 2 else { return }
    let plan = planOf[Int(order.u16(page, at + typeOffset))]
    if plan != 0 { needed(page, at, length, time, Int(plan) - 1) }
  }

  @inline(__always)
  private mutating func needed(_ page: RawSpan, _ at: Int, _ length: Int, _ time: UInt64, _ plan: Int) {
    let filter = filters[plan]
    var symbol = 0
    if filter.size > 0 {
      let word = order.integer(page, at + filter.offset, size: filter.size, end: at + length) ?? 0
      guard let found = roles.find(word) else {
        unnamed += 1
        return
      }
      symbol = found
    }
    if filter.isPrint, !Self.saysStop(page, at, length) { return }
    keep(page, at, length, time, plan, symbol)
  }

  /// traceoff_on_warning leaves a line in the trace; all other printed lines are the user's.
  private static func saysStop(_ page: RawSpan, _ at: Int, _ length: Int) -> Bool {
    let text = Span<UInt8>(_bytes: page)
    return text.index(of: "Disabling tracing due to warning", from: at, to: at + length) != nil
  }

  private mutating func keep(
    _ page: RawSpan, _ at: Int, _ length: Int, _ time: UInt64, _ index: Int, _ symbol: Int
  ) {
    let place = isPacked ? pagePlace : pagePlace + at
    guard let time = times.time(time, cpu: cpu) else { return leaveOut(place) }
    kept.append(
      Kept(
        time: time, place: place, start: copied.count, length: UInt32(length), plan: UInt16(index),
        symbol: UInt16(truncatingIfNeeded: symbol)))
    // In bounds: the walk has checked the record, and `extracting` checks again.
    unsafe page.extracting(at..<at + length).withUnsafeBytes { unsafe copied.append(contentsOf: $0) }
  }

  mutating func lost(_ count: UInt64?, _ time: UInt64) {
    let known = count.flatMap { $0 <= 1 << 56 ? Int64($0) : nil }
    if let known { lostCount &+= known } else { lostUnknown += 1 }
    guard !keepsNothing else { return }
    guard let time = times.time(time, cpu: cpu) else { return leaveOut(pagePlace) }
    kept.append(
      Kept(
        time: time, place: pagePlace, start: Int(known ?? -1), length: 0, plan: Kept.lost, symbol: 0))
  }

  private mutating func leaveOut(_ place: Int) {
    timeless += 1
    firstTimeless = firstTimeless ?? place
  }

  mutating func damaged(at: Int) {
    damagedPages += 1
    firstDamage = firstDamage ?? (isPacked ? pagePlace : pagePlace + at)
  }
}
