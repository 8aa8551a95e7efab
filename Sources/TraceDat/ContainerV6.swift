// trace.dat version 6: one thing after another, nothing compressed.
import Bytes

extension Container {
  mutating func readV6(_ file: Span<UInt8>, _ cursor: inout Cursor) {
    guard readMetadata(file, &cursor) else {
      return lose(
        .truncated, "the file ends, or is damaged, inside its event formats and symbols", at: cursor.at)
    }
    guard let cpus = cursor.u32(file) else {
      return lose(.truncated, "the file ends before its CPU count", at: cursor.at)
    }
    // Options, then what kind of data follows: each behind a tag of ten bytes.
    if cursor.skip(file, "options  \0") {
      while let id = cursor.u16(file), id != 0 { readOption(id, file, &cursor) }
    }
    if cursor.skip(file, "latency  \0") {
      guard let index = buffer(named: "", clock: options.clock ?? "", pageSize: pageSize) else { return }
      texts.append(Text(buffer: index, region: Region(range: cursor.at..<cursor.end)))
    } else if cursor.skip(file, "flyrecord\0") {
      guard let index = buffer(named: "", clock: options.clock ?? "", pageSize: pageSize) else { return }
      readTable(cpus, index, file, &cursor)
      readInstances(cpus, file)
    } else {
      lose(.truncated, "no table of trace data where one belongs", at: cursor.at)
    }
  }

  /// Notes where each part is; false if one runs past the end.
  private mutating func readMetadata(_ file: Span<UInt8>, _ cursor: inout Cursor) -> Bool {
    var start = cursor.at
    func region() -> Region { Region(range: start..<cursor.at) }
    guard HeaderInfo(file, &cursor) != nil else { return false }
    headerInfo = region()
    start = cursor.at
    guard FormatList.skip(file, &cursor, named: false) else { return false }
    ftraceFormats = region()
    start = cursor.at
    guard FormatList.skip(file, &cursor, named: true) else { return false }
    eventFormats = region()
    start = cursor.at
    guard let symbols = cursor.u32(file), cursor.take(UInt64(symbols)) != nil else { return false }
    kallsyms = region()
    guard let formats = cursor.u32(file), cursor.take(UInt64(formats)) != nil else { return false }
    start = cursor.at
    guard let names = cursor.u64(file), cursor.take(names) != nil else { return false }
    cmdlines = region()
    return true
  }

  private mutating func readOption(_ id: UInt16, _ file: Span<UInt8>, _ cursor: inout Cursor) {
    let start = cursor.at
    guard let size = cursor.u32(file), let data = cursor.take(UInt64(size)) else {
      cursor.at = cursor.end
      return lose(.truncated, "option \(id) runs past the end of the file", at: start)
    }
    options.note(id, data, file, order)
  }

  /// `cpus` × (u64 offset, u64 size).
  private mutating func readTable(_ cpus: UInt32, _ buffer: Int, _ file: Span<UInt8>, _ cursor: inout Cursor)
  {
    for cpu in 0..<cpus {
      let at = cursor.at
      guard let offset = cursor.u64(file), let size = cursor.u64(file) else {
        return lose(.truncated, "the table of CPUs ends after \(cpu) of \(cpus)", at: at)
      }
      add(buffer: buffer, cpu: cpu, offset: offset, size: size, isCompressed: false, file, at: at)
    }
  }

  /// BUFFER options of version 6: u64 offset of another table, name.
  private mutating func readInstances(_ cpus: UInt32, _ file: Span<UInt8>) {
    for data in options.bufferOptions {
      var cursor = Cursor(order, data)
      guard let offset = cursor.u64(file), let name = cursor.string(file), offset < UInt64(file.count) else {
        lose(.damaged, "an instance's option makes no sense", at: data.lowerBound)
        continue
      }
      guard let index = buffer(named: file.string(name), clock: options.clock ?? "", pageSize: pageSize)
      else {
        return lose(.damaged, "more instances than there can be", at: data.lowerBound)
      }
      var table = Cursor(order, Int(offset)..<file.count)
      guard table.skip(file, "flyrecord\0") else {
        lose(.damaged, "no table of trace data for the instance \(file.string(name))", at: Int(offset))
        continue
      }
      readTable(cpus, index, file, &table)
    }
  }
}
