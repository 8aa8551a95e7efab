import Bytes
import CArchive

/// A compressed stream or an archive, member by member; the stream is that of the current member. libarchive does the work.
@safe final class Archive: ByteStream {
  private let feed: Feed
  private let meter: Meter
  private let depth: Int
  /// libarchive's handle: made in init, freed in deinit, never handed out.
  private let handle: OpaquePointer

  /// What libarchive reads from. It keeps the error, for which libarchive's C interface has no room.
  @safe private final class Feed {
    let stream: any ByteStream
    /// Owned: made here, freed in deinit, lent to libarchive until its next read.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    var error: (any Error)?
    init(_ stream: any ByteStream) { self.stream = stream }
    deinit { unsafe buffer.deallocate() }

    func read() -> Int {
      do {
        return try unsafe stream.read(into: buffer)
      } catch {
        self.error = error
        return -1
      }
    }
  }

  init(_ stream: any ByteStream, _ meter: Meter, depth: Int) throws {
    feed = Feed(stream)
    self.meter = meter
    self.depth = depth
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
    // The feed lives as long as self, and the handle no longer than that.
    let client = unsafe Unmanaged.passUnretained(feed).toOpaque()
    let status = unsafe archive_read_open(
      handle, client, nil,
      { _, client, block in
        guard let client = unsafe client else { return -1 }
        let feed = unsafe Unmanaged<Feed>.fromOpaque(client).takeUnretainedValue()
        unsafe block?.pointee = UnsafeRawPointer(feed.buffer.baseAddress)
        return feed.read()
      }, nil)
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
      // The name is libarchive's until the next header; it is copied here.
      let name = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
      return unsafe archive_format(handle) == ARCHIVE_FORMAT_RAW ? "" : name
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    // libarchive writes at most this much. Where a stream breaks it drops what the call had read: little by little.
    let count = unsafe archive_read_data(handle, buffer.baseAddress, min(buffer.count, 1 << 16))
    guard count >= 0 else { throw failure() }
    try meter.expand(count, depth: depth)
    return count
  }

  private func failure() -> any Error {
    // The text is libarchive's until the next call; it is copied here.
    feed.error
      ?? LogError(unsafe archive_error_string(handle).map { unsafe String(cString: $0) } ?? "cannot be read")
  }
}
