import Bytes

/// Event formats as the walk needs them: by id, and nothing for ids that the analysis does not need.
struct Plans: Sendable {
  /// A few plain words: the walk copies them for every record of a needed event.
  struct Filter: Sendable {
    /// Where the function's address is; a size of 0: records of all functions are kept.
    var offset: Int
    var size: Int
    var isPrint: Bool

    init(_ plan: Plan) {
      offset = plan.address?.offset ?? 0
      size = plan.address?.size ?? 0
      isPrint = plan.kind == .print
    }
  }

  /// Index into `all` plus one, by event id; 0: not needed.
  private(set) var byID = [UInt16](repeating: 0, count: 1 << 16)
  private(set) var all: [Plan] = []
  /// The part of each plan that decides whether a record is kept.
  private(set) var filters: [Filter] = []
  private(set) var probes: [ProbeFields] = []
  /// Where every record has its event id and its thread.
  private(set) var type = Field(offset: 0, size: 2, isSigned: false, shape: .number)
  private(set) var thread = Field(offset: 4, size: 4, isSigned: true, shape: .number)
  /// Bytes of the page's commit word and of a kernel long.
  var commitSize = 8

  mutating func add(_ plan: Plan, _ format: RecordFormat) {
    for named in format.common {
      if named.name == "common_type", named.field.size == 2 { type = named.field }
      if named.name == "common_pid", named.field.size == 4 { thread = named.field }
    }
    guard all.count < Int(UInt16.max), byID[format.id] == 0 else { return }
    var plan = plan
    if plan.kind == .probeEntry {
      plan.probe = probes.count
      probes.append(ProbeFields(format))
    }
    all.append(plan)
    filters.append(Filter(plan))
    byID[format.id] = UInt16(all.count)
  }

  /// Nobody sets so many probes; libtraceevent's list of events is slow to grow.
  static let mostFormats = 4096

  /// What the format `range` is needed for, by a look at its first lines; nil for nearly all of them.
  static func kind(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Plan.Kind? {
    guard bytes.has("name: ", at: range.lowerBound, before: range.upperBound),
      let end = bytes.index(of: 10, from: range.lowerBound, to: range.upperBound)
    else { return nil }
    // Probes are known by their first own field: users choose their names.
    let head = min(range.upperBound, range.lowerBound + 1024)
    if let probe = bytes.index(of: " __probe_", from: end, to: head) {
      if bytes.has("ip;", at: probe + 9) { return .probeEntry }
      if bytes.has("func;", at: probe + 9) { return .probeReturn }
    }
    let name = range.lowerBound + 6..<end
    return known.first { bytes.equals(name, $0.name) }?.kind
  }

  private static let known: [(name: StaticString, kind: Plan.Kind)] = [
    ("function", .function), ("funcgraph_entry", .graphEntry), ("funcgraph_retaddr_entry", .graphEntry),
    ("funcgraph_exit", .graphExit), ("print", .print),
    ("add_device_to_group", .groupAdded), ("remove_device_from_group", .groupRemoved),
    ("attach_device_to_domain", .domainAttached), ("io_page_fault", .pageFault), ("console", .console),
  ]
}

extension Container {
  /// Parses the formats that are needed; losses tell of those that do not read.
  mutating func plans(_ file: Span<UInt8>) -> Plans {
    let order = order
    let long = userLong
    var plans = Plans()
    var broken = 0
    plans.commitSize =
      open(headerInfo, "the page header", file) { bytes -> Int? in
        var cursor = Cursor(order, 0..<bytes.count)
        guard let info = HeaderInfo(bytes, &cursor) else { return nil }
        return FormatParser.run(order, long: long) { $0.commitSize(bytes, info.page, long: long) } ?? nil
      }.flatMap { $0 } ?? long
    for (region, named) in [(ftraceFormats, false), (eventFormats, true)] {
      let isWhole = open(region, "event formats", file) { bytes in
        let (read, failed, isWhole) = Self.formats(bytes, named, order, long)
        for (plan, format) in read { plans.add(plan, format) }
        broken += failed
        return isWhole
      }
      if isWhole == false {
        lose(.damaged, "the list of event formats ends early", at: region?.range.lowerBound ?? 0)
      }
    }
    if broken > 0 {
      lose(
        .damaged, "\(broken) event formats that are needed do not read",
        at: eventFormats?.range.lowerBound ?? 0)
    }
    return plans
  }

  private static func formats(
    _ bytes: Span<UInt8>, _ named: Bool, _ order: ByteOrder, _ long: Int
  ) -> (read: [(Plan, RecordFormat)], failed: Int, isWhole: Bool) {
    var needed: [(Plan.Kind, Range<Int>)] = []
    var cursor = Cursor(order, 0..<bytes.count)
    let isWhole = FormatList.each(bytes, &cursor, named: named) { range in
      if needed.count < Plans.mostFormats, let kind = Plans.kind(bytes, range) {
        needed.append((kind, range))
      }
    }
    let wanted = needed
    let read = FormatParser.run(order, long: long) { parser in
      wanted.compactMap { kind, range -> (Plan, RecordFormat)? in
        guard let format = parser.format(bytes, range), let plan = Plan(kind, format) else { return nil }
        return (plan, format)
      }
    }
    return (read ?? [], wanted.count - (read?.count ?? 0), isWhole)
  }
}
