import Bytes

/// The text of a page. Newlines stay where they are, in what is dropped too, so that most lines keep their numbers.
/// Written by hand: libxml2 drops what is not escaped (`<4>`, `<-`) and forgets the lines.
struct HTMLDecoder: FormDecoder {
  static let window = 1 << 17
  /// A comment is looked for its end this far: one that has none must not hide a log.
  private static let longestComment = 1 << 16

  private enum Place {
    case text
    case style
    /// Up to `</script`, but for a trace in a string as systrace had it once.
    case script
    /// In such a string; the quote that ends it.
    case string(UInt8)
    /// The beginning of a script that systrace has put a trace in, not yet looked at.
    case traceData
    case rawTrace
    case packedTrace
  }

  enum Stop {
    case packedBegins, packedEnds
  }

  private var place = Place.text
  private(set) var stop: Stop?
  private var base64 = Base64Decoder()

  private var lines = PageLines()
  /// The string's last character was a newline that it spelled.
  private var wasSpelled = false
  /// Up to here, as counted from the beginning of the current input, there is no end of a comment.
  private var noCommentEnd = 0
  /// Likewise of a title.
  private var noTitleEnd = 0

  var isPaused: Bool { stop != nil }

  mutating func resume() {
    if stop == .packedEnds { lines = PageLines() }
    stop = nil
  }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var run = Run(isAll: isAll)
    var isGoingOn = true
    while isGoingOn, run.at < input.count, stop == nil, !lines.mustPay {
      switch place {
      case .text: isGoingOn = readText(input, &run, &output)
      case .style: isGoingOn = passStyle(input, &run, &output)
      case .script: isGoingOn = passScript(input, &run, &output)
      case .string(let quote): isGoingOn = readString(input, quote, &run, &output)
      case .traceData: isGoingOn = lookAtTrace(input, &run, &output)
      case .rawTrace: isGoingOn = readTrace(input, &run, &output)
      case .packedTrace: isGoingOn = unpackTrace(input, &run, &output)
      }
    }
    lines.pay(&output)
    noCommentEnd = max(0, noCommentEnd - run.at)
    noTitleEnd = max(0, noTitleEnd - run.at)
    return run.at
  }

  mutating func finish(into output: inout [UInt8]) {
    if case .packedTrace = place {
      base64.finish(into: &output)
      place = .script
      stop = .packedEnds
    } else {
      lines.finish(&output)
    }
  }

  /// How far a piece of the page was read, and what was found ahead.
  private struct Run {
    let isAll: Bool
    var at = 0
    var scanner = HTMLScanner()
    var less = NextByte(60)
    var ampersand = NextByte(38)
    /// The next place of the variable that systrace put a trace in; nil if not searched for yet, the end if none.
    var variable: Int?

    init(isAll: Bool) { self.isAll = isAll }
  }
}

// MARK: Text with markup

extension HTMLDecoder {
  private mutating func readText(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let less = run.less.from(run.at, input) ?? input.count
    let ampersand = run.ampersand.from(run.at, input) ?? input.count
    let markup = min(less, ampersand)
    if markup > run.at {
      lines.put(input, run.at..<markup, &run.at, &output)
      return true
    }
    return less < ampersand ? readMarkup(input, &run, &output) : readEntity(input, &run, &output)
  }

  private mutating func readEntity(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    if let (scalar, length) = HTMLEntity.read(input, run.at) {
      if lines.put(scalar, &output) { run.at += length }
      return true
    }
    guard run.isAll || input.count - run.at >= HTMLEntity.longest else { return false }
    lines.put(input, run.at..<run.at + 1, &run.at, &output)
    return true
  }

  private mutating func readMarkup(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    if input.has("<!--", at: run.at) { return passComment(input, &run, &output) }
    switch run.scanner.read(input, run.at, isAll: run.isAll) {
    case .undecided: return false
    case .text:
      lines.put(input, run.at..<run.at + 1, &run.at, &output)
      return true
    case .declaration(let end):
      lines.pass(input, to: end, &run.at, &output)
      return true
    case .tag(let element, let isEnd, let end):
      return take(element, isEnd, input, end, &run, &output)
    }
  }

  /// A tag that ends at `end`.
  private mutating func take(
    _ element: HTMLElement, _ isEnd: Bool, _ input: Span<UInt8>, _ end: Int, _ run: inout Run,
    _ output: inout [UInt8]
  ) -> Bool {
    var end = end
    switch element {
    case .inline, .drawing: break
    case .block: lines.breakLine()
    case .cell: lines.separate()
    case .style:
      if !isEnd { place = .style }
    case .script:
      lines.breakLine()
      if !isEnd {
        let attributes = input.index(of: "trace-data", from: run.at, to: end)
        place = attributes == nil ? .script : .traceData
      }
    case .title:
      if !isEnd, run.at >= noTitleEnd {
        let limit = end + HTMLScanner.longestTitle
        if let close = input.indexAnyCase("</title", from: end, to: limit) {
          end = close
        } else {
          guard run.isAll || input.count >= limit else { return false }
          noTitleEnd = min(limit, input.count)
        }
      }
      lines.breakLine()
    }
    lines.pass(input, to: end, &run.at, &output)
    return true
  }

  private mutating func passComment(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let limit = run.at + Self.longestComment
    if run.at >= noCommentEnd {
      if let end = input.index(of: "-->", from: run.at + 2, to: limit) {
        lines.pass(input, to: end + 3, &run.at, &output)
        return true
      }
      guard run.isAll || input.count >= limit else { return false }
      noCommentEnd = min(limit, input.count)
    }
    lines.put(input, run.at..<run.at + 4, &run.at, &output)
    return true
  }
}

// MARK: Styles and scripts

extension HTMLDecoder {
  private mutating func passStyle(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
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

  private mutating func passScript(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
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

  private mutating func readString(
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
  private mutating func lookAtTrace(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
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

  private mutating func readTrace(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
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

  private mutating func unpackTrace(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
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
