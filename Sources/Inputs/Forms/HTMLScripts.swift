// What of a page is no text: styles, scripts, and the traces that systrace put into scripts.
import Bytes

// MARK: Styles and scripts

extension HTMLDecoder {
  mutating func passStyle(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let start = run.at
    if let close = input.indexAnyCase("</style", from: run.at, to: input.count) {
      place = .text
      lines.pass(input, to: close, &run.at, &output)
      return true
    }
    // The beginning of the end tag may be the end of the input.
    lines.pass(input, to: run.isAll ? input.count : max(start, input.count - 7), &run.at, &output)
    return run.at > start
  }

  mutating func passScript(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let start = run.at
    let name: StaticString = "linuxPerfData"
    if run.variable.map({ $0 < start }) ?? true {
      run.variable = input.index(of: name, from: start) ?? input.count
    }
    let variable = run.variable ?? input.count
    if let close = input.indexAnyCase("</script", from: start, to: variable) {
      place = .text
      lines.pass(input, to: close, &run.at, &output)
      return true
    }
    guard variable < input.count else {
      lines.pass(input, to: run.isAll ? input.count : max(start, input.count - 16), &run.at, &output)
      return run.at > start
    }
    lines.pass(input, to: variable, &run.at, &output)
    guard run.isAll || input.count - variable >= 64 else { return run.at > start }
    let end = min(input.count, variable + 64)
    var at = input.skipBlanks(from: variable + name.utf8CodeUnitCount, to: end)
    if at < end, input[at] == 61 {
      at = input.skipBlanks(from: at + 1, to: end)
      if at < end, input[at] == 34 || input[at] == 39 {
        place = .string(input[at])
        wasSpelled = false
        at += 1
      }
    }
    lines.pass(input, to: at, &run.at, &output)
    return true
  }

  mutating func readString(
    _ input: Span<UInt8>, _ quote: UInt8, _ run: inout Run, _ output: inout [UInt8]
  ) -> Bool {
    let start = run.at
    var end = start
    while end < input.count, input[end] != 92, input[end] != quote, input[end] != 60 { end += 1 }
    if end > start {
      wasSpelled = false
      lines.put(input, start..<end, &run.at, &output)
      return true
    }
    switch input[end] {
    case 92: return readEscape(input, &run, &output)
    case quote:
      place = .script
      lines.breakLine()
      run.at += 1
      return true
    default:
      if input.hasAnyCase("</script", at: end) {
        place = .script
        lines.breakLine()
        return true
      }
      guard run.isAll || input.count - end >= 8 else { return false }
      wasSpelled = false
      lines.put(input, end..<end + 1, &run.at, &output)
      return true
    }
  }

  private mutating func readEscape(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let at = run.at
    // `\u` and four digits is the longest.
    guard run.isAll || input.count - at >= 6 else { return false }
    guard at + 1 < input.count else {
      lines.put(input, at..<at + 1, &run.at, &output)
      return true
    }
    let spelled: (scalar: UInt32, length: Int)
    switch input[at + 1] {
    case 110: spelled = (10, 2)
    case 116: spelled = (9, 2)
    case 114: spelled = (13, 2)
    case 117: spelled = input.hexadecimal(at + 2, 4).map { ($0, 6) } ?? (117, 2)
    case 120: spelled = input.hexadecimal(at + 2, 2).map { ($0, 4) } ?? (120, 2)
    case 10, 13:
      // The string goes on in the page's next line: one newline for both, be it spelled or not.
      if !wasSpelled { lines.newline(&output) }
      wasSpelled = false
      run.at += input.has("\r\n", at: at + 1) ? 3 : 2
      return true
    default:
      wasSpelled = false
      if !lines.put(input, at + 1..<at + 2, &run.at, &output) { run.at = at }
      return true
    }
    if lines.put(spelled.scalar, &output) {
      wasSpelled = spelled.scalar == 10
      run.at += spelled.length
    }
    return true
  }
}

// MARK: Traces in scripts

extension HTMLDecoder {
  mutating func lookAtTrace(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let limit = min(input.count, run.at + 4096)
    var start = run.at
    while start < limit, Span<UInt8>.isSpace(input[start]) { start += 1 }
    var end = start
    while end < limit, end - start < 64, Base64Decoder.value(input[end]) != nil { end += 1 }
    guard end < limit || limit == run.at + 4096 || run.isAll else { return false }
    guard end - start >= 16, Self.isPacked(input, start) else {
      place = .rawTrace
      return true
    }
    place = .packedTrace
    base64 = Base64Decoder()
    stop = .packedBegins
    lines.pass(input, to: start, &run.at, &output)
    lines.breakLine()
    lines.finish(&output)
    return true
  }

  /// Whether the base64 at `at` is gzip or zlib data.
  private static func isPacked(_ input: Span<UInt8>, _ at: Int) -> Bool {
    var bits: UInt32 = 0
    for at in at..<at + 4 { bits = bits << 6 | UInt32(Base64Decoder.value(input[at]) ?? 0) }
    let (first, second) = (bits >> 16, bits >> 8 & 0xff)
    return first == 0x1f && second == 0x8b || first == 0x78 && (first << 8 | second) % 31 == 0
  }

  mutating func readTrace(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let start = run.at
    let close = input.indexAnyCase("</script", from: start, to: input.count)
    if close == start {
      place = .script
      lines.breakLine()
      return true
    }
    let end = close ?? (run.isAll ? input.count : max(start, input.count - 7))
    lines.put(input, start..<end, &run.at, &output)
    return end > start
  }

  mutating func unpackTrace(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let close = input.index(of: 60, from: run.at)
    let end = close ?? input.count
    let used = base64.decode(
      input.extracting(run.at..<end), isAll: close != nil || run.isAll, into: &output)
    run.at += used
    if run.at == close {
      base64.finish(into: &output)
      place = .script
      stop = .packedEnds
    }
    return used > 0
  }
}
