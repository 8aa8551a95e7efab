import Bytes
import Events

/// Names of threads, from the saved command lines: `tid name` lines.
struct Comms: Sendable {
  private var text: [UInt8] = []
  private var ranges: [Int32: Range<Int>] = [:]
  private var interned: [Int32: Name] = [:]
  /// Records of one thread come in runs.
  private var last: (tid: Int32, name: Name) = (.min, .none)

  init() {}

  init(_ source: Span<UInt8>) {
    // A copy: what the file holds is mapped or was decompressed for this call only.
    text = unsafe source.withUnsafeBufferPointer { unsafe Array($0) }
    var start = 0
    while start < source.count {
      let end = source.index(of: 10, from: start) ?? source.count
      if let blank = source.index(of: 32, from: start, to: end), let tid = source.decimal(start..<blank),
        tid > 0
      {
        ranges[Int32(truncatingIfNeeded: tid)] = blank + 1..<end
      }
      start = end + 1
    }
  }

  /// What the kernel prints: `<idle>` for 0 and `<...>` for a thread that it did not save.
  mutating func name(of tid: Int32, _ names: inout NameTable) -> Name {
    if tid == last.tid { return last.name }
    last = (tid, known(tid, &names))
    return last.name
  }

  private mutating func known(_ tid: Int32, _ names: inout NameTable) -> Name {
    if let known = interned[tid] { return known }
    let name: Name
    if let range = ranges[tid] {
      name = names.intern(text.span, range)
    } else {
      name = names.intern(tid == 0 ? "<idle>" : "<...>")
    }
    interned[tid] = name
    return name
  }
}

extension Container {
  /// u64 size, text.
  mutating func readComms(_ file: Span<UInt8>) -> Comms {
    let order = order
    return open(cmdlines, "command lines", file) { bytes in
      var cursor = Cursor(order, 0..<bytes.count)
      guard let size = cursor.u64(bytes), let text = cursor.take(size) else { return Comms() }
      return Comms(bytes.extracting(text))
    } ?? Comms()
  }

  /// u32 size, text.
  mutating func readSymbols(_ file: MappedFile) -> Kallsyms {
    guard let (text, range) = symbolText(file) else { return Kallsyms() }
    let body = text.withBytes { bytes in
      var cursor = Cursor(order, range)
      return cursor.u32(bytes).flatMap { cursor.take(UInt64($0)) }
    }
    let symbols = body.map { Kallsyms(text, $0) } ?? Kallsyms()
    if symbols.brokenLines > 0 {
      losses.append(
        Loss(
          .damaged, count: Int64(symbols.brokenLines),
          "lines of the kernel's symbols are no symbols, or out of order: functions may have wrong names",
          at: Place(input: input, line: 0, offset: kallsyms?.range.lowerBound ?? 0)))
    }
    return symbols
  }

  /// The section as it stands in the file, or decompressed.
  private mutating func symbolText(_ file: MappedFile) -> (Kallsyms.Source, Range<Int>)? {
    guard let region = kallsyms else { return nil }
    guard region.isCompressed else { return (.file(file), region.range) }
    let plain = file.withBytes { unpack(region, "kernel symbols", $0) }
    return plain.map { (.unpacked($0), 0..<$0.count) }
  }
}
