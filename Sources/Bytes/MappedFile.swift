import Glibc
import SystemPackage

extension FileDescriptor {
  /// The length of a regular file as it is now; nil for pipes, devices and folders.
  package var regularLength: Int? {
    guard let status = try? stat(), status.type == .regular else { return nil }
    return Int(status.size)
  }

  /// Everything up to the end; nil if that is more than `limit` bytes, as of a device that never ends.
  package func readWhole(atMost limit: Int) throws -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: min(limit + 1, max(1 << 16, (regularLength ?? 0) + 1)))
    var filled = 0
    while filled <= limit {
      if filled == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
      let start = filled
      // The rest of the array's own storage.
      let count = try unsafe bytes.withUnsafeMutableBytes {
        try unsafe read(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
      }
      guard count > 0 else {
        bytes.removeLast(bytes.count - filled)
        return bytes
      }
      filled += count
    }
    return nil
  }
}

/// A whole file mapped read-only. Its length is the one that fstat told at opening: all bounds checks use that.
@safe package final class MappedFile: Sendable {
  // Set once, never written through, unmapped only when nobody holds the object any more.
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer?
  /// Closed with the mapping; nil for a copy of bytes.
  private let descriptor: FileDescriptor?
  /// Bytes of the file.
  package let count: Int

  /// Throws an `Errno`; `.illegalSeek` for what is no regular file (pipes, directories).
  package init(path: String) throws {
    let descriptor = try FileDescriptor.open(FilePath(path), .readOnly)
    do {
      let mapping = unsafe try Self.map(descriptor)
      unsafe base = mapping.base
      unsafe count = mapping.count
    } catch {
      try? descriptor.close()
      throw error
    }
    self.descriptor = descriptor
  }

  private static func map(_ descriptor: FileDescriptor) throws
    -> (base: UnsafeMutableRawPointer?, count: Int)
  {
    var status = stat()
    guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Errno.illegalSeek }
    let count = Int(status.st_size)
    guard count > 0 else { return (nil, 0) }
    // A private read-only mapping of `count` bytes; the kernel refuses what it cannot give.
    let mapped = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw Errno(rawValue: errno) }
    return unsafe (mapped, count)
  }

  /// Takes a copy of bytes that are in memory: standard input, or a test's.
  package init(copying bytes: [UInt8]) throws {
    descriptor = nil
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
    try? descriptor?.close()
  }

  /// Replaces the content of `buffer` by the bytes `range`, or by as many of them as the file still has. For what is
  /// looked at once: read(2) costs less than the page faults of a mapping, and leaves the bytes in a core's cache.
  package func copy(_ range: Range<Int>, into buffer: inout [UInt8]) {
    let range = range.clamped(to: 0..<count)
    guard let descriptor else {
      return withBytes { bytes in
        buffer = unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
      }
    }
    if buffer.count != range.count { buffer = [UInt8](repeating: 0, count: range.count) }
    // read(2) writes at most the buffer's length.
    let read = unsafe buffer.withUnsafeMutableBytes { target in
      var filled = 0
      while filled < range.count,
        let more = try? unsafe descriptor.read(
          fromAbsoluteOffset: Int64(range.lowerBound + filled),
          into: UnsafeMutableRawBufferPointer(rebasing: target[filled...])), more > 0
      {
        filled += more
      }
      return filled
    }
    buffer.removeLast(range.count - read)
  }

  /// Lends the file's bytes. A file that others cut while it is read ends the process (SIGBUS), as with any mapping.
  package func withBytes<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    // The mapping lives as long as self, and self longer than the call.
    let bytes = unsafe UnsafeRawBufferPointer(start: base, count: unsafe base == nil ? 0 : count)
    let typed = unsafe bytes.bindMemory(to: UInt8.self)
    return try unsafe body(typed.span)
  }
}
