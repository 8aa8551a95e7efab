import Bytes
import CArchive
import Glibc

/// The members of an archive, or what a compressed stream holds. The stream is that of the current member.
/// libarchive does the work.
@safe final class Archive: ByteStream {
  /// What is to be undone: one layer at a time, so that each is read to its end and what it checks there is checked.
  enum Layer {
    case members, bzip2, xz, lzma, lzip, zstd, lz4

    fileprivate var filter: Int32? {
      switch self {
      case .members: nil
      case .bzip2: ARCHIVE_FILTER_BZIP2
      case .xz: ARCHIVE_FILTER_XZ
      case .lzma: ARCHIVE_FILTER_LZMA
      case .lzip: ARCHIVE_FILTER_LZIP
      case .zstd: ARCHIVE_FILTER_ZSTD
      case .lz4: ARCHIVE_FILTER_LZ4
      }
    }
  }

  /// libarchive turns names into the letters of the locale, and loses those that it lacks. Made once and never changed or freed.
  nonisolated(unsafe) private static let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

  private let feed: Feed
  private let meter: Meter
  private let depth: Int
  private let isCompressed: Bool
  private var isEmpty = false
  /// libarchive's handle: made in init, freed in deinit, never handed out.
  private let handle: OpaquePointer

  /// What libarchive reads from. It keeps the error, for which libarchive's C interface has no room.
  @safe private final class Feed {
    let stream: any ByteStream
    /// Owned: made here, freed in deinit, lent to libarchive until its next read.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    var error: (any Error)?
    private(set) var given = 0
    /// Bytes of 0 that the stream has ended with until now, up to a block.
    private(set) var zeros = 0
    init(_ stream: any ByteStream) { self.stream = stream }
    deinit { unsafe buffer.deallocate() }

    func read() -> Int {
      do {
        let count = try unsafe stream.read(into: buffer)
        given += count
        countZeros(count)
        return count
      } catch {
        self.error = error
        return -1
      }
    }

    private func countZeros(_ count: Int) {
      guard count > 0 else { return }
      // In bounds: so many bytes were just read.
      let end = unsafe UnsafeRawBufferPointer(rebasing: buffer[max(0, count - Archive.block)..<count])
      let more = unsafe end.reversed().prefix { $0 == 0 }.count
      zeros = more == count ? min(Archive.block, zeros + more) : more
    }
  }

  /// A tar is made of blocks; of zeros are those that end it.
  private static let block = 512

  init(_ stream: any ByteStream, _ layer: Layer, _ meter: Meter, depth: Int) throws {
    feed = Feed(stream)
    self.meter = meter
    self.depth = depth
    isCompressed = layer.filter != nil
    guard let handle = unsafe archive_read_new() else { throw InputError("out of memory") }
    unsafe self.handle = handle
    if let filter = layer.filter {
      guard unsafe archive_read_append_filter(handle, filter) == ARCHIVE_OK else { throw failure() }
      _ = unsafe archive_read_support_format_raw(handle)
      _ = unsafe archive_read_support_format_empty(handle)
    } else {
      _ = unsafe archive_read_support_format_tar(handle)
      _ = unsafe archive_read_support_format_zip_streamable(handle)
      // Tars behind each other, as `cat` makes them: else all behind the first would be passed over.
      _ = unsafe archive_read_set_format_option(handle, "tar", "read_concatenated_archives", "1")
    }
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
    guard isCompressed else { return }
    // A fault at its beginning is one that libarchive tells and then takes for the end.
    guard unsafe archive_errno(handle) == 0 else { throw failure() }
    // It is one member; none if nothing is in it.
    isEmpty = try next() == nil
  }

  deinit { _ = unsafe archive_read_free(handle) }

  /// Goes to the next member and gives its name; nil at the end.
  func next() throws -> String? {
    while true {
      // Of this thread alone.
      if let locale = unsafe Self.locale { _ = unsafe uselocale(locale) }
      var entry: OpaquePointer?
      let status = unsafe archive_read_next_header(handle, &entry)
      if status == ARCHIVE_EOF {
        guard !isTar || feed.zeros == Self.block else {
          throw InputError("cut: this tar has no end, members may be missing")
        }
        return nil
      }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry = unsafe entry else { throw failure() }
      // 0100000 is AE_IFREG: folders and links are no logs.
      guard unsafe archive_entry_filetype(entry) & 0o170000 == 0o100000 else { continue }
      // The name is libarchive's until the next header; it is copied here.
      return unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
    }
  }

  private var isTar: Bool {
    unsafe archive_format(handle) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_TAR
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    // libarchive writes at most this much. Where a stream breaks it drops what the call had read: little by little.
    let count =
      isEmpty ? 0 : unsafe archive_read_data(handle, buffer.baseAddress, min(buffer.count, 1 << 16))
    guard count >= 0 else { throw failure() }
    try meter.expand(count, depth: depth)
    if count == 0, isCompressed { try expectEnd() }
    return count
  }

  /// bzip2 and lz4 data may come one after the other, and libarchive ends silently where the next are damaged.
  private func expectEnd() throws {
    guard unsafe archive_filter_bytes(handle, -1) == Int64(feed.given), feed.read() == 0 else {
      throw feed.error ?? InputError("bytes follow the compressed data that are none: not read")
    }
  }

  private func failure() -> any Error {
    if let error = feed.error { return error }
    // The text is libarchive's until the next call; it is copied here.
    let reason = unsafe archive_error_string(handle).map { unsafe String(cString: $0) } ?? "not known how"
    // Libraries' words, some of them about the library: what they mean comes first.
    return InputError(
      "\(reason.contains("upported") || reason.contains("assphrase") ? "cannot be unpacked" : "damaged or cut"): \(reason)"
    )
  }
}
