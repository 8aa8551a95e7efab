import Glibc
import SystemPackage

extension FileDescriptor {
  /// The length of a regular file as it is now; nil for pipes, devices and folders.
  public var regularLength: Int? {
    guard let status = try? stat(), status.type == .regular else { return nil }
    return Int(status.size)
  }

  /// Everything up to the end.
  public func readWhole() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(1 << 16, (regularLength ?? 0) + 1))
    var filled = 0
    while true {
      if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
      let start = filled
      // The rest of the array's own storage.
      let count = try unsafe bytes.withUnsafeMutableBytes {
        try unsafe read(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
      }
      guard count > 0 else { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}

/// A whole file mapped read-only. Its length is the one that fstat told at opening: all bounds checks use that.
@safe public final class MappedFile: Sendable {
  // Set once, never written through, unmapped only when nobody holds the object any more.
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer?
  /// Bytes of the file.
  public let count: Int

  /// Throws an `Errno`; `.illegalSeek` for what is no regular file (pipes, directories).
  public init(path: String) throws {
    let descriptor = try FileDescriptor.open(FilePath(path), .readOnly)
    defer { try? descriptor.close() }
    var status = stat()
    guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Errno.illegalSeek }
    count = Int(status.st_size)
    guard count > 0 else {
      unsafe base = nil
      return
    }
    // A private read-only mapping of `count` bytes; the kernel refuses what it cannot give.
    let mapped = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw Errno(rawValue: errno) }
    unsafe base = mapped
  }

  /// Takes a copy of bytes that are in memory: standard input, or a test's.
  public init(copying bytes: [UInt8]) throws {
    count = bytes.count
    guard count > 0 else {
      unsafe base = nil
      return
    }
    // Anonymous memory of `count` bytes, filled with `count` bytes before anybody else sees it.
    let mapped = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw Errno(rawValue: errno) }
    unsafe mapped.copyMemory(from: bytes, byteCount: count)
    unsafe base = mapped
  }

  deinit {
    if let base = unsafe base { unsafe munmap(base, count) }
  }

  /// Lends the file's bytes. A file that others cut while it is read ends the process (SIGBUS), as with any mapping.
  public func withBytes<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    // The mapping lives as long as self, and self longer than the call.
    let bytes = unsafe UnsafeRawBufferPointer(start: base, count: unsafe base == nil ? 0 : count)
    let typed = unsafe bytes.bindMemory(to: UInt8.self)
    return try unsafe body(typed.span)
  }
}
