import Bytes

/// The text of a page. Newlines stay where they are, in what is dropped too, so that most lines keep their numbers.
/// Written by hand: libxml2 drops what is not escaped (`<4>`, `<-`) and forgets the lines.
struct HTMLDecoder: FormDecoder {
  static let window = 1 << 17
  /// A comment is looked for its end this far: one that has none must not hide a log.
  private static let longestComment = 1 << 16
  /// Newlines that are owed are paid so many at a time.
  private static let manyNewlines = 1 << 16
  private static let mostBlanks = 256

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

  /// Something other than blanks was handed out. Before, lines are counted only: a page may hold nothing else.
  private var hasText = false
  private var owedNewlines = 0
  /// A newline is due before the next text.
  private var owesBreak = false
  /// Blanks that are due before the next text, if it comes in this line.
  private var blanks: [UInt8] = []
  private var isLineEmpty = true
  /// The string's last character was a newline that it spelled.
  private var wasSpelled = false
  /// Up to here, as counted from the beginning of the current input, there is no end of a comment.
  private var noCommentEnd = 0
  /// Likewise of a title.
  private var noTitleEnd = 0

  var isPaused: Bool { stop != nil }

  mutating func resume() {
    if stop == .packedEnds {
      hasText = false
      owedNewlines = 0
    }
    stop = nil
  }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var run = Run(isAll: isAll)
    var isGoingOn = true
    while isGoingOn, run.at < input.count, stop == nil, !hasText || owedNewlines == 0 {
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
    if hasText, owedNewlines > 0 {
      let count = min(owedNewlines, Self.manyNewlines)
      output.append(contentsOf: repeatElement(10, count: count))
      owedNewlines -= count
    }
    noCommentEnd = max(0, noCommentEnd - run.at)
    noTitleEnd = max(0, noTitleEnd - run.at)
    return run.at
  }

  mutating func finish(into output: inout [UInt8]) {
    if case .packedTrace = place {
      base64.finish(into: &output)
      place = .script
      stop = .packedEnds
    } else if owesBreak {
      newline(&output)
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
      put(input, run.at..<markup, &run, &output)
      return true
    }
    return less < ampersand ? readMarkup(input, &run, &output) : readEntity(input, &run, &output)
  }

  private mutating func readEntity(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    if let (scalar, length) = HTMLEntity.read(input, run.at) {
      if put(scalar, &output) { run.at += length }
      return true
    }
    guard run.isAll || input.count - run.at >= HTMLEntity.longest else { return false }
    put(input, run.at..<run.at + 1, &run, &output)
    return true
  }

  private mutating func readMarkup(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    if input.has("<!--", at: run.at) { return passComment(input, &run, &output) }
    switch run.scanner.read(input, run.at, isAll: run.isAll) {
    case .undecided: return false
    case .text:
      put(input, run.at..<run.at + 1, &run, &output)
      return true
    case .declaration(let end):
      pass(input, to: end, &run, &output)
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
    case .block: breakLine()
    case .cell: if !isLineEmpty, !owesBreak, blanks.isEmpty { blanks = [32] }
    case .style:
      if !isEnd { place = .style }
    case .script:
      breakLine()
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
      breakLine()
    }
    pass(input, to: end, &run, &output)
    return true
  }

  private mutating func passComment(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let limit = run.at + Self.longestComment
    if run.at >= noCommentEnd {
      if let end = input.index(of: "-->", from: run.at + 2, to: limit) {
        pass(input, to: end + 3, &run, &output)
        return true
      }
      guard run.isAll || input.count >= limit else { return false }
      noCommentEnd = min(limit, input.count)
    }
    put(input, run.at..<run.at + 4, &run, &output)
    return true
  }
}

// MARK: Styles and scripts

