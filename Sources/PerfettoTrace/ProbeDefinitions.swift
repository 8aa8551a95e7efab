import Bytes
import Records

/// What is known of probes from outside of a recording: the lines of kprobe_events, `kprobe_event=` of the kernel's command line,
/// what a user says, and the names that our own recipes give.
package struct ProbeDefinitions: Sendable {
  enum Known: Equatable, Sendable {
    case known(String)
    /// Defined twice, on two functions.
    case disputed
    case undefined
  }
  private struct Key: Hashable {
    var event: String
    /// Nil: any.
    var isReturn: Bool?
  }
  private static let most = 10_000

  /// By event; an empty function: two are said.
  private var read: [Key: String] = [:]
  private var said: [String: String] = [:]

  package init() {}

  /// `NAME=FUNCTION`, as a user gives it; nil if it is not that.
  package static func parse(_ text: String) -> (name: String, function: String)? {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, isWord(parts[0]), isWord(parts[1]) else { return nil }
    return (String(parts[0]), String(parts[1]))
  }

  private static func isWord(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { Span<UInt8>.isOfWord($0) || [46, 45, 47].contains($0) }
  }

  /// What the user says, which goes before all else; `name` with or without its group.
  package mutating func say(_ name: String, is function: String) { said[Self.event(name)] = function }

  /// The command line of a boot. The kernel takes the last `kprobe_event=`.
  package mutating func read(commandLine: String) {
    for definition in KprobeDefinition.all(commandLine: commandLine) { take(definition) }
  }

  /// A line of kprobe_events: `p:group/event function arguments`.
  package mutating func read(line: String) {
    if let definition = KprobeDefinition(line.split(whereSeparator: { $0 == " " || $0 == "\t" })) {
      take(definition)
    }
  }

  private mutating func take(_ definition: KprobeDefinition) {
    guard read.count < Self.most else { return }
    let key = Key(event: definition.event, isReturn: definition.isReturn)
    read[key] = read[key].map { $0 == definition.function ? $0 : "" } ?? definition.function
  }

  /// Takes what is not defined yet.
  package mutating func fill(from other: ProbeDefinitions) { read.merge(other.read) { own, _ in own } }

  private static func event(_ name: String) -> String {
    name.split(separator: "/").last.map(String.init) ?? name
  }

  func function(of event: String, _ group: String, isReturn: Bool) -> Known {
    if let function = said[event] { return .known(function) }
    guard let function = read[Key(event: event, isReturn: isReturn)] else { return .undefined }
    return function.isEmpty ? .disputed : .known(function)
  }

  // MARK: names that say it themselves

  /// The group of our recipes for tracefs.
  static let ownGroup = "proberace"

  /// The kernel names a probe without a name after its function: `p_really_probe_0`, and writes `_` for the dots of
  /// `really_probe.isra.0`.
  static func automatic(_ event: String, isReturn: Bool) -> String? {
    guard event.hasPrefix(isReturn ? "r_" : "p_"), event.hasSuffix("_0") else { return nil }
    let symbol = event.dropFirst(2).dropLast(2)
    let dots = suffixes.flatMap { symbol.ranges(of: $0) }.filter { range in
      range.upperBound < symbol.endIndex && symbol[range.upperBound].isWholeNumber
    }
    if let dot = dots.map(\.lowerBound).min(), dot > symbol.startIndex {
      return String(symbol[..<dot]) + symbol[dot...].replacing("_", with: ".")
    }
    return symbol.isEmpty ? nil : String(symbol)
  }
  private static let suffixes = ["_isra_", "_constprop_", "_part_", "_llvm_"]

  /// The function that our recipes give the probe.
  static func ours(_ event: String, isReturn: Bool) -> String? { (isReturn ? returns : entries)[event] }

  private static let entries = Dictionary(
    uniqueKeysWithValues: KernelFunction.all.compactMap { function in
      function.probe.map { ($0.description, function.name.description) }
    })
  private static let returns = Dictionary(uniqueKeysWithValues: entries.map { ("\($0.key)r", $0.value) })
}
