import Bytes

/// What a file's options say, as far as the analysis needs it.
struct Options: Sendable {
  var uname: String?
  /// The trace clock's name.
  var clock: String?
  /// Nanoseconds that `trace-cmd record --date` adds to every time.
  var date: Int64 = 0
  /// Nanoseconds that `--ts-offset` adds.
  var offset: Int64 = 0
  var tsc: TimeBase.TSC?
  /// Corrections of a guest's recording, one list of samples a CPU.
  var shifts: [[TimeBase.Shift]] = []
  var interpolates = false
  /// Events that CPUs overwrote, as the kernel counted them.
  var overruns: [Int32: Int64] = [:]
  /// Contents of the BUFFER and BUFFER_TEXT options, in the file's order.
  var bufferOptions: [Range<Int>] = []
  var textOptions: [Range<Int>] = []

  /// Takes option `id` with its content; unknown ones are passed over.
  mutating func note(_ id: UInt16, _ data: Range<Int>, _ file: Span<UInt8>, _ order: ByteOrder) {
    var cursor = Cursor(order, data)
    switch id {
    case 1: date = Self.number(file, data).multipliedReportingOverflow(by: 1000).partialValue
    case 2: noteStatistics(file, data)
    case 3: bufferOptions.append(data)
    case 4: clock = Self.current(file, data) ?? clock
    case 5: uname = file.string(Self.text(file, data))
    case 7: offset = Self.number(file, data)
    case 12: readShifts(file, &cursor)
    case 14:
      if let multiplier = cursor.u32(file), let shift = cursor.u32(file), shift < 64, multiplier > 0 {
        tsc = TimeBase.TSC(multiplier: multiplier, shift: shift)
      }
    case 22: textOptions.append(data)
    default: break
    }
  }

  /// The text of a string option: up to its NUL.
  private static func text(_ file: Span<UInt8>, _ data: Range<Int>) -> Range<Int> {
    data.lowerBound..<(file.index(of: 0, from: data.lowerBound, to: data.upperBound) ?? data.upperBound)
  }

  /// A number as strtoll reads it: decimal or 0x…, maybe negative; 0 if there is none.
  private static func number(_ file: Span<UInt8>, _ data: Range<Int>) -> Int64 {
    let text = file.trimmed(text(file, data))
    guard let first = text.first else { return 0 }
    let isNegative = file[first] == UInt8(ascii: "-")
    let digits = isNegative ? first + 1..<text.upperBound : text
    let value =
      file.has("0x", at: digits.lowerBound, before: digits.upperBound)
      ? file.hexadecimal(digits).map { Int64(truncatingIfNeeded: $0) } : file.decimal(digits)
    return isNegative ? 0 &- (value ?? 0) : value ?? 0
  }

  /// per_cpu/cpuN/stats: `CPU: 0`, `entries: 12`, `overrun: 9`, …
  private mutating func noteStatistics(_ file: Span<UInt8>, _ data: Range<Int>) {
    func number(behind words: StaticString) -> Int64? {
      guard let key = file.index(of: words, from: data.lowerBound, to: data.upperBound) else { return nil }
      let start = key + words.utf8CodeUnitCount
      return file.decimal(start..<file.digitsEnd(from: start, to: data.upperBound))
    }
    guard let cpu = number(behind: "CPU: "), let overrun = number(behind: "\noverrun: "), overrun > 0 else {
      return
    }
    overruns[Int32(clamping: cpu)] = overrun
  }

  /// `[local] global counter`: the one in brackets.
  private static func current(_ file: Span<UInt8>, _ data: Range<Int>) -> String? {
    guard let open = file.index(of: UInt8(ascii: "["), from: data.lowerBound, to: data.upperBound),
      let close = file.index(of: UInt8(ascii: "]"), from: open, to: data.upperBound)
    else { return nil }
    return file.string(open + 1..<close)
  }

  /// u64 peer, u32 flags, u32 CPUs; per CPU u32 n, n times, n offsets, n scalings; then n fraction bits per CPU.
  private mutating func readShifts(_ file: Span<UInt8>, _ cursor: inout Cursor) {
    guard cursor.u64(file) != nil, let flags = cursor.u32(file), let cpus = cursor.u32(file) else { return }
    interpolates = flags & 1 != 0
    var all: [[TimeBase.Shift]] = []
    for _ in 0..<cpus {
      guard let count = cursor.u32(file), let samples = Self.samples(file, &cursor, Int(count)) else {
        return
      }
      all.append(samples)
    }
    for cpu in all.indices {
      for sample in all[cpu].indices {
        guard let bits = cursor.u64(file) else { break }
        all[cpu][sample].fraction = min(bits, 63)
      }
    }
    shifts = all
  }

  private static func samples(_ file: Span<UInt8>, _ cursor: inout Cursor, _ count: Int) -> [TimeBase.Shift]?
  {
    guard count <= (cursor.end - cursor.at) / 24 else { return nil }
    var samples = [TimeBase.Shift](repeating: TimeBase.Shift(), count: count)
    for index in samples.indices { samples[index].time = cursor.u64(file) ?? 0 }
    for index in samples.indices { samples[index].offset = Int64(bitPattern: cursor.u64(file) ?? 0) }
    for index in samples.indices { samples[index].scaling = Int64(bitPattern: cursor.u64(file) ?? 1) }
    return samples
  }
}
