// Compressed packets: a packet whose bytes are packets, packed by zlib or zstd. They are inflated piece by piece.
import Bytes
import CZlib
import CZstd
import Events

/// How far packed packets may go.
struct Inflating: Sendable {
  /// Perfetto packs once.
  static let deepest = 2
  /// Beyond this much, what grows more than `ratio` times is taken for a bomb, as at the door.
  private static let floor = 24 << 20
  private static let ratio = 400

  /// Bytes of the packet that is inflated: places for its events, which have none of their own.
  private var places: Range<Int64> = 0..<0
  private var packed = 0
  private var plain = 0
  /// Packets that do not inflate to whole packets, and the first of them.
  private(set) var broken: Int64 = 0
  private(set) var firstBroken: Int64?
  private(set) var isBomb = false

  /// The same bytes for another recording, which has lost nothing yet.
  var continued: Inflating {
    var other = self
    (other.broken, other.firstBroken) = (0, nil)
    return other
  }

  mutating func begin(_ count: Int, at place: Int64, depth: Int) {
    packed += count
    if depth == 0 { places = place..<place + Int64(count) }
  }

  /// One for each event, while there are bytes.
  @inline(__always)
  mutating func nextPlace() -> Int64 {
    if places.count > 1 { places = places.lowerBound + 1..<places.upperBound }
    return places.lowerBound
  }

  /// False if it grows too much.
  mutating func expand(_ count: Int) -> Bool {
    plain += count
    if plain > Self.floor, plain / max(1, packed) > Self.ratio { isBomb = true }
    return !isBomb
  }

  mutating func breakOff(_ place: Int64) {
    broken += 1
    firstBroken = firstBroken ?? place
  }
}

extension PerfettoRecording {
  mutating func inflate(
    _ packet: Packet, _ bytes: Span<UInt8>, at place: Int64, depth: Int, _ names: inout NameTable
  ) {
    guard let range = packet.deflated ?? packet.zstd, !inflating.isBomb else { return }
    guard depth < Inflating.deepest else { return inflating.breakOff(place) }
    inflating.begin(range.count, at: place, depth: depth)
    var inner = PacketSplitter()
    let packed = bytes.extracting(range)
    let isWhole = Inflater.inflate(packed, isZstd: packet.deflated == nil) { plain in
      guard inflating.expand(plain.count) else { return false }
      inner.feed(plain) { bytes, packet in
        take(bytes, packet.range, at: place, depth: depth + 1, &names)
      }
      return true
    }
    inner.finish()
    if !isWhole || !inner.faults.isEmpty { inflating.breakOff(place) }
  }
}

enum Inflater {
  private static let chunk = 1 << 17

  /// Hands out what `packed` holds, piece by piece, while `body` wants it; false if it is not whole.
  static func inflate(_ packed: Span<UInt8>, isZstd: Bool, _ body: (Span<UInt8>) -> Bool) -> Bool {
    guard !packed.isEmpty else { return true }
    var plain = [UInt8](repeating: 0, count: chunk)
    return isZstd ? zstd(packed, &plain, body) : zlib(packed, &plain, body)
  }

  private static func zlib(
    _ packed: Span<UInt8>, _ plain: inout [UInt8], _ body: (Span<UInt8>) -> Bool
  ) -> Bool {
    var state = unsafe z_stream()
    // It fails for want of memory only.
    guard unsafe inflateInit_(&state, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return false
    }
    defer { _ = unsafe inflateEnd(&state) }
    return unsafe packed.withUnsafeBufferPointer { from in
      // zlib reads at most avail_in bytes, which are lent for this call, and does not write them.
      unsafe state.next_in = UnsafeMutablePointer(mutating: from.baseAddress)
      unsafe state.avail_in = UInt32(from.count)
      while true {
        let (status, count) = unsafe plain.withUnsafeMutableBufferPointer { to in
          // It writes at most avail_out bytes.
          unsafe state.next_out = to.baseAddress
          unsafe state.avail_out = UInt32(to.count)
          let status = unsafe CZlib.inflate(&state, Z_NO_FLUSH)
          return (status, to.count - Int(unsafe state.avail_out))
        }
        if count > 0, !body(plain.span.extracting(0..<count)) { return false }
        if status == Z_STREAM_END { return true }
        let rest = unsafe state.avail_in
        guard status == Z_OK, count > 0 || rest > 0 else { return false }
      }
    }
  }

  private static func zstd(
    _ packed: Span<UInt8>, _ plain: inout [UInt8], _ body: (Span<UInt8>) -> Bool
  ) -> Bool {
    guard let context = unsafe ZSTD_createDCtx() else { return false }
    defer { _ = unsafe ZSTD_freeDCtx(context) }
    // The memory is taken by what the frame says: no more than the 8 MB that every decoder is to have (RFC 8878). Perfetto's
    // frames ask for less, and packets in packets would have it twice.
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 23)
    return unsafe packed.withUnsafeBufferPointer { from in
      var input = unsafe ZSTD_inBuffer(src: from.baseAddress, size: from.count, pos: 0)
      while true {
        let (left, count) = unsafe plain.withUnsafeMutableBufferPointer { to in
          // It reads and writes inside of the sizes that it is given.
          var output = unsafe ZSTD_outBuffer(dst: to.baseAddress, size: to.count, pos: 0)
          let left = unsafe ZSTD_decompressStream(context, &output, &input)
          return (left, unsafe output.pos)
        }
        guard ZSTD_isError(left) == 0 else { return false }
        if count > 0, !body(plain.span.extracting(0..<count)) { return false }
        // Frames may follow each other.
        if left == 0, unsafe input.pos == input.size { return true }
        let isAtEnd = unsafe input.pos == input.size
        guard count > 0 || !isAtEnd else { return false }
      }
    }
  }
}
