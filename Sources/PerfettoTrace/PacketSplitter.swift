import Bytes

/// A stream of bytes to packets: a trace is field 1, again and again. Holds what a run of bytes cuts off, and no more.
struct PacketSplitter {
  /// Where a packet lies in a run of bytes, and where it begins in the stream.
  struct Packet {
    var range: Range<Int>
    var place: Int
  }
  enum Fault: Equatable {
    /// The stream ends inside a packet that begins here.
    case cut(Int)
    /// No packet begins here.
    case garbage(Int)
    /// A packet longer than any is.
    case tooLong(Int)
  }

  /// Perfetto's packets are kilobytes, its compressed ones at most a few megabytes.
  private static let longest = 16 << 20

  private var pending: [UInt8] = []
  /// Where in the stream `pending` begins, or what comes next.
  private(set) var offset = 0
  /// Bytes of a packet that is passed over, still to come.
  private var skipping = 0
  private(set) var faults: [Fault] = []
  /// Packets may have stood behind the last one.
  var isCut: Bool { faults.contains { if case .tooLong = $0 { false } else { true } } }
  private var isOver = false

  /// Hands the packets that are whole to `body`, with the bytes that they lie in.
  mutating func feed(_ bytes: Span<UInt8>, _ body: (Span<UInt8>, Packet) -> Void) {
    guard !isOver else { return }
    let skipped = min(skipping, bytes.count)
    skipping -= skipped
    offset += skipped
    let rest = bytes.extracting(skipped..<bytes.count)
    guard pending.isEmpty else { return goOn(rest, body) }
    let done = split(rest, body)
    keep(rest, from: done)
  }

  /// The stream is over.
  mutating func finish() {
    guard !isOver, !pending.isEmpty || skipping > 0 else { return }
    faults.append(.cut(offset))
  }

  /// The packet that the last run cut off is made whole first; all others are read where they are.
  private mutating func goOn(_ bytes: Span<UInt8>, _ body: (Span<UInt8>, Packet) -> Void) {
    var from = 0
    while from < bytes.count, !pending.isEmpty, !isOver {
      let missing = missing
      let take = min(max(missing, 1), bytes.count - from)
      append(bytes.extracting(from..<from + take))
      from += take
      guard pending.count > 1 else { continue }
      // Taken out while it is read, and not copied: `split` may end the stream.
      var whole: [UInt8] = []
      swap(&whole, &pending)
      if split(whole.span, body) > 0 || skipping > 0 { whole.removeAll(keepingCapacity: true) }
      if !isOver { pending = whole }
    }
    guard pending.isEmpty, !isOver else { return }
    feed(bytes.extracting(from..<bytes.count), body)
  }

  /// Bytes that the pending packet still lacks; 1 while its length is not known.
  private var missing: Int {
    var wire = Wire(1..<pending.count)
    guard pending.count > 1, pending[0] == 0x0a, let length = wire.varint(pending.span) else { return 1 }
    guard length <= UInt64(Self.longest) else { return 1 }
    return max(1, wire.at + Int(length) - pending.count)
  }

  private mutating func keep(_ bytes: Span<UInt8>, from start: Int) {
    guard !isOver, start < bytes.count else { return }
    append(bytes.extracting(start..<bytes.count))
  }

  private mutating func append(_ bytes: Span<UInt8>) {
    // Lent for the call, and copied in it.
    unsafe bytes.withUnsafeBufferPointer { unsafe pending.append(contentsOf: $0) }
  }

  /// Hands out whole packets; how many bytes they had.
  private mutating func split(_ bytes: Span<UInt8>, _ body: (Span<UInt8>, Packet) -> Void) -> Int {
    var at = 0
    while at < bytes.count {
      var wire = Wire(at + 1..<bytes.count)
      guard bytes[at] == 0x0a else {
        end(.garbage(offset))
        return at
      }
      guard let length = wire.varint(bytes) else {
        // Ten bytes are a number, or none.
        if bytes.count - at > 11 { end(.garbage(offset)) }
        return at
      }
      let left = bytes.count - wire.at
      if length > UInt64(Self.longest) {
        guard length < 1 << 40 else {
          end(.garbage(offset))
          return at
        }
        if faults.count < 16 { faults.append(.tooLong(offset)) }
        offset += wire.at - at + min(left, Int(length))
        skipping = max(0, Int(length) - left)
        at = wire.at + min(left, Int(length))
        continue
      }
      guard Int(length) <= left else { return at }
      let end = wire.at + Int(length)
      body(bytes, Packet(range: wire.at..<end, place: offset))
      offset += end - at
      at = end
    }
    return at
  }

  private mutating func end(_ fault: Fault) {
    faults.append(fault)
    isOver = true
    pending = []
  }
}
