import Bytes

/// What the workers share: how to read pages, and what of them is needed.
struct Layout: Sendable {
  var walk: PageWalk
  var plans: Plans
  var roles: RoleTable
  var times: TimeBase
}

/// Needed records of one CPU, in order.
struct Batch: Sendable {
  var kept: [Kept] = []
  /// The records' bytes, in which `Kept.start` counts.
  var copied: [UInt8] = []
}

/// Reads one CPU's recording batch by batch. Unchecked: its state has no lock, because one thread at a time uses it.
/// `ParallelRead.fill` gives each reader to one turn, and returns when all turns are done.
final class StreamReader: @unchecked Sendable {
  /// Recorders write chunks of ten pages; this is far above what any of them writes.
  private static let largestChunk = 1 << 25
  /// What is read at a time of a recording that is not compressed: it stays in a core's cache until it is walked.
  private static let readSize = 1 << 17

  let stream: Container.Stream
  private let pageSize: Int
  private let layout: Layout
  private let input: Int
  private let batchSize: Int
  private(set) var collector: Collector
  private(set) var losses: [Loss] = []
  private let compression: Compression
  private var cursor: Cursor
  /// Chunks of a compressed recording that are still to come, and how many there are.
  private var chunksLeft: UInt32 = 0
  private var chunks: UInt32 = 0
  /// Bytes that may still come out of the chunks: no recording shrinks to a 1024th as a whole.
  private var plainLeft: Int
  private(set) var isFinished = false
  /// The batch that was read ahead.
  private var ahead: Batch?

  init(_ stream: Container.Stream, _ container: Container, _ layout: Layout, fileSize: Int, batchSize: Int) {
    self.stream = stream
    self.layout = layout
    self.batchSize = batchSize
    pageSize = container.buffers[stream.buffer].pageSize
    input = container.input
    collector = Collector(layout, cpu: stream.cpu, isPacked: stream.isCompressed)
    compression = container.compression
    // `trace-cmd convert` leaves the word with the number of chunks out of a CPU's size.
    let end = stream.isCompressed ? min(fileSize, stream.range.upperBound + 4) : stream.range.upperBound
    cursor = Cursor(container.order, stream.range.lowerBound..<end)
    plainLeft = stream.range.count << 10 + (1 << 29) / container.streams.count
  }

  var needsFilling: Bool { ahead == nil && !isFinished }

  /// Reads on until a batch is full or the recording ends.
  func fill(_ file: MappedFile) {
    // Made for each batch: with many CPUs, buffers and contexts that wait would take much memory.
    var plain: [UInt8] = []
    if stream.isCompressed {
      file.withBytes { fillUnpacking($0, &plain) }
    } else {
      while !isFinished, collector.kept.count < batchSize { readPages(file, &plain) }
    }
    ahead = collector.takeBatch()
    if isFinished { finish() }
  }

  /// The batch that `fill` has read; nil if there is none.
  func take() -> Batch? {
    defer { ahead = nil }
    return ahead
  }

  /// Takes back a batch that is done with.
  func reuse(_ batch: consuming Batch) { collector.reuse(batch) }

  /// Reads to the recording's end without keeping anything.
  func countRest(_ file: MappedFile) {
    collector.keepNothing()
    while !isFinished { fill(file) }
    ahead = nil
  }

  private func readPages(_ file: MappedFile, _ plain: inout [UInt8]) {
    let at = cursor.at
    let end = min(at + max(pageSize, Self.readSize / pageSize * pageSize), cursor.end)
    file.copy(at..<end, into: &plain)
    walk(plain.span, at: at)
    cursor.at = end
    isFinished = end == cursor.end || plain.count < end - at
    if plain.count < end - at {
      lose(
        "the file became shorter, or could not be read, while CPU \(stream.cpu) was read",
        at: at + plain.count)
    }
  }

  /// Walks the pages `bytes`, which are at `place` in the file or were in a chunk there.
  private func walk(_ bytes: Span<UInt8>, at place: Int) {
    for start in stride(from: 0, to: bytes.count, by: pageSize) {
      collector.begin(pageAt: stream.isCompressed ? place : place + start)
      // A raw view of bytes has no padding to expose; `extracting` checks the range.
      unsafe layout.walk.walk(
        bytes.bytes.extracting(start..<min(start + pageSize, bytes.count)), &collector)
    }
  }

  // MARK: compressed: u32 chunks, then (u32 packed size, u32 plain size, bytes) for each

  private func fillUnpacking(_ file: Span<UInt8>, _ plain: inout [UInt8]) {
    if cursor.at == stream.range.lowerBound { readCount(file) }
    var decompressor = Decompressor(compression)
    while !isFinished, collector.kept.count < batchSize { readChunk(file, &decompressor, &plain) }
  }

  private func readCount(_ file: Span<UInt8>) {
    chunks = cursor.u32(file) ?? 0
    chunksLeft = chunks
    isFinished = chunks == 0
    if chunks == 0 { lose("the compressed recording of CPU \(stream.cpu) has no chunks", at: cursor.at) }
  }

  private func readChunk(_ file: Span<UInt8>, _ decompressor: inout Decompressor, _ plain: inout [UInt8]) {
    let at = cursor.at
    guard let packed = cursor.u32(file), let size = cursor.u32(file),
      let body = cursor.take(UInt64(packed))
    else {
      isFinished = true
      return lose(
        "the recording of CPU \(stream.cpu) ends in chunk \(chunks - chunksLeft + 1) of \(chunks)", at: at)
    }
    chunksLeft -= 1
    isFinished = chunksLeft == 0
    plainLeft -= Int(size)
    // A block of zstd shrinks to a 32768th at best: more is a lie.
    guard Int(size) <= Self.largestChunk, Int(size) <= body.count << 15, plainLeft >= 0,
      decompressor.decompress(file.extracting(body), size: Int(size), into: &plain)
    else {
      return lose(
        "chunk \(chunks - chunksLeft) of CPU \(stream.cpu) does not decompress: its pages are missing", at: at
      )
    }
    // A page never crosses chunks.
    walk(plain.span, at: at)
  }

  private func finish() {
    if collector.damagedPages > 0 {
      lose(
        "pages of CPU \(stream.cpu) whose lengths cannot be: what follows in them was not read",
        count: collector.damagedPages, at: collector.firstDamage ?? stream.range.lowerBound)
    }
    if collector.timeless > 0 {
      lose(
        "records of CPU \(stream.cpu) with times that cannot be: they were left out",
        count: collector.timeless, at: collector.firstTimeless ?? stream.range.lowerBound)
    }
  }

  private func lose(_ detail: String, count: Int64? = nil, at offset: Int) {
    // One broken table must not fill the memory with complaints.
    guard losses.count < 100 else { return }
    losses.append(Loss(.damaged, count: count, detail, at: Place(input: input, line: 0, offset: offset)))
  }
}
