import Bytes

/// Turns bytes of one form into bytes of another, piece by piece and in bounded memory.
protocol FormDecoder {
  /// How far it looks ahead at most. What it cannot tell from so many bytes it decides without the rest.
  static var window: Int { get }

  /// Decodes from the beginning of `input`, appends to `output` and says how many bytes it has used up. It leaves what
  /// only the bytes behind can tell; not so if `isAll` says that there is no more to look at. It appends a few times
  /// as much as it uses up at most.
  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int

  /// The input is used up: appends what is still owed.
  mutating func finish(into output: inout [UInt8])

  /// It decodes no further before its owner has said how.
  var isPaused: Bool { get }
}

extension FormDecoder {
  var isPaused: Bool { false }
  mutating func finish(into output: inout [UInt8]) {}

  /// Where the line ends that begins at `start`, and whether that is its end: one that fills the window is broken there. Nil if its end is
  /// still to come.
  static func lineEnd(_ input: Span<UInt8>, _ start: Int, isAll: Bool) -> (end: Int, isWhole: Bool)? {
    if let newline = input.index(of: 10, from: start) { return (newline, true) }
    return isAll || start == 0 && input.count == window ? (input.count, false) : nil
  }
}

/// A stream as a decoder hands it out. It ends where the decoder pauses, and goes on once that has been resumed.
final class DecodingStream<Decoder: FormDecoder>: ByteStream {
  private let source: any ByteStream
  var decoder: Decoder
  private var input: [UInt8]
  /// What is not yet used up.
  private var range = 0..<0
  private var hasEnded = false
  /// The decoder is not asked before so many bytes are there: it would look at the same ones again and again.
  private var wanted = 1
  private var output: [UInt8] = []
  private var handed = 0
  private(set) var isFinished = false

  init(_ source: any ByteStream, _ decoder: Decoder) {
    self.source = source
    self.decoder = decoder
    input = [UInt8](repeating: 0, count: Decoder.window)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard buffer.count > 0, try advance() else { return 0 }
    let count = min(buffer.count, output.count - handed)
    // count is bounded by both sides.
    unsafe buffer.copyBytes(from: output[handed..<handed + count])
    handed += count
    return count
  }

  /// Decodes until there is something to hand out. False at the end, and where the decoder pauses.
  func advance() throws -> Bool {
    while handed == output.count {
      guard !isFinished, !decoder.isPaused else { return false }
      let isAll = hasEnded || wanted > input.count
      if range.count < wanted, !isAll { try fill() } else { step(isAll: isAll) }
    }
    return true
  }

  /// Throws away what is not yet handed out, up to the end or to where the decoder pauses.
  func drain() throws {
    while try advance() { handed = output.count }
  }

  private func step(isAll: Bool) {
    output.removeAll(keepingCapacity: true)
    handed = 0
    // A second owner of the storage, not a copy: the decoder changes neither.
    let bytes = input
    let used = decoder.decode(bytes.span.extracting(range), isAll: isAll, into: &output)
    range = range.lowerBound + used..<range.upperBound
    if used > 0 || !output.isEmpty {
      wanted = 1
    } else if !isAll {
      wanted = range.count == input.count ? input.count + 1 : min(input.count, max(16, 2 * range.count))
    } else if !range.isEmpty, !decoder.isPaused {
      // No decoder does this; a byte as it is is better than no end.
      output.append(bytes[range.lowerBound])
      range = range.lowerBound + 1..<range.upperBound
    }
    if hasEnded, range.isEmpty, !decoder.isPaused {
      decoder.finish(into: &output)
      isFinished = !decoder.isPaused
    }
  }

  private func fill() throws {
    if range.isEmpty {
      range = 0..<0
    } else if range.upperBound == input.count {
      input.replaceSubrange(0..<range.count, with: Array(input[range]))
      range = 0..<range.count
    }
    let end = range.upperBound
    let source = self.source
    // The rest of the array's own storage.
    let count = try unsafe input.withUnsafeMutableBytes { bytes in
      try unsafe source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
    }
    range = range.lowerBound..<end + count
    hasEnded = count == 0
  }
}

extension [UInt8] {
  /// Appends the bytes `range` of `text`.
  mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) {
    // Copies; the buffer is not kept. `extracting` traps on a bad range.
    unsafe text.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  /// Appends a character as UTF-8; U+FFFD for what is none.
  mutating func append(scalar value: UInt32) {
    switch value {
    case 0..<0x80:
      append(UInt8(value))
    case 0x80..<0x800:
      append(UInt8(0xc0 | value >> 6))
      append(UInt8(0x80 | value & 0x3f))
    case 0x800..<0xd800, 0xe000..<0x10000:
      append(UInt8(0xe0 | value >> 12))
      append(UInt8(0x80 | value >> 6 & 0x3f))
      append(UInt8(0x80 | value & 0x3f))
    case 0x10000..<0x110000:
      append(UInt8(0xf0 | value >> 18))
      append(UInt8(0x80 | value >> 12 & 0x3f))
      append(UInt8(0x80 | value >> 6 & 0x3f))
      append(UInt8(0x80 | value & 0x3f))
    default:
      append(scalar: 0xfffd)
    }
  }
}
