import Bytes

/// Reads lines of boots into a history, whatever their number: a batch is a transaction.
package struct RowImport {
  /// What came of it.
  package struct Outcome: Sendable, Equatable {
    /// The boots.
    package var added = HistoryWriter.Added()
    /// Lines of inputs of which no boot can be told.
    package var others = 0
    /// Lines that could not be read.
    package var broken = 0
    /// Runs that came to no end: they were killed, or go on.
    package var unfinished: [String] = []

    package init() {}
  }

  private static let batch = 1000

  private let writer: HistoryWriter
  private let unnamed: String
  private let reader = RowReader()
  private var run: String?
  private var open: [String] = []
  private var waiting: [(record: BootRecord, day: Day?)] = []
  private var result = Outcome()
  private var line = 0

  /// `unnamed`: the run of lines that name none.
  package init(_ writer: HistoryWriter, unnamed: String) {
    self.writer = writer
    self.unnamed = unnamed
  }

  /// Adds all lines of `source`. `tell` gets each line that is broken, by its number from 1, and why. Throws what the history throws; what was
  /// added before is kept. Errors of reading are thrown as they are.
  package mutating func read(_ source: LineSource, tell: (Int, String) -> Void) throws -> Outcome {
    try RowLines.read(source) { text in try take(text, tell) }
    try flush()
    result.unfinished = open
    return result
  }

  private mutating func take(_ text: [UInt8], _ tell: (Int, String) -> Void) throws {
    line += 1
    guard text.contains(where: { $0 != 32 && $0 != 13 && $0 != 9 }) else { return }
    switch text.count < RowLines.longest
      ? reader.read(text) : .broken("it is longer than \(RowLines.longest >> 20) MiB")
    {
    case .boot(let record, let name, let day, let ended):
      try begin(name ?? unnamed, ended)
      waiting.append((record, day))
      if waiting.count >= Self.batch { try flush() }
    case .other: result.others += 1
    case .end(let name, let isWhole):
      try flush()
      let ended = name ?? run
      if let ended, isWhole, open.contains(ended) {
        open.removeAll { $0 == ended }
        try writer.enter(run: ended)
        try writer.end()
      }
      run = nil
    case .broken(let why):
      result.broken += 1
      tell(line, why)
    }
  }

  /// `ended`: it came to its end before it was exported.
  private mutating func begin(_ name: String, _ ended: Bool) throws {
    guard name != run else { return }
    try flush()
    if ended || open.contains(name) {
      try writer.enter(run: name)
    } else {
      // The rows of several may stand between each other.
      try writer.begin(run: name)
      open.append(name)
    }
    run = name
  }

  private mutating func flush() throws {
    guard !waiting.isEmpty else { return }
    result.added += try writer.add(waiting)
    waiting.removeAll(keepingCapacity: true)
  }
}

/// Lines of JSON, which may be long: a boot has as many findings as it has.
package enum RowLines {
  /// What is kept of one line at most, in bytes.
  static let longest = 256 << 20

  /// Hands each line to `body` without its newline; what is longer than any is cut.
  package static func read(_ source: LineSource, _ body: ([UInt8]) throws -> Void) throws {
    var piece: [UInt8] = []
    while try source.next({ run, _ in
      var start = 0
      for at in run.indices where run[at] == 10 {
        if piece.count < longest { piece += run.extracting(start..<at).array }
        start = at + 1
        try body(piece)
        piece.removeAll(keepingCapacity: true)
      }
      if piece.count < longest { piece += run.extracting(start..<run.count).array }
    }) {}
    if !piece.isEmpty { try body(piece) }
  }
}
