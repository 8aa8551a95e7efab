import Bytes

/// The text of a page. Newlines stay where they are, in what is dropped too, so that most lines keep their numbers.
/// Written by hand: libxml2 drops what is not escaped (`<4>`, `<-`) and forgets the lines.
struct HTMLDecoder: FormDecoder {
  static let window = 1 << 17
  /// A comment is looked for its end this far: one that has none must not hide a log.
  private static let longestComment = 1 << 16

  enum Place {
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

  var place = Place.text
  var stop: Stop?
  var base64 = Base64Decoder()

  var lines = PageLines()
  /// The string's last character was a newline that it spelled.
  var wasSpelled = false
  /// Newlines in a paragraph of Word's, which has broken its source at 76 columns: blanks, whose line ends follow the paragraph. Nil in
  /// all other text, where a newline is one.
  private var folded: Int?
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
  struct Run {
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
      if let count = folded {
        if input[run.at] == 10 {
          if lines.put(32, &output) { (run.at, folded) = (run.at + 1, count + 1) }
          return true
        }
        let newline = input.index(of: 10, from: run.at, to: markup) ?? markup
        lines.put(input, run.at..<newline, &run.at, &output)
        return true
      }
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
    if case .block = element { fold(input, run.at..<end, begins: !isEnd, &output) }
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
    if let count = folded {
      folded = count + input.extracting(run.at..<end).count(of: 10, before: end - run.at)
      run.at = end
    } else {
      lines.pass(input, to: end, &run.at, &output)
    }
    return true
  }

  /// A block begins or ends: whether newlines in it are blanks.
  private mutating func fold(_ input: Span<UInt8>, _ tag: Range<Int>, begins: Bool, _ output: inout [UInt8]) {
    for _ in 0..<(folded ?? 0) { lines.newline(&output) }
    folded = begins && input.index(of: "Mso", from: tag.lowerBound, to: tag.upperBound) != nil ? 0 : nil
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
