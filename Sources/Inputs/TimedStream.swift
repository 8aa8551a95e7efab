import Bytes

/// How long one log may be read. Its time begins where the log does, and ends with it: between the members of an archive nobody's runs.
package final class ReadingClock {
  private let limit: Duration
  private var end: ContinuousClock.Instant?

  /// No log is read for longer than `limit`.
  package init(_ limit: Duration) { self.limit = limit }

  func begin() { end = .now + limit }

  func rest() { end = nil }

  /// Throws once the log's time is over. `grace`: as long again, for what is passed over behind it.
  func goOn(grace: Bool = false) throws {
    guard let end, .now >= (grace ? end + limit : end) else { return }
    throw TimeIsOver(limit: limit)
  }
}

/// A log is not read further.
struct TimeIsOver: Error, CustomStringConvertible {
  let limit: Duration
  var description: String {
    "not read to its end within \(limit.components.seconds) s (--time-limit-per-log): what follows is missing"
  }
}

/// A log's bytes until its time is over: what came until then is judged, and the rest is missing.
final class TimedStream: ByteStream {
  private let stream: any ByteStream
  private let clock: ReadingClock

  init(_ stream: any ByteStream, _ clock: ReadingClock) {
    self.stream = stream
    self.clock = clock
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try clock.goOn()
    return try unsafe stream.read(into: buffer)
  }
}
