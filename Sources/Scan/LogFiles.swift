// Logs out of files: plain, compressed, or members of an archive, recognised by content; archives in archives too.
import Bytes
import Glibc
import Records
import SystemPackage

/// Why a file or a member could not be read.
public struct LogError: Error, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }

  /// Why something could not be read, in the words of the field.
  static func explain(_ error: any Error) -> String {
    switch error {
    case Errno.noSuchFileOrDirectory: "no such file"
    case Errno.permissionDenied: "permission denied"
    case Errno.isDirectory: "this is a directory"
    default: "\(error)"
    }
  }
}

/// The user has stopped the scan: nothing more is to be read.
struct Stopped: Error {}

/// Visits the logs of one file.
public struct LogFiles {
  /// A log in a gzip in a tar.gz in a zip is packed four times over; much deeper is a trap.
  private static let deepest = 8

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
    } catch Errno.noSuchFileOrDirectory where path.unicodeScalars.contains("\u{fffd}") {
      // What a folder or a list named was other bytes.
      failed(path, LogError("no such file; a name that is not UTF-8 cannot be opened"))
    } catch let error as Errno {
      failed(path, error)
    }
  }

  /// Whether a plain file holds a log, or is an archive. A report quotes a kernel's lines, but few of its own are stamped.
  public static func isLog(_ path: String) -> Bool {
    guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly) else { return false }
    let meter = Meter(isStopped: { false }, count: { _ in })
    let head = Self.head(WatchedStream(FileStream(descriptor, meter, isOurs: true)), 1 << 15)
    if Packing(head.span.extracting(0..<min(head.count, Packing.sniffed))) != nil { return true }
    var (lines, stamped) = (0, 0)
    var reader = KernelLogReader(input: 0)
    reader.read(head.span, at: 0) { record, _, _ in
      lines += 1
      if record.clock != .none { stamped += 1 }
    }
    return 2 * stamped > lines
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

  /// False if the stream itself broke, not something in it.
  @discardableResult
  private func visit(_ name: String, _ stream: any ByteStream, depth: Int) throws -> Bool {
    let watched = WatchedStream(stream)
    do {
      try visitContent(name, watched, depth)
      // The checks of what is packed come last, and a tar ends before what it is packed in. Where the stream broke, the
      // one who read it has said so.
      if depth > 0, watched.fault == nil { try Self.drain(watched) }
    } catch let stop as Stopped {
      throw stop
    } catch {
      failed(name, error)
    }
    return watched.fault == nil
  }

  private func visitContent(_ name: String, _ stream: WatchedStream, _ depth: Int) throws {
    let head = Self.head(stream, Packing.sniffed)
    let whole = JoinedStream(head, stream)
    guard let packing = Packing(head.span) else { return try body(name, whole) }
    guard depth < Self.deepest else {
      throw LogError("packed more than \(Self.deepest) times over: not read (a trap?)")
    }
    switch packing {
    case .gzip: try visit(name, GzipStream(whole, meter, depth: depth), depth: depth + 1)
    case .layer(.members):
      let archive = try Archive(whole, .members, meter, depth: depth)
      var isWhole = true
      do {
        while let member = try archive.next() {
          isWhole = try visit("\(name):\(member)", archive, depth: depth + 1)
        }
      } catch {
        // A member that broke has been reported; that the archive goes on no further is the same fault.
        if isWhole || error is Stopped { throw error }
      }
    case .layer(let layer): try visit(name, Archive(whole, layer, meter, depth: depth), depth: depth + 1)
    }
  }

  /// So many bytes; less if there are no more. What breaks there breaks again for the next reader.
  private static func head(_ stream: WatchedStream, _ count: Int) -> [UInt8] {
    var head = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < head.count {
      let start = filled
      // The rest of the array's own storage.
      let count = try? unsafe head.withUnsafeMutableBytes {
        try unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
      }
      guard let count, count > 0 else { break }
      filled += count
    }
    head.removeLast(head.count - filled)
    return head
  }

  private static func drain(_ stream: any ByteStream) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // The array's own storage.
    while try unsafe buffer.withUnsafeMutableBytes({ try unsafe stream.read(into: $0) }) > 0 {}
  }
}

/// How something is packed, by its magic.
private enum Packing {
  case gzip
  case layer(Archive.Layer)

  /// Bytes that tell it.
  static let sniffed = 512

  init?(_ head: Span<UInt8>) {
    if Self.has(head, [0x1f, 0x8b]) {
      self = .gzip
    } else if Self.has(head, [0x28, 0xb5, 0x2f, 0xfd]) {
      self = .layer(.zstd)
    } else if Self.has(head, [0xfd]), head.has("7zXZ", at: 1) {
      self = .layer(.xz)
    } else if head.has("BZh", at: 0), head.has("1AY&SY", at: 4) || head.has("\u{17}rE8P", at: 4) {
      self = .layer(.bzip2)
    } else if Self.has(head, [0x04, 0x22, 0x4d, 0x18]) {
      self = .layer(.lz4)
    } else if head.has("PK\u{3}\u{4}", at: 0) || head.has("ustar", at: 257) || Self.isOldTar(head) {
      self = .layer(.members)
    } else {
      return nil
    }
  }

  private static func has(_ head: Span<UInt8>, _ magic: [UInt8]) -> Bool {
    head.count >= magic.count && magic.indices.allSatisfy { head[$0] == magic[$0] }
  }

  /// Tars from before POSIX have no magic, only the sum of the header's bytes: octal, its own field taken for blanks.
  private static func isOldTar(_ head: Span<UInt8>) -> Bool {
    // Its last bytes are zeros, which no log has.
    guard head.count == sniffed, head[sniffed - 1] == 0 else { return false }
    let field = 148..<156
    var sum = 0
    for at in 0..<sniffed { sum += field.contains(at) ? 32 : Int(head[at]) }
    let said = head.string(field).filter(\.isNumber)
    return Int(said, radix: 8) == sum
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
    try goOn()
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

/// Remembers that a stream broke: whoever reads on gets the same fault again.
final class WatchedStream: ByteStream {
  private let stream: any ByteStream
  private(set) var fault: (any Error)?
  init(_ stream: any ByteStream) { self.stream = stream }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
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
final class BrokenStream: ByteStream {
  private let error: any Error
  init(_ error: any Error) { self.error = error }
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { throw error }
}
