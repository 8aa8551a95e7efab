import Bytes
import Inputs

/// A stream that breaks once it has taken its time: what came until then is judged, and the rest is missing.
final class TimedStream: ByteStream {
  private let stream: any ByteStream
  private let limit: Duration
  private let end: ContinuousClock.Instant
  /// It broke for its time.
  private(set) var isOver = false

  init(_ stream: any ByteStream, _ limit: Duration) {
    self.stream = stream
    self.limit = limit
    end = .now + limit
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard .now < end else {
      isOver = true
      throw InputError(
        "not read to its end within \(limit.components.seconds) s (--time-limit-per-log): what follows is missing"
      )
    }
    return try unsafe stream.read(into: buffer)
  }
}
