// Lists of what is to be scanned, read as the scan goes: a farm's may have millions of lines, or never end.
import Bytes
import FoundationEssentials
import Inputs
import Synchronization

/// One line of a manifest: a log, and what its owner calls it.
package struct ManifestEntry: Sendable, Equatable, Decodable {
  /// Echoed in every row of the log; nil if the manifest has none.
  package var id: String?
  /// As on the command line.
  package var path: String
  /// What its boots are called.
  package var labels: [String: String]?
}

/// A list that was named, not opened yet.
package struct InputList: Sendable {
  /// What its lines are.
  package enum Kind: Sendable {
    /// Paths, ended by NUL where its first block has one, else by newlines (those of Windows too).
    case paths
    /// JSON objects: `id`, `path`, `labels`.
    case manifest
  }
  /// What it is, by `--files-from` or `--manifest`.
  package var kind: Kind
  /// `-` for standard input.
  package var path: String
  /// `path` is opened when the walk comes to it.
  package init(_ kind: Kind, _ path: String) { (self.kind, self.path) = (kind, path) }

  /// It can be read more than once.
  var isRegular: Bool { FileWalk.isRegular(path) }

  /// For people.
  var title: String { path == "-" ? "standard input" : path }
}

/// A list that is being read; whoever copies the walk reads on in the same one.
final class OpenList: Sendable {
  enum Item {
    case entry(ManifestEntry)
    /// A line of a manifest that is none, or a list that breaks: its place, and why.
    case fault(String, String)
  }
  fileprivate struct State {
    let source: LineSource
    /// The next one last.
    var lines: [[UInt8]] = []
    var number = 0
    var separator: UInt8?
    /// The beginning of a line that goes on.
    var rest: [UInt8] = []
    var isEmpty = true
    var isBroken = false
    /// Bytes since the last line that names something.
    var silence = 0
  }
  /// No path and no line of a manifest is longer, and a device may have no line at all.
  private static let longestLine = 1 << 20
  private static let longestSilence = 64 << 20
  private let list: InputList
  private let state: Mutex<State>

  init(_ list: InputList) throws {
    self.list = list
    state = Mutex(State(source: try LineSource(path: list.path)))
  }

  /// Whoever made an empty one may have failed.
  var isEmpty: Bool { state.withLock { $0.isEmpty } }

  /// Nil at the end.
  func next() -> Item? {
    state.withLock { state in
      while true {
        while let line = state.lines.popLast() {
          state.number += 1
          guard !line.isEmpty else { continue }
          state.isEmpty = false
          state.silence = 0
          return item(line, state.number)
        }
        if state.isBroken { return nil }
        do {
          let list = list
          var next = state
          let goesOn = try state.source.nextBytes { text, _ in next.take(text, list.kind) }
          state = next
          guard state.rest.count <= Self.longestLine, state.silence <= Self.longestSilence else {
            state.isBroken = true
            return .fault(list.title, "no list of names: not read further (is it the right file?)")
          }
          if goesOn { continue }
          guard !state.rest.isEmpty else { return nil }
          state.lines = [state.trimmed(state.rest)]
          state.rest = []
        } catch {
          state.isBroken = true
          return .fault(list.title, "the list breaks off: \(InputError.explain(error))")
        }
      }
    }
  }

  private func item(_ line: [UInt8], _ number: Int) -> Item {
    switch list.kind {
    case .paths where line == [UInt8(ascii: "-")]: return .fault("-", "a list cannot name standard input")
    case .paths: return .entry(ManifestEntry(path: String(decoding: line, as: UTF8.self)))
    case .manifest:
      guard let entry = try? JSONDecoder().decode(ManifestEntry.self, from: Data(line)) else {
        return .fault("\(list.title):\(number)", "no JSON object with a \"path\" (and \"id\", \"labels\")")
      }
      if let name = entry.labels?.keys.first(where: { !LabelName.isOne($0) }) {
        return .fault("\(list.title):\(number)", "\"\(name)\" is no name of a label")
      }
      return .entry(entry)
    }
  }
}

extension OpenList.State {
  /// Takes the lines that end in a piece of the list.
  fileprivate mutating func take(_ text: Span<UInt8>, _ kind: InputList.Kind) {
    let mark = separator ?? (kind == .paths && text.index(of: 0) != nil ? 0 : 10)
    separator = mark
    silence += text.count
    var start = 0
    while let end = text.index(of: mark, from: start, to: text.count) {
      // Of an empty line the number counts.
      if end > start || !rest.isEmpty || kind == .manifest {
        lines.append(trimmed(rest + text.extracting(start..<end).array))
      }
      rest = []
      start = end + 1
    }
    lines.reverse()
    rest += text.extracting(start..<text.count).array
  }

  fileprivate func trimmed(_ line: [UInt8]) -> [UInt8] {
    separator != 0 && line.last == 13 ? Array(line.dropLast()) : line
  }
}
