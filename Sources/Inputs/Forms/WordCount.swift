import Bytes

/// Counts the warning's words as they go by: what a text form leaves out (a page's scripts, comments and attributes, bytes that
/// are in another encoding than the rest) must not hide one.
final class WordCount: ByteStream {
  private static let words: StaticString = "late IOMMU probe at driver bind"
  private let stream: any ByteStream
  private(set) var count = 0
  /// The end of what went by, for words that two reads share.
  private var tail: [UInt8] = []

  init(_ stream: any ByteStream) { self.stream = stream }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let read = try unsafe stream.read(into: buffer)
    // So many bytes were just read.
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[0..<read])
    let typed = unsafe bytes.bindMemory(to: UInt8.self)
    let text = unsafe typed.span
    let kept = Self.words.utf8CodeUnitCount - 1
    tail += text.extracting(0..<min(kept, text.count)).array
    count += tail.span.count(of: Self.words) + text.count(of: Self.words)
    if text.count >= kept {
      tail = text.extracting((text.count - kept)...).array
    } else {
      tail = Array(tail.suffix(kept))
    }
    return read
  }
}
