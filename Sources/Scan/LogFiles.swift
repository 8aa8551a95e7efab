// Logs out of files: plain, compressed, or members of an archive, recognised by content; archives in archives too.
import Bytes
import Glibc
import SystemPackage

/// Why a file or a member could not be read.
public struct LogError: Error, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// The user has stopped the scan: nothing more is to be read.
struct Stopped: Error {}

/// Visits the logs of one file.
struct LogFiles {
  /// A log in a gzip in a tar in a zip; deeper is a trap.
  private static let deepest = 4

  let meter: Meter
  /// Gets every log with the name to report. What it throws is a fault of that log.
  let body: (String, any ByteStream) throws -> Void
  /// Gets what could not be read, and why.
  let failed: (String, any Error) -> Void

  /// Visits what `path` holds (`-`: standard input). Throws only `Stopped`.
  func visit(_ path: String) throws {
    do {
      let stream =
        path == "-"
        ? FileStream(.standardInput, meter, isOurs: false)
        : FileStream(try open(path), meter, isOurs: true)
      try visit(path, stream, depth: 0)
    } catch let error as Errno {
      failed(path, error)
    }
  }

  /// A named pipe without a writer would hold open(2), and Ctrl-C with it: it is opened at once and waited for.
  private func open(_ path: String) throws -> FileDescriptor {
    let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .nonBlocking)
    do {
      guard try descriptor.stat().type == .fifo else { return descriptor }
      var state = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
      // One pollfd is what it is told of.
      while unsafe poll(&state, 1, 200) <= 0 { try meter.goOn() }
      // From here on a read may wait: a signal wakes it.
      _ = fcntl(descriptor.rawValue, F_SETFL, 0)
      return descriptor
    } catch {
      try? descriptor.close()
      throw error
    }
  }

  /// False if something of it could not be read.
  @discardableResult
  private func visit(_ name: String, _ stream: any ByteStream, depth: Int) throws -> Bool {
    var isWhole = true
    do {
      let head = try Self.head(stream)
      let whole = JoinedStream(head, stream)
      guard Self.isPacked(head.span) else {
        try body(name, whole)
        return true
      }
      guard depth < Self.deepest else {
        throw LogError("packed more than \(Self.deepest) times over: not read (a trap?)")
      }
      let archive = try Archive(whole, meter, depth: depth)
      while let member = try archive.next() {
        isWhole = try visit(member.isEmpty ? name : "\(name):\(member)", archive, depth: depth + 1) && isWhole
      }
    } catch let stop as Stopped {
      throw stop
    } catch {
      // A member that broke has been reported; that the archive goes on no further is the same fault.
      if isWhole { failed(name, error) }
      return false
    }
    return isWhole
  }

  /// As much as tells what it is; less if there is no more.
  private static func head(_ stream: any ByteStream) throws -> [UInt8] {
    var head = [UInt8](repeating: 0, count: 512)
    var filled = 0
    while filled < head.count {
      let start = filled
      // The rest of the array's own storage.
      let count = try unsafe head.withUnsafeMutableBytes {
        try unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
      }
      if count == 0 { break }
      filled += count
    }
    head.removeLast(head.count - filled)
    return head
  }

  /// gzip, zstd, xz, bzip2, zip or tar by their magic.
  private static func isPacked(_ head: Span<UInt8>) -> Bool {
    head.has("\u{1f}", at: 0) && head.count > 1 && head[1] == 0x8b
      || head.count > 3 && head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd
      || head.count > 5 && head[0] == 0xfd && head.has("7zXZ", at: 1)
      || head.has("BZh", at: 0) && head.has("1AY&SY", at: 4)
      || head.has("PK\u{3}\u{4}", at: 0) || head.has("ustar", at: 257)
  }
}

/// What one file has been read and expanded to, and whether to go on.
final class Meter {
  /// Beyond this much, what grows more than `bombRatio` times is taken for a bomb.
  private static let bombFloor = 24 << 20
  private static let bombRatio = 400

  private var packed = 0
  /// By depth: each layer of packing is counted for itself.
  private var expanded: [Int: Int] = [:]
  private let isStopped: () -> Bool
  private let count: (Int) -> Void

  /// `count` gets the number of bytes of every read.
  init(isStopped: @escaping () -> Bool, count: @escaping (Int) -> Void) {
    self.isStopped = isStopped
    self.count = count
  }

  func read(_ bytes: Int) {
    packed += bytes
    count(bytes)
  }

  func expand(_ bytes: Int, depth: Int) throws {
    expanded[depth, default: 0] += bytes
    let total = expanded[depth, default: 0]
    if total > Self.bombFloor, total / max(1, packed) > Self.bombRatio {
      throw LogError("expands more than \(Self.bombRatio) times: not read further (a decompression bomb?)")
    }
  }

  func goOn() throws { if isStopped() { throw Stopped() } }
}

/// An open plain file, pipe or device.
final class FileStream: ByteStream {
  private let descriptor: FileDescriptor
  private let meter: Meter
  private let isOurs: Bool
  /// Length when it was opened; 0 for a pipe, or where the beginning was not ours to read.
  private let length: Int
  private var done = 0

  init(_ descriptor: FileDescriptor, _ meter: Meter, isOurs: Bool) {
    self.descriptor = descriptor
    self.meter = meter
    self.isOurs = isOurs
    length = isOurs ? descriptor.regularLength ?? 0 : 0
  }
  deinit { if isOurs { try? descriptor.close() } }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      try meter.goOn()
      do {
        // read(2) writes at most the buffer's length. A signal wakes it: it may be Ctrl-C.
        let count = try unsafe descriptor.read(into: buffer, retryOnInterrupt: false)
        done += count
        meter.read(count)
        if count == 0, done < length, descriptor.regularLength ?? 0 < length {
          throw LogError("the file became shorter while it was read: what followed is missing")
        }
        return count
      } catch Errno.interrupted {
        continue
      }
    }
  }
}

/// Bytes that were read already, and the rest of the stream behind them.
final class JoinedStream: ByteStream {
  private let head: [UInt8]
  private let rest: (any ByteStream)?
  private var at = 0

  init(_ head: [UInt8], _ rest: (any ByteStream)?) {
    self.head = head
    self.rest = rest
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard at < head.count else { return try unsafe rest?.read(into: buffer) ?? 0 }
    let count = min(buffer.count, head.count - at)
    // count is bounded by both sides.
    unsafe buffer.copyBytes(from: head[at..<at + count])
    at += count
    return count
  }
}

/// A stream that has failed already.
final class BrokenStream: ByteStream {
  private let error: any Error
  init(_ error: any Error) { self.error = error }
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { throw error }
}
