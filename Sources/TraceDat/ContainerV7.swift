// trace.dat version 7: sections found through a chain of options sections.
import Bytes

extension Container {
  static let compressedFlag: UInt16 = 1

  mutating func readV7(_ file: Span<UInt8>, _ cursor: inout Cursor) throws(TraceDatError) {
    guard let name = cursor.string(file), cursor.string(file) != nil, var next = cursor.u64(file) else {
      return lose(.truncated, "the file ends before its options", at: cursor.at)
    }
    switch file.string(name) {
    case "none": compression = .none
    case "zstd": compression = .zstd
    case "zlib": compression = .zlib
    default: throw TraceDatError("compressed with \(file.string(name)): only zstd, zlib and none are known")
    }
    var seen: Set<UInt64> = []
    // The data of a buffer comes before the options section that tells where its CPUs are.
    var data: Int?
    while next != 0 {
      guard seen.insert(next).inserted, seen.count <= 2 * Self.mostBuffers else {
        lose(.damaged, "the options sections form a loop", at: Int(clamping: next))
        break
      }
      guard let (end, after) = readOptions(at: next, file) else { break }
      data = end
      next = after
    }
    for data in options.bufferOptions { readBuffer(data, file) }
    for data in options.textOptions { readText(data, file) }
    if next != 0, let data, !isDescribed(data, file) { recoverBuffer(at: data, file) }
  }

  /// The section at `offset`: id, flags, content. Nil, with a loss, if it is not all there; `takesPart`: what there
  /// is of it then.
  private mutating func section(
    at offset: UInt64, _ file: Span<UInt8>, takesPart: Bool = false
  ) -> (id: UInt16, Region)? {
    let at = Int(clamping: offset)
    guard offset >= 18, at < file.count else {
      lose(.truncated, "a section begins behind the end of the file", at: min(at, file.count))
      return nil
    }
    var cursor = Cursor(order, at..<file.count)
    let head = (cursor.u16(file), cursor.u16(file), cursor.u32(file), cursor.u64(file))
    guard case (let id?, let flags?, _?, let size?) = head else {
      lose(.truncated, "a section runs past the end of the file", at: at)
      return nil
    }
    let isCompressed = flags & Self.compressedFlag != 0
    if let range = cursor.take(size) { return (id, Region(range: range, isCompressed: isCompressed)) }
    lose(.truncated, "a section runs past the end of the file", at: at)
    return takesPart ? (id, Region(range: cursor.at..<file.count, isCompressed: isCompressed)) : nil
  }

  /// Reads one options section: where it ends, and the offset of the next, 0 at the end. Nil if it is damaged.
  private mutating func readOptions(at offset: UInt64, _ file: Span<UInt8>) -> (end: Int, next: UInt64)? {
    guard let (id, region) = section(at: offset, file, takesPart: true) else { return nil }
    guard id == 0, !region.isCompressed else {
      lose(.damaged, "no options where they should be", at: Int(clamping: offset))
      return nil
    }
    var cursor = Cursor(order, region.range)
    while cursor.at < cursor.end {
      optionsLeft -= 1
      guard optionsLeft > 0, let id = cursor.u16(file), let size = cursor.u32(file),
        let data = cursor.take(UInt64(size))
      else {
        lose(.damaged, "an option is longer than its section, or there are too many", at: cursor.at)
        return nil
      }
      var content = Cursor(order, data)
      if id == 0 { return (region.range.upperBound, content.u64(file) ?? 0) }
      if let place = sectionPlace(id) {
        guard let at = content.u64(file), let (_, region) = section(at: at, file) else { continue }
        self[keyPath: place] = region
      } else {
        options.note(id, data, file, order)
      }
    }
    lose(.damaged, "options without an end", at: cursor.at)
    return nil
  }

  private func sectionPlace(_ option: UInt16) -> WritableKeyPath<Container, Region?>? {
    switch option {
    case 16: \.headerInfo
    case 17: \.ftraceFormats
    case 18: \.eventFormats
    case 19: \.kallsyms
    case 21: \.cmdlines
    default: nil
    }
  }

  /// Whether a BUFFER option leads to the section at `data`.
  private func isDescribed(_ data: Int, _ file: Span<UInt8>) -> Bool {
    options.bufferOptions.contains { option in
      var cursor = Cursor(order, option)
      return cursor.u64(file) == UInt64(data)
    }
  }

  /// u64 section, name, clock, u32 page size, u32 CPUs, then (u32 cpu, u64 offset, u64 size) for each.
  private mutating func readBuffer(_ data: Range<Int>, _ file: Span<UInt8>) {
    var cursor = Cursor(order, data)
    guard let offset = cursor.u64(file), let name = cursor.string(file), let clock = cursor.string(file),
      let page = cursor.u32(file), let cpus = cursor.u32(file)
    else { return lose(.damaged, "a buffer's option ends too early", at: data.lowerBound) }
    let size = Self.isPageSize(page) ? Int(page) : pageSize
    if size != Int(page) { lose(.damaged, "pages of \(page) bytes", at: data.lowerBound) }
    guard let index = buffer(named: file.string(name), clock: file.string(clock), pageSize: size) else {
      return lose(.damaged, "more buffers than there can be", at: data.lowerBound)
    }
    let content = section(at: offset, file)?.1
    let isCompressed = content?.isCompressed ?? (compression != .none)
    var reach: UInt64 = 0
    for entry in 0..<cpus {
      let at = cursor.at
      guard let cpu = cursor.u32(file), let offset = cursor.u64(file), let length = cursor.u64(file) else {
        return lose(.damaged, "the table of CPUs ends after \(entry) of \(cpus)", at: at)
      }
      reach = max(reach, offset &+ length)
      add(buffer: index, cpu: cpu, offset: offset, size: length, isCompressed: isCompressed, file, at: at)
    }
    // The last CPU's recording ends where the section does, or less than a page before.
    if let content, reach &+ UInt64(size) < UInt64(content.range.upperBound), !content.range.isEmpty {
      lose(.damaged, "the table of CPUs does not have all of the recorded data", at: data.lowerBound)
    }
  }

  /// u64 section, name, clock: a buffer recorded as text.
  private mutating func readText(_ data: Range<Int>, _ file: Span<UInt8>) {
    var cursor = Cursor(order, data)
    guard let offset = cursor.u64(file), let name = cursor.string(file),
      let (_, region) = section(at: offset, file)
    else { return lose(.damaged, "a text buffer's option makes no sense", at: data.lowerBound) }
    let clock = cursor.string(file).map { file.string($0) } ?? ""
    guard let index = buffer(named: file.string(name), clock: clock, pageSize: pageSize) else { return }
    texts.append(Text(buffer: index, region: region))
  }
}
