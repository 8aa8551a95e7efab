import Bytes
import CZlib
import CZstd

/// The compressors that trace-cmd knows.
enum Compression: Sendable, Equatable {
  case none, zstd, zlib
}

/// Decompresses one block after another; the zstd context is made once and reused.
@safe struct Decompressor: ~Copyable {
  private let compression: Compression
  private let context: OpaquePointer?

  init(_ compression: Compression) {
    self.compression = compression
    unsafe context = compression == .zstd ? ZSTD_createDCtx() : nil
  }

  deinit {
    if let context = unsafe context { unsafe ZSTD_freeDCtx(context) }
  }

  /// Replaces the content of `plain` by the `size` bytes that `packed` holds. False if it does not hold just that.
  /// The caller has checked that `size` is sane.
  mutating func decompress(_ packed: Span<UInt8>, size: Int, into plain: inout [UInt8]) -> Bool {
    guard agrees(packed, size) else { return false }
    if plain.count != size { plain = [UInt8](repeating: 0, count: size) }
    guard size > 0, !packed.isEmpty else { return size == 0 && packed.isEmpty }
    // Both libraries get the true sizes of both buffers and stay inside.
    return unsafe packed.withUnsafeBufferPointer { from in
      unsafe plain.withUnsafeMutableBufferPointer { to in
        guard let source = from.baseAddress, let target = to.baseAddress else { return false }
        switch compression {
        case .none: return false
        case .zstd:
          guard let context = unsafe context else { return false }
          let written = unsafe ZSTD_decompressDCtx(context, target, size, source, from.count)
          return ZSTD_isError(written) == 0 && written == size
        case .zlib:
          var written = uLongf(size)
          return unsafe uncompress(target, &written, source, uLong(from.count)) == Z_OK
            && written == uLongf(size)
        }
      }
    }
  }

  /// Whether the block itself says `size` too, where it says anything: memory is taken only then.
  private func agrees(_ packed: Span<UInt8>, _ size: Int) -> Bool {
    guard compression == .zstd, !packed.isEmpty else { return true }
    // Reads at most the frame's header, inside the given length. All ones: it does not say; one less: no frame.
    let said = unsafe packed.withUnsafeBufferPointer {
      unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count)
    }
    return said == UInt64(size) || said == UInt64.max
  }
}
