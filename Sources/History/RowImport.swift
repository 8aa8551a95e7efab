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

  /// What is kept of one line at most, in bytes.
  private static let longest = 256 << 20
  private static let batch = 1000

  private let writer: HistoryWriter
  private let unnamed: String
  private let reader = RowReader()
  private var run: String?
  private var open: [String] = []
  /// Runs of which an export says that they came to their end.
  private var closed: Set<String> = []
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
    var piece: [UInt8] = []
    while try source.next({ run, _ in
      var start = 0
      for at in run.indices where run[at] == 10 {
        if piece.count < Self.longest { piece += run.extracting(start..<at).array }
        start = at + 1
        try take(piece, tell)
        piece.removeAll(keepingCapacity: true)
      }
      if piece.count < Self.longest { piece += run.extracting(start..<run.count).array }
    }) {}
    if !piece.isEmpty { try take(piece, tell) }
    try flush()
    for run in closed.sorted() {
      try writer.begin(run: run)
      try writer.end()
    }
    result.unfinished = open
    return result
  }

  private mutating func take(_ text: [UInt8], _ tell: (Int, String) -> Void) throws {
    line += 1
    guard text.contains(where: { $0 != 32 && $0 != 13 && $0 != 9 }) else { return }
    switch text.count < Self.longest
      ? reader.read(text) : .broken("it is longer than \(Self.longest >> 20) MiB")
    {
    case .boot(let record, let name, let day, let ended):
      try begin(name ?? unnamed, ended)
      waiting.append((record, day))
      if waiting.count >= Self.batch { try flush() }
    case .other: result.others += 1
    case .end(let isWhole):
      try flush()
      if let run, isWhole {
        open.removeAll { $0 == run }
        try writer.end()
      }
      run = nil
    case .broken(let why):
      result.broken += 1
      tell(line, why)
    }
  }

  private mutating func begin(_ name: String, _ ended: Bool) throws {
    guard name != run else { return }
    try flush()
    try writer.begin(run: name)
    run = name
    if ended {
      closed.insert(name)
    } else if !open.contains(name) {
      open.append(name)
    }
  }

  private mutating func flush() throws {
    guard !waiting.isEmpty else { return }
    result.added += try writer.add(waiting)
    waiting.removeAll(keepingCapacity: true)
  }
}
