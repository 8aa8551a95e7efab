// Lines whose text must be undone before it is a kernel message: JSON, YAML, CSV, logcat. A new one is one case here and
// one value in Dialects/. What comes out may be any text, a trace as well: it is exact, with the blanks in front.
import Bytes

struct LogEnvelope: Sendable {
  /// In the order in which they are tried.
  enum Kind: Int, CaseIterable, Sendable {
    case dmesgJSON, journalPretty, journalJSON, lava, object, listed, cri, logcat, csv

    var envelope: LogEnvelope {
      switch self {
      case .dmesgJSON: .dmesgJSON
      case .journalPretty: .journalPretty
      case .journalJSON: .journalJSON
      case .lava: .lava
      case .object: .object
      case .listed: .listed
      case .cri: .cri
      case .logcat: .logcat
      case .csv: .csv
      }
    }
  }

  /// What lines before this one said, and the buffer for the messages.
  struct State {
    /// Inside `dmesg -J`, whose records are spread over lines.
    var isDmesg = false
    var record = LogPrefix()
    /// The journal's boot, hashed; 0 before the first.
    var boot: UInt64 = 0
    var pretty = PrettyJournal()
    var logcat = LogcatState()
    var csv = CSVState()
    var pieces = Pieces()
    /// A kernel's line was a string by itself: those that follow are of the same list.
    var isListed = false
    var text: [UInt8] = []
    /// The messages in `text`, with what the wrapper said of each.
    var messages: [(prefix: LogPrefix, end: Int)] = []
    /// How many wrappers the line stands in: what came out of one is no line of another that spans lines.
    var depth = 0
    /// The last line's wrapper carries anybody's lines: that it was there does not make the input a log.
    var isAnybodys = false

    /// Whether the line may be an envelope; what comes out of dmesg's JSON is a message, whatever it looks like.
    mutating func mayOpen(_ line: Span<UInt8>, _ at: Int, isOutermost: Bool) -> Bool {
      if DmesgJSON.begins(line, at) { isDmesg = true }
      return LogEnvelope.mayBegin(line[at]) || isDmesg && isOutermost
    }

    mutating func add(_ prefix: LogPrefix) { messages.append((prefix, text.count)) }

    /// The next line belongs to the one before it, however it begins.
    var goesOn: Bool { isDmesg || logcat.isLong || pretty.isArray }
    /// Whether a line whose first byte that is no blank is `byte` must be shown to `open`.
    func mayBegin(_ byte: UInt8, depth: Int) -> Bool { LogEnvelope.mayBegin(byte) || depth == 0 && goesOn }

    fileprivate mutating func clear() {
      if !text.isEmpty { text.removeAll(keepingCapacity: true) }
      if !messages.isEmpty { messages.removeAll(keepingCapacity: true) }
    }

    /// What was held back for a rest that has not come: its message, once, at the end of the input.
    mutating func flush() -> Bool {
      clear()
      logcat.flush(&text, &messages)
      if pieces.take(into: &text) { add(LogPrefix()) }
      return !messages.isEmpty
    }
  }

  let kind: Kind
  /// The bytes that it can begin with.
  let begins: [UInt8]
  /// Takes the line and leaves its messages in the state; false if it is not of this kind.
  let open: @Sendable (Span<UInt8>, Int, inout State) -> Bool

  init(
    _ kind: Kind, begins: String, open: @escaping @Sendable (Span<UInt8>, Int, inout State) -> Bool
  ) {
    self.kind = kind
    self.begins = Array(begins.utf8)
    self.open = open
  }

  static let all: [LogEnvelope] = Kind.allCases.map(\.envelope)

  /// For each first byte, the envelopes to try, as bits.
  private static let table: [UInt32] = {
    precondition(all.count <= UInt32.bitWidth, "the table of envelopes is full")
    var table = [UInt32](repeating: 0, count: 256)
    for (index, envelope) in all.enumerated() {
      for byte in envelope.begins { table[Int(byte)] |= 1 << index }
    }
    return table
  }()

  /// By themselves, as LogDialect's.
  private struct Open: Sendable { let take: @Sendable (Span<UInt8>, Int, inout State) -> Bool }
  private static let opens = all.map { Open(take: $0.open) }

  /// Whether a line may be one: what the table of dialects is for prefixes.
  static func mayBegin(_ byte: UInt8) -> Bool { table[Int(byte)] != 0 }

  /// Undoes the line whose first byte that is no blank stands at `at`; the messages are in the state. False: it is of no
  /// kind that is known.
  static func open(_ line: Span<UInt8>, _ at: Int, _ state: inout State, depth: Int) -> Bool {
    var left =
      depth == 0 && state.goesOn ? UInt32.max >> UInt32(UInt32.bitWidth - all.count) : table[Int(line[at])]
    guard left != 0 else { return false }
    state.clear()
    state.isAnybodys = false
    state.depth = depth
    while left != 0 {
      let index = left.trailingZeroBitCount
      left &= left - 1
      if opens[index].take(line, at, &state) { return true }
      state.clear()
    }
    return false
  }
}
