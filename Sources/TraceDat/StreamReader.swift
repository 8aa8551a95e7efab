import Bytes

/// What the workers share: how to read pages, and what of them is needed.
struct Layout: Sendable {
  var walk: PageWalk
  var plans: Plans
  var roles: RoleTable
  var times: TimeBase
}

/// What one CPU's recording gave.
struct StreamResult: Sendable {
  var stream: Container.Stream
  var kept: [Kept] = []
  /// The bytes that `Kept.start` counts in, if not those of the file.
  var copied: [UInt8] = []
  var events: Int64 = 0
  var lost: Int64 = 0
  var lostUnknown: Int64 = 0
  var otherProbes: Int64 = 0
  var losses: [Loss] = []
}

/// Reads one CPU's recording from end to end. Runs on any thread.
struct StreamReader {
  /// Recorders write chunks of ten pages; this is far above what any of them writes.
  private static let largestChunk = 1 << 25

  private let stream: Container.Stream
  private let pageSize: Int
  private let layout: Layout
  private let compression: Compression
  private let input: Int
  private var collector: Collector
  private var losses: [Loss] = []

  init(_ stream: Container.Stream, _ container: Container, _ layout: Layout) {
    self.stream = stream
    self.layout = layout
    pageSize = container.buffers[stream.buffer].pageSize
    compression = container.compression
    input = container.input
    collector = Collector(layout, cpu: stream.cpu, copies: stream.isCompressed)
  }

  mutating func read(_ file: Span<UInt8>) -> StreamResult {
    if stream.isCompressed { readChunks(file) } else { readPages(file, stream.range, place: nil) }
    if collector.damagedPages > 0 {
      lose(
        "pages of CPU \(stream.cpu) whose lengths cannot be: what follows in them was not read",
        count: collector.damagedPages, at: collector.firstDamage ?? stream.range.lowerBound)
    }
    return StreamResult(
      stream: stream, kept: collector.kept, copied: collector.copied, events: collector.events,
      lost: collector.lostCount, lostUnknown: collector.lostUnknown, otherProbes: collector.otherProbes,
      losses: losses)
  }

  /// Walks the pages in `range`; `place` is what the records' places are, if not their own offsets.
  private mutating func readPages(_ bytes: Span<UInt8>, _ range: Range<Int>, place: Int?) {
    var at = range.lowerBound
    while at < range.upperBound {
      let end = min(at + pageSize, range.upperBound)
      collector.begin(pageAt: place ?? at)
      // A raw view of bytes has no padding to expose; `extracting` checks the range.
      unsafe layout.walk.walk(bytes.bytes.extracting(at..<end), &collector)
      at = end
    }
  }

  /// u32 chunks, then (u32 packed size, u32 plain size, bytes) for each. A page never crosses chunks.
  private mutating func readChunks(_ file: Span<UInt8>) {
    var cursor = Cursor(layout.walk.order, stream.range)
    guard let count = cursor.u32(file) else {
      return lose("the compressed recording of CPU \(stream.cpu) has no length", at: cursor.at)
    }
    var decompressor = Decompressor(compression)
    var plain: [UInt8] = []
    for index in 0..<count {
      let at = cursor.at
      guard let packed = cursor.u32(file), let size = cursor.u32(file), let body = cursor.take(UInt64(packed))
      else {
        return lose("the recording of CPU \(stream.cpu) ends in chunk \(index) of \(count)", at: at)
      }
      // A block of zstd shrinks to a 32768th at best: more is a lie.
      guard Int(size) <= Self.largestChunk, Int(size) <= body.count << 15,
        decompressor.decompress(file.extracting(body), size: Int(size), into: &plain)
      else {
        lose("chunk \(index) of CPU \(stream.cpu) does not decompress: its pages are missing", at: at)
        continue
      }
      readPages(plain.span, 0..<plain.count, place: at)
    }
  }

  private mutating func lose(_ detail: String, count: Int64? = nil, at offset: Int) {
    // One broken table must not fill the memory with complaints.
    guard losses.count < 100 else { return }
    losses.append(Loss(.damaged, count: count, detail, at: Place(input: input, line: 0, offset: offset)))
  }
}
