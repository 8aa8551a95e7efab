// Logs out of files: plain, compressed, or members of an archive, recognised by content. libarchive does the work.
import Bytes
import CArchive
import SystemPackage

/// Why a file or a member could not be read.
public struct LogError: Error, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

enum LogFiles {
  /// Hands every log in `path` (`-`: standard input) to `body`, with the name to report. What cannot be read is
  /// thrown; members read so far stand.
  static func each(_ path: String, _ body: (String, any ByteStream) throws -> Void) throws {
    if path != "-" {
      let descriptor = try FileDescriptor.open(FilePath(path), .readOnly)
      guard try isPacked(descriptor) else {
        return try body(path, FileStream(descriptor))
      }
      try descriptor.close()
    }
    let archive = try Archive(path)
    while let member = try archive.next() {
      try body(member.isEmpty ? path : "\(path):\(member)", archive)
    }
  }

  /// gzip, zstd, xz, bzip2, zip or tar by their magic; leaves the file at its beginning.
  private static func isPacked(_ descriptor: FileDescriptor) throws -> Bool {
    var head = [UInt8](repeating: 0, count: 512)
    // The array's own storage, at most its length.
    let count = try unsafe head.withUnsafeMutableBytes {
      try unsafe descriptor.read(fromAbsoluteOffset: 0, into: $0)
    }
    let span = head.span.extracting(0..<count)
    return span.has("\u{1f}", at: 0) && count > 1 && head[1] == 0x8b
      || count > 3 && head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd
      || count > 5 && head[0] == 0xfd && span.has("7zXZ", at: 1) || span.has("BZh", at: 0)
      || span.has("PK\u{3}\u{4}", at: 0) || span.has("ustar", at: 257)
  }
}

/// An open plain file.
final class FileStream: ByteStream {
  private let descriptor: FileDescriptor
  init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }
  deinit { try? descriptor.close() }
  // read(2) writes at most the buffer's length.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try unsafe descriptor.read(into: buffer)
  }
}

/// A compressed file or an archive, member by member; the stream is that of the current member.
@safe final class Archive: ByteStream {
  /// Beyond this much, a member that grows more than `bombRatio` times is taken for a bomb.
  private static let bombFloor: Int64 = 24 << 20
  private static let bombRatio: Int64 = 400

  private let path: String
  /// libarchive's handle: made in init, freed in deinit, never handed out.
  private let handle: OpaquePointer
  private var expanded: Int64 = 0

  init(_ path: String) throws {
    self.path = path
    guard let handle = unsafe archive_read_new() else { throw LogError("out of memory") }
    unsafe self.handle = handle
    _ = unsafe archive_read_support_filter_gzip(handle)
    _ = unsafe archive_read_support_filter_bzip2(handle)
    _ = unsafe archive_read_support_filter_xz(handle)
    _ = unsafe archive_read_support_filter_zstd(handle)
    _ = unsafe archive_read_support_format_tar(handle)
    _ = unsafe archive_read_support_format_zip_streamable(handle)
    _ = unsafe archive_read_support_format_raw(handle)
    _ = unsafe archive_read_support_format_empty(handle)
    let status =
      path == "-"
      ? unsafe archive_read_open_fd(handle, 0, 1 << 16)
      : unsafe archive_read_open_filename(handle, path, 1 << 16)
    guard status == ARCHIVE_OK else { throw failure() }
  }

  deinit { _ = unsafe archive_read_free(handle) }

  /// Goes to the next member and gives its name: "" for a single compressed stream; nil at the end.
  func next() throws -> String? {
    while true {
      var entry: OpaquePointer?
      let status = unsafe archive_read_next_header(handle, &entry)
      if status == ARCHIVE_EOF { return nil }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry = unsafe entry else { throw failure() }
      // 0100000 is AE_IFREG: folders and links are no logs.
      guard unsafe archive_entry_filetype(entry) & 0o170000 == 0o100000 else { continue }
      expanded = 0
      // The name is libarchive's until the next header; it is copied here.
      let name = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
      return unsafe archive_format(handle) == ARCHIVE_FORMAT_RAW ? "" : name
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    // libarchive writes at most the buffer's length.
    let count = unsafe archive_read_data(handle, buffer.baseAddress, buffer.count)
    guard count >= 0 else { throw failure() }
    expanded += Int64(count)
    let packed = max(1, unsafe archive_filter_bytes(handle, -1))
    if expanded > Self.bombFloor, expanded / packed > Self.bombRatio {
      throw LogError("expands more than \(Self.bombRatio) times: not read further (a decompression bomb?)")
    }
    return count
  }

  private func failure() -> LogError {
    // The text is libarchive's until the next call; it is copied here.
    LogError(unsafe archive_error_string(handle).map { unsafe String(cString: $0) } ?? "cannot be read")
  }
}
