import Bytes

/// Measures a text as it goes by, to tell whether another one says the same.
final class TextTally: ByteStream {
  private let stream: any ByteStream
  /// Bytes that are no blanks and no line ends: mailers wrap, quote and indent.
  private var length = 0
  /// How often the word stands there that no warning of ours lacks; it is not wrapped.
  private var words = 0
  /// The end of what went by, for a word that two reads share.
  private var tail: [UInt8] = []

  private static let word: StaticString = "IOMMU"

  init(_ stream: any ByteStream) { self.stream = stream }

  /// Whether this text has more in it than `other`, but for what mailers add.
  func saysMore(than other: TextTally) -> Bool {
    words > other.words || length > other.length + other.length / 8 + 200
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let read = try unsafe stream.read(into: buffer)
    // So many bytes were just read.
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[0..<read])
    let typed = unsafe bytes.bindMemory(to: UInt8.self)
    let text = unsafe typed.span
    for at in text.indices where text[at] > 32 { length += 1 }
    let kept = Self.word.utf8CodeUnitCount - 1
    tail += text.extracting(0..<min(kept, text.count)).array
    words += tail.span.count(of: Self.word) + text.count(of: Self.word)
    tail = text.count >= kept ? text.extracting((text.count - kept)...).array : Array(tail.suffix(kept))
    return read
  }
}
