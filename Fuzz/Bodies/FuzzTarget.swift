/// What is fuzzed: by libFuzzer (Fuzz/run.sh), and with few inputs in FuzzTests.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// Containers and text forms, and what comes out of them.
  case door
  /// The text of a kernel log.
  case log
  /// The text of a trace.
  case trace
  /// A trace.dat.
  case container
  /// The pages of a trace.dat.
  case pages
  /// A Perfetto recording.
  case perfetto
  /// What a live board says of itself.
  case facts

  /// Reads `input`; says what is wrong, nil if nothing is.
  package func read(_ input: [UInt8]) -> String? {
    switch self {
    case .door: return Door.read(input)
    case .log: return Texts.log(input)
    case .trace: return Texts.trace(input)
    case .facts: return Board.facts(input)
    case .container: Recordings.container(input)
    case .pages: Recordings.pages(input)
    case .perfetto: Recordings.perfetto(input)
    }
    return nil
  }
}

enum Seeds {
  /// The repository's sample-traces.
  static let samples =
    #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/sample-traces"
}
