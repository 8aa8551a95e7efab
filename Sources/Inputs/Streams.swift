// Where bytes come from before anything is undone.
import Bytes
import SystemPackage

/// An open plain file, pipe or device.
final class FileStream: ByteStream {
  private let descriptor: FileDescriptor
  private let meter: Meter
  private let isOurs: Bool
  /// Length when it was opened; 0 for a pipe, or where the beginning was not ours to read.
  private let length: Int
  private let mayWait: Bool
  private var done = 0

  init(_ descriptor: FileDescriptor, _ meter: Meter, isOurs: Bool) {
    self.descriptor = descriptor
    self.meter = meter
    self.isOurs = isOurs
    let regular = descriptor.regularLength
    length = isOurs ? regular ?? 0 : 0
    mayWait = regular == nil
  }
  deinit { if isOurs { try? descriptor.close() } }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      try meter.goOn()
      if mayWait { try meter.wait(for: descriptor) }
      do {
        // read(2) writes at most the buffer's length. A signal wakes it: it may be Ctrl-C.
        let count = try unsafe descriptor.read(into: buffer, retryOnInterrupt: false)
        done += count
        meter.read(count)
        if count == 0, done < length, descriptor.regularLength ?? 0 < length {
          throw InputError("the file became shorter while it was read: what followed is missing")
        }
        return count
      } catch Errno.interrupted {
        continue
      }
    }
  }
}

/// Bytes that were read already, and the rest of the stream behind them.
package final class JoinedStream: ByteStream {
  private let head: [UInt8]
  private let rest: (any ByteStream)?
  private var at = 0

  /// `rest` nil: `head` is all.
  package init(_ head: [UInt8], _ rest: (any ByteStream)?) {
    self.head = head
    self.rest = rest
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard at < head.count else { return try unsafe rest?.read(into: buffer) ?? 0 }
    let count = min(buffer.count, head.count - at)
    // count is bounded by both sides.
    unsafe buffer.copyBytes(from: head[at..<at + count])
    at += count
    return count
  }
}

/// Remembers that a stream broke: whoever reads on gets the same fault again.
package final class WatchedStream: ByteStream {
  private let stream: any ByteStream
  /// What the stream threw; nil while it has not.
  package private(set) var fault: (any Error)?
  /// Reads `stream`, and nobody else does.
  package init(_ stream: any ByteStream) { self.stream = stream }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let fault { throw fault }
    do {
      return try unsafe stream.read(into: buffer)
    } catch {
      fault = error
      throw error
    }
  }
}

/// A stream that has failed already.
package final class BrokenStream: ByteStream {
  private let error: any Error
  /// Every read throws `error`.
  package init(_ error: any Error) { self.error = error }
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { throw error }
}

/// Lets its beginning be looked at before it is read. What breaks there breaks again for the next reader.
final class PeekedStream: ByteStream {
  private let rest: WatchedStream
  private var head: [UInt8] = []
  private var at = 0

  init(_ rest: WatchedStream) { self.rest = rest }

  /// Lends the first bytes that are not read yet, up to `count`; fewer if there are no more.
  func peek<R>(_ count: Int, _ body: (Span<UInt8>) -> R) -> R {
    let start = head.count
    if at + count > start {
      head.append(contentsOf: repeatElement(0, count: at + count - start))
      var filled = start
      while filled < head.count {
        let from = filled
        // The rest of the array's own storage.
        let more = try? unsafe head.withUnsafeMutableBytes {
          try unsafe rest.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[from...]))
        }
        guard let more, more > 0 else { break }
        filled += more
      }
      head.removeLast(head.count - filled)
    }
    let bytes = head
    return body(bytes.span.extracting(at..<min(at + count, bytes.count)))
  }

  /// Passes over bytes that were looked at.
  func skip(_ count: Int) { at = min(at + count, head.count) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard at < head.count else { return try unsafe rest.read(into: buffer) }
    let count = min(buffer.count, head.count - at)
    // count is bounded by both sides.
    unsafe buffer.copyBytes(from: head[at..<at + count])
    at += count
    return count
  }
}
