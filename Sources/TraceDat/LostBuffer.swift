// A version 7 file tells only at its end where each CPU's recording is. Where that end was cut off (a download, a
// full disk), the recordings are still there and can be told apart by themselves.
import Bytes

extension Container {
  /// Finds the CPUs of the data section at `offset`, whose table is gone; nothing if there is no such section.
  mutating func recoverBuffer(at offset: Int, _ file: Span<UInt8>) {
    var cursor = Cursor(order, offset..<file.count)
    guard let id = cursor.u16(file), id == 3, let flags = cursor.u16(file), cursor.u32(file) != nil,
      let size = cursor.u64(file),
      let index = buffer(
        named: buffers.isEmpty ? "" : "cut off", clock: options.clock ?? "", pageSize: pageSize)
    else { return }
    let isCompressed = flags & Self.compressedFlag != 0
    let content = cursor.at..<cursor.at + Int(min(size, UInt64(file.count - cursor.at)))
    let parts = isCompressed ? chunked(content, file) : paged(content, file)
    lose(
      .truncated,
      "the file was cut before the table of its CPUs: \(parts.count) found by their pages, numbered as they come",
      at: file.count)
    for (cpu, part) in parts.prefix(Self.mostStreams).enumerated() {
      add(
        buffer: index, cpu: UInt32(cpu), offset: UInt64(part.lowerBound), size: UInt64(part.count),
        isCompressed: isCompressed, file, at: part.lowerBound)
    }
  }

  /// Recordings begin at page boundaries of the file.
  private func aligned(_ at: Int) -> Int { (at + pageSize - 1) / pageSize * pageSize }

  /// Compressed recordings tell their length: u32 chunks, then (u32 packed size, u32 plain size, bytes) for each.
  private func chunked(_ content: Range<Int>, _ file: Span<UInt8>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = aligned(content.lowerBound)
    while start < content.upperBound {
      var cursor = Cursor(order, start..<content.upperBound)
      guard var left = cursor.u32(file), left > 0 else { break }
      while left > 0, let packed = cursor.u32(file), cursor.u32(file) != nil,
        cursor.take(UInt64(packed)) != nil
      {
        left -= 1
      }
      // The one that was cut goes on to the end.
      parts.append(start..<(left > 0 ? content.upperBound : cursor.at))
      start = left > 0 ? content.upperBound : aligned(cursor.at)
    }
    return parts
  }

  /// A page that is earlier than the one before it is another CPU's first.
  private func paged(_ content: Range<Int>, _ file: Span<UInt8>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = aligned(content.lowerBound)
    var last: UInt64 = 0
    for page in stride(from: start, to: content.upperBound, by: pageSize) {
      var cursor = Cursor(order, page..<content.upperBound)
      guard let time = cursor.u64(file) else { break }
      if time < last {
        parts.append(start..<page)
        start = page
      }
      last = time
    }
    if start < content.upperBound { parts.append(start..<content.upperBound) }
    return parts
  }
}
