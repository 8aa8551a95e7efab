import Bytes

/// A section's content in the file: as it stands, or compressed behind two u32 (compressed and plain size).
struct Region: Sendable, Equatable {
  var range: Range<Int>
  var isCompressed = false
}

extension Container {
  /// Hands the plain bytes of `region` to `body`; nil, with a loss, if they cannot be had.
  mutating func open<R>(
    _ region: Region?, _ what: String, _ file: Span<UInt8>, _ body: (Span<UInt8>) -> R
  ) -> R? {
    guard let region else { return nil }
    guard region.isCompressed else { return body(file.extracting(region.range)) }
    return unpack(region, what, file).map { body($0.span) }
  }

  /// The plain bytes of a compressed `region`; nil, with a loss, if they cannot be had.
  mutating func unpack(_ region: Region, _ what: String, _ file: Span<UInt8>) -> [UInt8]? {
    let plain = decompressed(region, file)
    if plain == nil {
      lose(.damaged, "the section of \(what) does not decompress", at: region.range.lowerBound)
    }
    return plain
  }

  private func decompressed(_ region: Region, _ file: Span<UInt8>) -> [UInt8]? {
    var cursor = Cursor(order, region.range)
    guard let packed = cursor.u32(file), let size = cursor.u32(file), let body = cursor.take(UInt64(packed)),
      // No text of a kernel shrinks to a 64th: more would be an allocation that the file does not justify.
      Int(size) <= body.count * 64 + 65536
    else { return nil }
    var decompressor = Decompressor(compression)
    var plain: [UInt8] = []
    return decompressor.decompress(file.extracting(body), size: Int(size), into: &plain) ? plain : nil
  }
}
