import Bytes
import CArchive
import Inputs
import SystemPackage

/// Writes a tar, a member after the other; libarchive does the work. Nothing in it tells when and by whom it was made.
@safe final class TarWriter {
  /// libarchive's handle: made in init, freed in deinit, never handed out.
  private let handle: OpaquePointer

  init(_ descriptor: FileDescriptor, isCompressed: Bool) throws {
    guard let handle = unsafe archive_write_new() else { throw InputError("out of memory") }
    unsafe self.handle = handle
    try check(unsafe archive_write_set_format_pax_restricted(handle))
    if isCompressed { try check(unsafe archive_write_add_filter_zstd(handle)) }
    try check(unsafe archive_write_open_fd(handle, descriptor.rawValue))
  }

  deinit { _ = unsafe archive_write_free(handle) }

  func add(_ name: String, _ bytes: [UInt8]) throws {
    try begin(name, bytes.count)
    try put(bytes, bytes.count)
  }

  /// A file as long as it is now; one that becomes shorter meanwhile is an error.
  func add(_ name: String, file path: String) throws {
    let file = try FileDescriptor.open(FilePath(path), .readOnly)
    try file.closeAfter {
      var left = file.regularLength ?? 0
      try begin(name, left)
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while left > 0 {
        let most = min(left, buffer.count)
        // The array's own storage, of which `most` bytes are there.
        let count = try unsafe buffer.withUnsafeMutableBytes {
          try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<most]))
        }
        guard count > 0 else { throw InputError("\(path) became shorter while it was read") }
        try put(buffer, count)
        left -= count
      }
    }
  }

  func finish() throws { try check(unsafe archive_write_close(handle)) }

  private func begin(_ name: String, _ length: Int) throws {
    // Made here, lent to the calls below, freed here.
    guard let entry = unsafe archive_entry_new() else { throw InputError("out of memory") }
    defer { unsafe archive_entry_free(entry) }
    // The name is copied.
    unsafe archive_entry_set_pathname(entry, name)
    unsafe archive_entry_set_size(entry, Int64(length))
    // AE_IFREG
    unsafe archive_entry_set_filetype(entry, 0o100000)
    unsafe archive_entry_set_perm(entry, 0o644)
    unsafe archive_entry_set_mtime(entry, 0, 0)
    try check(unsafe archive_write_header(handle, entry))
  }

  private func put(_ bytes: [UInt8], _ count: Int) throws {
    // libarchive reads so many of the array's own bytes.
    let written = unsafe bytes.withUnsafeBytes { unsafe archive_write_data(handle, $0.baseAddress, count) }
    guard written == count else { throw failure() }
  }

  private func check(_ status: Int32) throws {
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw failure() }
  }

  private func failure() -> any Error {
    let code = unsafe archive_errno(handle)
    if code > 0 { return Errno(rawValue: code) }
    // The text is libarchive's until the next call; it is copied here.
    return InputError(
      unsafe archive_error_string(handle).map { unsafe String(cString: $0) } ?? "cannot be written")
  }
}
