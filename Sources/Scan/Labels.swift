// What a farm calls a boot: labels from where its log lies.
import Bytes

/// Labels of every row, and those that a path tells.
package struct LabelRule: Sendable {
  /// `--label`: of all rows. What a path or a manifest says goes before.
  package var fixed: [String: String] = [:]
  /// `--labels-from-path`; nil without.
  package var pattern: PathPattern?

  /// No labels.
  package init() {}

  /// `path`: below the scanned folder. `own`: what a manifest says.
  func labels(of path: Substring, own: [String: String]) -> (labels: [String: String], fits: Bool) {
    guard let pattern else { return (fixed.merging(own) { $1 }, true) }
    let told = pattern.labels(of: path)
    return (fixed.merging(told ?? [:]) { $1 }.merging(own) { $1 }, told != nil)
  }
}

/// `{date}/{board}/{kernel}/`: a name in braces stands for a part of a folder's or a file's name. With a slash at its end it is
/// about folders, and the rest of the path may be any; without one its last part is the file's name.
package struct PathPattern: Sendable, Equatable {
  private enum Piece: Equatable {
    case text(String)
    case label(String)
  }
  private let parts: [[Piece]]
  private let isOfFolders: Bool

  /// What is wrong with a pattern.
  package struct Fault: Error, CustomStringConvertible {
    /// One clause.
    package let description: String
  }

  /// Names are of a-z, A-Z, 0-9, `_`, `-` and `.`, each once.
  package init(_ text: String) throws(Fault) {
    var names: Set<String> = []
    isOfFolders = text.hasSuffix("/")
    var parts: [[Piece]] = []
    for part in text.split(separator: "/") { parts.append(try Self.pieces(part, &names)) }
    guard !names.isEmpty else { throw Fault(description: "it has no {name}") }
    self.parts = parts
  }

  private static func pieces(_ part: Substring, _ names: inout Set<String>) throws(Fault) -> [Piece] {
    var pieces: [Piece] = []
    var rest = part
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw Fault(description: "a { has no } in \"\(part)\"")
      }
      let name = String(rest[rest.index(after: open)..<close])
      guard LabelName.isOne(name) else { throw Fault(description: "\"{\(name)}\" is no name") }
      guard names.insert(name).inserted else { throw Fault(description: "{\(name)} stands in it twice") }
      if case .label = pieces.last {
        throw Fault(description: "nothing parts {\(name)} from the name before it")
      }
      pieces.append(.label(name))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    return pieces
  }

  /// Nil if the path does not fit. What lies in an archive is below it, as in a folder. By bytes: a name may begin with a mark that would be one
  /// character with the slash before it.
  package func labels(of path: Substring) -> [String: String]? {
    let names = path.utf8.split(separator: UInt8(ascii: "/"))
    guard isOfFolders ? names.count > parts.count : names.count == parts.count else { return nil }
    var labels: [String: String] = [:]
    for (part, name) in zip(parts, names) {
      guard Self.match(part, name, &labels) else { return nil }
    }
    return labels
  }

  /// Each label takes as little as it can, the last one the rest. Where the words behind a label stand first is always right, for between two words
  /// there is a label, which takes what the first one leaves: nothing is tried twice, whatever a hostile name repeats.
  private static func match(
    _ pieces: [Piece], _ text: Substring.UTF8View, _ labels: inout [String: String]
  ) -> Bool {
    var rest = text
    var open: String?
    for (number, piece) in pieces.enumerated() {
      switch piece {
      case .label(let name): open = name
      case .text(let words):
        guard let name = open else {
          guard rest.starts(with: words.utf8) else { return false }
          rest = rest.dropFirst(words.utf8.count)
          continue
        }
        guard let end = Self.end(of: rest, before: words, isLast: number == pieces.count - 1) else {
          return false
        }
        labels[name] = String(Substring(rest[..<end]))
        rest = rest[end...].dropFirst(words.utf8.count)
        open = nil
      }
    }
    guard let name = open else { return rest.isEmpty }
    labels[name] = String(Substring(rest))
    return !rest.isEmpty
  }

  /// Where a label ends that `words` follow, first, or at the end of it all; nil if they do not.
  private static func end(of text: Substring.UTF8View, before words: String, isLast: Bool)
    -> Substring.Index?
  {
    guard isLast else {
      return text.indices.dropFirst().first { text[$0...].starts(with: words.utf8) }
    }
    let label = text.dropLast(words.utf8.count)
    return !label.isEmpty && text[label.endIndex...].elementsEqual(words.utf8) ? label.endIndex : nil
  }
}

/// How labels are called.
package enum LabelName {
  /// Letters, digits, `_`, `-`, `.`; at most 64.
  package static func isOne(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
