import Bytes

/// Where everything is in a trace.dat: read once, without touching the trace data itself.
struct Container: Sendable {
  /// The recording of one CPU in one buffer: pages, or compressed chunks of pages.
  struct Stream: Sendable {
    /// Index into `buffers`.
    var buffer: Int
    var cpu: Int32
    var range: Range<Int>
    var isCompressed: Bool
  }
  /// A buffer that was recorded as text (latency tracers).
  struct Text: Sendable {
    var buffer: Int
    var region: Region
  }

  let input: Int
  var order = ByteOrder(isBig: false)
  /// Bytes of a long in the traced machine's user space; the kernel's is in the header page.
  var userLong = 8
  var pageSize = 4096
  var compression = Compression.none
  var headerInfo: Region?
  var ftraceFormats: Region?
  var eventFormats: Region?
  var kallsyms: Region?
  var cmdlines: Region?
  var options = Options()
  var buffers: [TraceDatFile.Buffer] = []
  var streams: [Stream] = []
  var texts: [Text] = []
  var losses: [Loss] = []
  /// Bytes of all streams: more than the file has is a lie that would make reading endless.
  private var recorded = 0
  private var listed: Set<UInt64> = []
  /// Options sections of a hostile file may lie over each other: this bounds the work.
  var optionsLeft = 1 << 20

  // Far above what any machine records: what lies must not cost more than its size justifies.
  static let mostStreams = 8192
  static let mostBuffers = 1024
  private static let mostLosses = 200

  /// Reads the head and all that it leads to. Throws if this is no trace.dat of a known version.
  init(_ file: Span<UInt8>, input: Int) throws(TraceDatError) {
    self.input = input
    guard file.has("\u{17}\u{8}\u{44}tracing", at: 0) else {
      throw TraceDatError("not a trace.dat: it does not begin with trace-cmd's magic bytes")
    }
    guard file.count >= 18, let zero = file.index(of: 0, from: 10, to: 16), zero + 6 <= file.count else {
      throw TraceDatError("the file ends inside trace.dat's head: it was cut")
    }
    guard let version = file.decimal(10..<zero), version == 6 || version == 7 else {
      throw TraceDatError("trace.dat of version \(file.string(10..<zero)): only 6 and 7 are known")
    }
    order = ByteOrder(isBig: file[zero + 1] == 1)
    var cursor = Cursor(order, zero + 3..<file.count)
    readSizes(cursor.u32(file) ?? 0, long: file[zero + 2], at: zero + 2)
    if version == 6 { readV6(file, &cursor) } else { try readV7(file, &cursor) }
    finish(file)
  }

  /// Sizes that no kernel has are lies: the usual ones are taken in their place.
  private mutating func readSizes(_ page: UInt32, long: UInt8, at: Int) {
    if long == 4 || long == 8 {
      userLong = Int(long)
    } else {
      lose(.damaged, "a long of \(long) bytes", at: at)
    }
    if Self.isPageSize(page) {
      pageSize = Int(page)
    } else {
      lose(.damaged, "pages of \(page) bytes", at: at)
    }
  }

  /// Sub-buffers are whole pages of 4 KiB or more; the kernel allows up to 16 MiB.
  static func isPageSize(_ size: UInt32) -> Bool { size >= 1024 && size <= 1 << 24 && size % 1024 == 0 }

  mutating func lose(_ kind: Loss.Kind, _ detail: String, at offset: Int) {
    guard losses.count < Self.mostLosses else { return }
    losses.append(Loss(kind, detail, at: Place(input: input, line: 0, offset: offset)))
  }

  /// Index of the buffer called `name`, made if it is new; nil if there are too many.
  mutating func buffer(named name: String, clock: String, pageSize: Int) -> Int? {
    if let known = buffers.firstIndex(where: { $0.name == name }) { return known }
    guard buffers.count < Self.mostBuffers else { return nil }
    buffers.append(TraceDatFile.Buffer(name: name, clock: clock, pageSize: pageSize))
    return buffers.count - 1
  }

  /// Adds one CPU's recording, cut to what the file has.
  mutating func add(
    buffer: Int, cpu: UInt32, offset: UInt64, size: UInt64, isCompressed: Bool, _ file: Span<UInt8>, at: Int
  ) {
    guard size > 0 else { return }
    let cpuName = "CPU \(cpu)\(buffers[buffer].name.isEmpty ? "" : " of \(buffers[buffer].name)")"
    guard offset < UInt64(file.count), offset >= 18 else {
      return lose(.truncated, "the recording of \(cpuName) begins behind the end of the file", at: at)
    }
    let start = Int(offset)
    let end = Int(min(UInt64(file.count - start), size)) + start
    if UInt64(end - start) < size {
      lose(
        .truncated, "\(end - start) of \(size) bytes of \(cpuName)'s recording are here: the file was cut",
        at: end)
    }
    recorded += end - start
    guard listed.insert(UInt64(buffer) << 32 | UInt64(cpu)).inserted, streams.count < Self.mostStreams,
      recorded <= file.count
    else {
      return lose(.damaged, "the recording of \(cpuName) overlaps another, or is listed twice", at: at)
    }
    let id = Int32(truncatingIfNeeded: cpu)
    streams.append(Stream(buffer: buffer, cpu: id, range: start..<end, isCompressed: isCompressed))
  }

  private mutating func finish(_ file: Span<UInt8>) {
    options.clock = options.clock ?? buffers.first.map(\.clock)
    guard buffers.isEmpty else { return }
    lose(
      .truncated,
      "no trace data: the recorder did not finish (was trace-cmd killed?); if trace.dat.cpuN files lie beside this "
        + "one, `trace-cmd restore` makes a trace.dat of them", at: file.count)
  }
}
