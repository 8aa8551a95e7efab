import Bytes

/// What stands left of a trace's header where nobody knows it (a test's `# `, a job's name, a logger's words), and so left of each of
/// its lines. Numbers in it are others in every line.
struct TraceMargin: Sendable {
  private let bytes: [UInt8]
  var isEmpty: Bool { bytes.isEmpty }

  /// No prefix is longer.
  private static let widest = 96

  init() { bytes = [] }
  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The margin of a line that is a trace's first: `# tracer: NAME` and nothing behind it; nil of any other.
  init?(header line: Span<UInt8>) {
    guard let start = line.index(of: "# tracer: ", to: min(line.count, Self.widest + 10)) else { return nil }
    let name = start + 10
    guard line.wordEnd(from: name, to: line.count) == line.trimmed(name..<line.count).upperBound,
      name < line.count
    else { return nil }
    self.init(line.extracting(0..<start).array)
  }

  /// Where the text of a line begins that has the same in front; nil if it has not.
  func end(in line: Span<UInt8>) -> Int? {
    var (own, at) = (0, 0)
    while own < bytes.count {
      if let number = numberEnd(own) {
        let blanks = line.skipBlanks(from: at, to: line.count)
        let end = line.digitsEnd(from: blanks, to: line.count)
        let next = bytes[number...].firstIndex { $0 != 32 }
        // A cell that goes on has no number of its own.
        guard
          end > blanks
            || next.map({ blanks - at >= number - own && line.count > blanks && line[blanks] == bytes[$0] })
              == true
        else { return nil }
        (own, at) = (number, end)
        // Blanks behind it fill a column, if more of the margin follows.
        if let next { (own, at) = (next, line.skipBlanks(from: at, to: line.count)) }
      } else {
        // Blanks at its end may be missing where nothing follows.
        guard at < line.count else { return bytes[own...].allSatisfy({ $0 == 32 }) ? at : nil }
        guard line[at] == bytes[own] else { return nil }
        own += 1
        at += 1
      }
    }
    return at
  }

  /// Behind the number that stands at `start` of the margin, blanks in front of it or not.
  private func numberEnd(_ start: Int) -> Int? {
    var digits = start
    while digits < bytes.count, bytes[digits] == 32 { digits += 1 }
    var end = digits
    while end < bytes.count, bytes[end] &- 48 < 10 { end += 1 }
    return end > digits ? end : nil
  }
}

extension TextReader {
  /// Takes a line that has in front what the trace's header had; false for any other.
  mutating func openBehindMargin(
    _ line: Span<UInt8>, _ place: Place, _ outer: LogPrefix, _ isWhole: Bool, _ sink: inout some TextSink
  ) -> Bool {
    guard let end = margin.end(in: line) else { return false }
    let text = line.extracting(end...)
    guard !text.isEmpty else { return true }
    var prefix = LogPrefix.layers(text, inside: outer)
    route(text, &prefix, place, isWhole, &sink)
    return true
  }
}
