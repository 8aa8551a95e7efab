// The left part of a line of ftrace text: who, where, when. One grammar takes every column variant of
// docs/formats/ftrace.md#columns (tgid, no irq-info, latency-format, trace-cmd's instance prefix and fused columns).
import Bytes

/// The columns before the event: task, tid, CPU, time. Ranges are into the line.
package struct TraceHeader: Sendable {
  /// The task's name; empty if the columns have none.
  package var task: Range<Int>
  /// The thread's id, not the tgid in parentheses behind it.
  package var tid: Int32
  /// From 0.
  package var cpu: Int32
  /// Nanoseconds, or ticks of a unit that the text does not name (`isTicks`).
  package var time: Int64
  /// counter, uptime and x86-tsc clocks have no point: order only, no seconds.
  package var isTicks: Bool
  /// Latency format: microseconds since the buffer began, not since boot.
  package var isRelative: Bool
  /// Where the event or function begins.
  package var body: Int

  /// The columns begin within so many bytes.
  private static let widest = 256
  /// `(` to `)` around a tgid, and more.
  private static let widestGroup = 12
  /// Kernels are built for 8192 at most; what is far above is a damaged number.
  private static let highestCPU: Int64 = 65_535

  /// The CPU that the digits in `range` name, or nil.
  static func cpu(_ line: Span<UInt8>, _ range: Range<Int>) -> Int32? {
    line.decimal(range).flatMap { (0...highestCPU).contains($0) ? Int32($0) : nil }
  }

  /// The header of `line`, or nil if this is not such a line.
  package static func parse(_ line: Span<UInt8>) -> TraceHeader? {
    bracketed(line) ?? latency(line)
  }

  /// `comm-pid [(tgid)] [cpu] [flags] time: `
  private static func bracketed(_ line: Span<UInt8>) -> TraceHeader? {
    var from = 0
    while let open = line.index(of: UInt8(ascii: "["), from: from, to: min(line.count, widest)) {
      from = open + 1
      let digits = line.digitsEnd(from: open + 1, to: line.count)
      guard digits > open + 1, digits < line.count, line[digits] == UInt8(ascii: "]"),
        let cpu = cpu(line, open + 1..<digits), let owner = task(line, before: open),
        let stamp = stamp(line, after: digits + 1)
      else { continue }
      return TraceHeader(
        task: owner.name, tid: owner.tid, cpu: cpu, time: stamp.time, isTicks: stamp.isTicks,
        isRelative: false, body: stamp.body)
    }
    return nil
  }

  /// Whether the line has the columns of an event up to its CPU: `comm-pid [002]`.
  static func hasOwner(_ line: Span<UInt8>) -> Bool { owner(line) != nil }

  /// The same, and nothing behind that but flags, and the time: the rest stands in the next line.
  static func isCut(_ line: Span<UInt8>) -> Bool {
    guard let end = owner(line) else { return false }
    let rest = line.trimmed(end..<line.count)
    if let colon = rest.last, line[colon] == UInt8(ascii: ":") {
      var time = colon
      while time > rest.lowerBound, !WrapWidth.Row.isBlank(line[time - 1]) { time -= 1 }
      return line.seconds(time..<colon) != nil
    }
    return rest.count <= 8 && line.index(of: 32, from: rest.lowerBound, to: rest.upperBound) == nil
  }

  /// Behind `comm-pid [002]`, if the line begins so.
  private static func owner(_ line: Span<UInt8>) -> Int? {
    guard let open = line.index(of: UInt8(ascii: "["), to: min(line.count, widest)) else { return nil }
    let digits = line.digitsEnd(from: open + 1, to: line.count)
    guard digits == open + 4, digits < line.count, line[digits] == UInt8(ascii: "]"),
      task(line, before: open) != nil
    else { return nil }
    return digits + 1
  }

  /// Reads `comm-pid` and an optional `(tgid)` that end before `end`, from the right: a comm may hold anything.
  private static func task(_ line: Span<UInt8>, before end: Int) -> (name: Range<Int>, tid: Int32)? {
    var at = end
    while at > 0, line[at - 1] == 32 { at -= 1 }
    if at > 0, line[at - 1] == UInt8(ascii: ")") {
      let least = max(0, at - widestGroup)
      while at > least, line[at - 1] != UInt8(ascii: "(") { at -= 1 }
      guard at > least else { return nil }
      at -= 1
      while at > 0, line[at - 1] == 32 { at -= 1 }
    }
    let digitsEnd = at
    while at > 0, line[at - 1] &- 48 < 10 { at -= 1 }
    guard at < digitsEnd, at > 0, line[at - 1] == UInt8(ascii: "-"), let tid = line.decimal(at..<digitsEnd)
    else { return nil }
    let dash = at - 1
    var start = line.skipBlanks(from: 0, to: dash)
    // `instance:   comm-pid`: the prefix ends at a colon followed by two blanks or more.
    if let colon = line.index(of: ":  ", from: start, to: dash) {
      start = line.skipBlanks(from: colon + 1, to: dash)
    }
    return (start..<dash, Int32(truncatingIfNeeded: tid))
  }

  /// `[flags] time: ` after the CPU column. Flags and time may touch (`d.h1.849842411932:`).
  private static func stamp(_ line: Span<UInt8>, after start: Int) -> (time: Int64, isTicks: Bool, body: Int)?
  {
    guard let colon = line.index(of: ": ", from: start, to: min(line.count, start + 64)) else { return nil }
    var low = colon
    while low > start, line[low - 1] != 32 { low -= 1 }
    var range = low..<colon
    guard !range.isEmpty else { return nil }
    if line.seconds(range) == nil, line.decimal(range) == nil {
      // Fused: four or five characters of flags, then the number. `-0x9` is what --raw prints for flags.
      guard let fused = unfuse(line, range) else { return nil }
      range = fused
    }
    var body = line.skipBlanks(from: colon + 1, to: line.count)
    // --ts-diff prints `(+253)` between the stamp and the event.
    if line.has("(+", at: body), let close = line.index(of: UInt8(ascii: ")"), from: body),
      line.digitsEnd(from: body + 2, to: close) == close
    {
      body = line.skipBlanks(from: close + 1, to: line.count)
    }
    if let nanoseconds = line.seconds(range) { return (nanoseconds, false, body) }
    guard let ticks = line.decimal(range), (0..<Stamp.highest).contains(ticks) else { return nil }
    return (ticks, true, body)
  }

  private static func unfuse(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    for width in [5, 4] where range.count > width {
      let rest = range.lowerBound + width..<range.upperBound
      guard line[rest.lowerBound] &- 48 < 10,
        (range.lowerBound..<rest.lowerBound).allSatisfy({ isFlag(line[$0]) })
      else { continue }
      if line.seconds(rest) != nil || line.decimal(rest) != nil { return rest }
    }
    return nil
  }

  /// Letters, digits, `.`, `#` and `-` (`-0x9`) make up the flags; a comma is none: `5,100000` is no time.
  private static func isFlag(_ byte: UInt8) -> Bool {
    byte | 32 &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "#")
      || byte == UInt8(ascii: "-")
  }

  /// Latency format: `comm-pid   2d.... 147883us!: ` with the CPU glued to the flags, or trace-cmd's `-l`
  /// form `comm-pid     1d.h1.   109.308821: `.
  private static func latency(_ line: Span<UInt8>) -> TraceHeader? {
    guard let colon = line.index(of: ": ", to: min(line.count, 96)) else { return nil }
    var high = colon
    var isRelative = false
    while high > 0, [32, 33, 35, 36, 42, 43, 64].contains(line[high - 1]) { high -= 1 }
    if high >= 2, line.has("us", at: high - 2, before: high) {
      high -= 2
      isRelative = true
    }
    var low = high
    while low > 0, line[low - 1] &- 48 < 10 || line[low - 1] == UInt8(ascii: ".") { low -= 1 }
    guard low < high, low > 0, line[low - 1] == 32 else { return nil }
    let time: Int64
    if isRelative {
      guard let micros = line.decimal(low..<high), micros < Stamp.highest / 1000 else { return nil }
      time = micros * 1000
    } else {
      guard let nanoseconds = line.seconds(low..<high) else { return nil }
      time = nanoseconds
    }
    // Left of the time: flags with the CPU in front, then the task.
    var flagsEnd = low
    while flagsEnd > 0, line[flagsEnd - 1] == 32 { flagsEnd -= 1 }
    var flags = flagsEnd
    while flags > 0, line[flags - 1] != 32 { flags -= 1 }
    let cpuEnd = line.digitsEnd(from: flags, to: flagsEnd)
    guard cpuEnd > flags, (4...5).contains(flagsEnd - cpuEnd), let cpu = cpu(line, flags..<cpuEnd),
      let owner = task(line, before: flags)
    else { return nil }
    return TraceHeader(
      task: owner.name, tid: owner.tid, cpu: cpu, time: time, isTicks: false, isRelative: isRelative,
      body: line.skipBlanks(from: colon + 1, to: line.count))
  }
}
