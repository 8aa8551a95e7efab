import Bytes
import Glibc
import SystemPackage

/// Bytes of a stream in a file without a name, which goes with the object: for what must be read at any place, or twice.
package final class TemporaryFile: Sendable {
  private let descriptor: FileDescriptor
  /// Opens the file, as long as the object lives.
  package var path: String { "/proc/self/fd/\(descriptor.rawValue)" }

  /// Holds nothing yet.
  init() throws {
    // Set by the user, or not there; copied at once.
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var name = Array("\(folder)/proberace-XXXXXX".utf8CString)
    // mkstemp fills in the Xs of a C string that is ours, and opens the file for us alone.
    let raw = unsafe mkstemp(&name)
    guard raw >= 0 else { throw Errno(rawValue: errno) }
    // The same string, now with the file's name.
    _ = unsafe unlink(name)
    descriptor = FileDescriptor(rawValue: raw)
  }

  deinit { try? descriptor.close() }

  /// Copies a stream to its end.
  package convenience init(_ stream: any ByteStream) throws {
    try self.init()
    try append(stream, atMost: .max)
  }

  /// Appends a stream up to its end, or until there are so many bytes more; false if it may go on.
  @discardableResult
  func append(_ stream: any ByteStream, atMost limit: Int) throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var done = 0
    while done < limit {
      // The array's own storage.
      let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe stream.read(into: $0) }
      guard count > 0 else { return true }
      try descriptor.writeAll(buffer[..<count])
      done += count
    }
    return false
  }

  /// Holds what `write` puts into it.
  package convenience init(writing write: (FileDescriptor) throws -> Void) throws {
    try self.init()
    try write(descriptor)
  }

  var length: Int { descriptor.regularLength ?? 0 }

  /// The bytes at `range`, which lies in the file.
  func bytes(_ range: Range<Int>) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var filled = 0
    while filled < bytes.count {
      let from = filled
      // The rest of the array's own storage.
      let count = try unsafe bytes.withUnsafeMutableBytes {
        try unsafe descriptor.read(
          fromAbsoluteOffset: Int64(range.lowerBound + from),
          into: UnsafeMutableRawBufferPointer(rebasing: $0[from...]))
      }
      guard count > 0 else { throw Errno.ioError }
      filled += count
    }
    return bytes
  }

  /// A copy of what can be opened once only.
  package static func copy(of path: String) throws -> TemporaryFile {
    let meter = Meter(isStopped: { false }, count: { _ in })
    return try TemporaryFile(
      FileStream(try FileDescriptor.open(FilePath(path), .readOnly), meter, isOurs: true))
  }

  /// A copy of standard input.
  package static func standardInput() throws -> TemporaryFile {
    let meter = Meter(isStopped: { false }, count: { _ in })
    return try TemporaryFile(FileStream(.standardInput, meter, isOurs: false))
  }

  /// Copies what a source has left.
  package convenience init(rest source: LineSource) throws {
    try self.init()
    while try source.next({ text, _ in
      // Lent for the call.
      try unsafe text.withUnsafeBytes { bytes in _ = try unsafe descriptor.writeAll(bytes) }
    }) {}
  }
}
