import Analysis
import Bytes
import Events
import Records

/// The boots of a text in which nothing concerns the engine: where each ends, and which are the same one. Only what tells that is
/// read of a line; the rest is LogLook's.
struct BootSketch: TextSink {
  /// Those that tell something, in their order, each with where its text ends.
  private var boots: [(boot: LogEvents.Boot, end: Int)] = []
  private var events = LogEvents(onlyDivides: true)
  private var names = NameTable()
  /// There is more in the text than a log's lines.
  private var hasParts = false

  /// Looks of logs that are one boot.
  struct Shown {
    var looks: [LogLook] = []
    var kernel: String?
    var losses: [Loss] = []
  }

  /// `whole`: the first look at the text. Nil where the engine must look after all.
  static func boots(of text: Span<UInt8>, _ whole: LogLook) -> [Shown]? {
    var sketch = BootSketch()
    var reader = TextReader(input: 0)
    reader.read(text, at: 0, &sketch)
    reader.finish(&sketch)
    sketch.events.finish()
    for boot in sketch.events.boots { sketch.boots.append((boot, text.count)) }
    return sketch.hasParts ? nil : sketch.shown(text, whole)
  }

  private func shown(_ text: Span<UInt8>, _ whole: LogLook) -> [Shown]? {
    var shown: [Shown] = []
    var start = 0
    var lines = 0
    var before: LogEvents.Boot?
    for (boot, end) in boots {
      let piece = text.extracting(start..<end)
      var look = LogLook()
      if boots.count == 1 {
        look = whole
        look.readMarked(text)
      } else {
        look.look(piece, at: start, lines: lines)
      }
      guard !look.needsAnalysis else { return nil }
      // Whether a log without stamps is the one before it once more, only events tell.
      if let before, before.firstTime == nil || boot.firstTime == nil { return nil }
      if before.map({ !boot.isSameBoot(as: $0) }) ?? true { shown.append(Shown()) }
      before = boot
      if boot.isLog {
        shown[shown.count - 1].looks.append(look)
        shown[shown.count - 1].kernel = shown[shown.count - 1].kernel ?? boot.facts.kernel
        shown[shown.count - 1].losses += boot.losses
      }
      start = end
      lines += piece.count(of: 10, before: piece.count)
    }
    return shown.filter { !$0.looks.isEmpty }
  }

  /// A line with a stamp stands above the hello at `hello`: the rest of another boot, or a boot loader's.
  static func mayBeDivided(_ text: Span<UInt8>, above hello: Int) -> Bool {
    var start = 0
    while let bracket = text.index(of: UInt8(ascii: "["), from: start, to: hello) {
      let begin = text.lineStart(of: bracket, notBefore: start)
      let end = text.index(of: 10, from: bracket, to: hello) ?? hello
      if let time = LogPrefix.parse(text.extracting(begin..<end)).time, time > 0 { return true }
      start = end
    }
    return false
  }

  mutating func begin(_ part: TextPart, at place: Place) { hasParts = true }
  mutating func pass(over line: Span<UInt8>, _ place: Place) {}
  mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) { hasParts = true }
  mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    if events.divide(record, line) {
      for boot in events.takeFinished() { boots.append((boot, Int(place.offset))) }
    }
    events.take(record, line, place, &names)
  }
  mutating func take(_ plain: PlainLine, _ line: Span<UInt8>, _ place: Place) -> Bool {
    events.take(plain, line, place, &names)
  }
}
