import SystemPackage

/// Something that gives bytes until it ends: a file, a pipe, a member of an archive.
package protocol ByteStream: AnyObject {
  /// Reads into `buffer` and says how many bytes; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// An open file descriptor.
final class DescriptorStream: ByteStream {
  private let descriptor: FileDescriptor
  private let closes: Bool
  init(_ descriptor: FileDescriptor, closes: Bool) {
    self.descriptor = descriptor
    self.closes = closes
  }
  deinit { if closes { try? descriptor.close() } }
  // read(2) writes at most the buffer's length.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try unsafe descriptor.read(into: buffer)
  }
}

/// Nothing more to come.
private final class EndedStream: ByteStream {
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { 0 }
}

/// A file or standard input, handed out as runs of whole lines. Memory stays at one buffer whatever the size.
package final class LineSource {
  /// Longer lines are handed out in pieces: no trace or log line is that long.
  package static let longestLine = 1 << 20
  /// Small enough that what read(2) copied is still in a core's cache when it is parsed.
  private static let readSize = 1 << 16

  private let stream: any ByteStream
  private var buffer: [UInt8]
  private var filled = 0
  private var consumed = 0
  private var atEnd = false
  /// The offset in the input of the next run's first byte.
  package private(set) var offset = 0
  /// Set once the last line was handed out and had no newline: the input was cut there.
  package private(set) var endsInsideLine = false
  /// Lines that were longer than `longestLine` and came in pieces.
  package private(set) var overlongLines = 0
  /// The last run was a piece of such a line, and not its last one.
  private var isInsideLine = false

  /// Opens `path`, or standard input for `-`.
  package convenience init(path: String) throws {
    if path == "-" {
      self.init(descriptor: .standardInput, closes: false)
    } else {
      self.init(descriptor: try FileDescriptor.open(FilePath(path), .readOnly), closes: true)
    }
  }

  /// `closes`: the descriptor is closed with the source.
  package convenience init(descriptor: FileDescriptor, closes: Bool) {
    self.init(stream: DescriptorStream(descriptor, closes: closes))
  }

  /// A stream that fails has its error thrown where its bytes are read.
  package init(stream: any ByteStream) {
    self.stream = stream
    // It grows to the longest line's length where a line is that long.
    buffer = [UInt8](repeating: 0, count: 2 * Self.readSize)
  }

  /// A text that is in memory already.
  package init(bytes: [UInt8]) {
    stream = EndedStream()
    buffer = bytes
    filled = bytes.count
    atEnd = true
  }

  /// The first bytes of the input, up to `count`, without consuming them: to recognise the format.
  package func peek<R>(_ count: Int, _ body: (Span<UInt8>) throws -> R) throws -> R {
    if count > buffer.count { buffer.append(contentsOf: repeatElement(0, count: count - buffer.count)) }
    while filled < min(count, buffer.count), !atEnd { try fill() }
    let bytes = buffer
    return try body(bytes.span.extracting(0..<min(count, filled)))
  }

  /// A copy of the first bytes.
  package func peekable(_ count: Int) -> [UInt8] {
    (try? peek(count) { span in span.array }) ?? []
  }

  /// Hands the next run of whole lines to `body`, with the offset of its first byte. False at the end.
  package func next(_ body: (Span<UInt8>, Int) throws -> Void) throws -> Bool {
    compact()
    while true {
      if let end = last(10) {
        isInsideLine = false
        try hand(out: end + 1, to: body)
        return true
      }
      if filled == buffer.count, buffer.count < Self.longestLine {
        buffer.append(contentsOf: repeatElement(0, count: buffer.count))
      }
      if atEnd || filled == buffer.count {
        guard filled > 0 else { return false }
        // Serial consoles may write carriage returns alone.
        if let end = last(13), end == filled - 1 || !atEnd {
          isInsideLine = false
          try hand(out: end + 1, to: body)
          return true
        }
        if atEnd {
          endsInsideLine = true
        } else if !isInsideLine {
          overlongLines += 1
          isInsideLine = true
        }
        try hand(out: filled, to: body)
        return true
      }
      try fill()
    }
  }

  /// Hands out what comes next, whether it has lines or not, with its offset. False at the end.
  package func nextBytes(_ body: (Span<UInt8>, Int) throws -> Void) throws -> Bool {
    compact()
    if filled == 0, !atEnd { try fill() }
    guard filled > 0 else { return false }
    try hand(out: filled, to: body)
    return true
  }

  private func hand(out count: Int, to body: (Span<UInt8>, Int) throws -> Void) throws {
    let bytes = buffer
    try body(bytes.span.extracting(0..<count), offset)
    consumed = count
    offset += count
  }

  private func compact() {
    guard consumed > 0 else { return }
    buffer.replaceSubrange(0..<filled - consumed, with: Array(buffer[consumed..<filled]))
    filled -= consumed
    consumed = 0
  }

  private func last(_ byte: UInt8) -> Int? {
    var at = filled
    while at > 0 {
      at -= 1
      if buffer[at] == byte { return at }
    }
    return nil
  }

  private func fill() throws {
    let end = min(buffer.count, filled + Self.readSize)
    let stream = self.stream
    let start = filled
    // The slice start ..< end lies inside the buffer; read(2) writes at most its length.
    let count = try unsafe buffer.withUnsafeMutableBytes { bytes in
      try unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end]))
    }
    if count == 0 { atEnd = true } else { filled += count }
  }
}