extension HTMLDecoder {
  private mutating func passStyle(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let start = run.at
    if let close = input.indexAnyCase("</style", from: run.at, to: input.count) {
      place = .text
      pass(input, to: close, &run, &output)
      return true
    }
    // The beginning of the end tag may be the end of the input.
    pass(input, to: run.isAll ? input.count : max(start, input.count - 7), &run, &output)
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
      pass(input, to: close, &run, &output)
      return true
    }
    guard variable < input.count else {
      pass(input, to: run.isAll ? input.count : max(start, input.count - 16), &run, &output)
      return run.at > start
    }
    pass(input, to: variable, &run, &output)
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
    pass(input, to: at, &run, &output)
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
      put(input, start..<end, &run, &output)
      return true
    }
    switch input[end] {
    case 92: return readEscape(input, &run, &output)
    case quote:
      place = .script
      breakLine()
      run.at += 1
      return true
    default:
      if input.hasAnyCase("</script", at: end) {
        place = .script
        breakLine()
        return true
      }
      guard run.isAll || input.count - end >= 8 else { return false }
      wasSpelled = false
      put(input, end..<end + 1, &run, &output)
      return true
    }
  }

  private mutating func readEscape(_ input: Span<UInt8>, _ run: inout Run, _ output: inout [UInt8]) -> Bool {
    let at = run.at
    // `\u` and four digits is the longest.
    guard run.isAll || input.count - at >= 6 else { return false }
    guard at + 1 < input.count else {
      put(input, at..<at + 1, &run, &output)
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
      if !wasSpelled { newline(&output) }
      wasSpelled = false
      run.at += input.has("\r\n", at: at + 1) ? 3 : 2
      return true
    default:
      wasSpelled = false
      if put(input, at + 1..<at + 2, &run, &output) == 0 { run.at = at }
      return true
    }
    if put(spelled.scalar, &output) {
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
    pass(input, to: start, &run, &output)
    if !isLineEmpty { newline(&output) }
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
      breakLine()
      return true
    }
    let end = close ?? (run.isAll ? input.count : max(start, input.count - 7))
    put(input, start..<end, &run, &output)
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

// MARK: Writing

extension HTMLDecoder {
  /// Goes on to `end` and keeps only the newlines.
  private mutating func pass(_ input: Span<UInt8>, to end: Int, _ run: inout Run, _ output: inout [UInt8]) {
    while let hit = input.index(of: 10, from: run.at, to: end) {
      newline(&output)
      run.at = hit + 1
    }
    run.at = end
  }

  private mutating func newline(_ output: inout [UInt8]) {
    if hasText { output.append(10) } else { owedNewlines += 1 }
    owesBreak = false
    isLineEmpty = true
    blanks.removeAll()
  }

  /// What follows stands in a line of its own.
  private mutating func breakLine() {
    owesBreak = !isLineEmpty
    blanks.removeAll()
  }

  /// Writes what is due before text. False if newlines are owed: those come first.
  private mutating func begin(_ output: inout [UInt8]) -> Bool {
    if !hasText {
      hasText = true
      if owedNewlines > 0 { return false }
    }
    if owesBreak { output.append(10) }
    owesBreak = false
    isLineEmpty = false
    output.append(contentsOf: blanks)
    blanks.removeAll()
    return true
  }

  /// Writes the bytes `range`, or those before which newlines are owed, and goes on behind them. How many they were.
  @discardableResult
  private mutating func put(
    _ input: Span<UInt8>, _ range: Range<Int>, _ run: inout Run, _ output: inout [UInt8]
  ) -> Int {
    run.at = range.lowerBound
    while run.at < range.upperBound {
      if hasText, !owesBreak, blanks.isEmpty {
        output.append(input, run.at..<range.upperBound)
        isLineEmpty = input[range.upperBound - 1] == 10
        run.at = range.upperBound
        break
      }
      if !put(UInt32(input[run.at]), isByte: true, &output) { break }
      run.at += 1
    }
    return run.at - range.lowerBound
  }

  /// Writes a character, or a byte of one. False if newlines are owed: those come first.
  private mutating func put(_ scalar: UInt32, isByte: Bool = false, _ output: inout [UInt8]) -> Bool {
    if scalar == 10 {
      newline(&output)
    } else if scalar < 33, Span<UInt8>.isSpace(UInt8(scalar)), !hasText || owesBreak || !blanks.isEmpty {
      if blanks.count < Self.mostBlanks { blanks.append(UInt8(scalar)) }
    } else {
      guard begin(&output) else { return false }
      if isByte { output.append(UInt8(scalar)) } else { output.append(scalar: scalar) }
    }
    return true
  }
}
