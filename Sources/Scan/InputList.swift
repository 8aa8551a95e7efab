// Lists of what is to be scanned, read as the scan goes: a farm's may have millions of lines, or never end.
import Bytes
import FoundationEssentials
import Glibc
import Inputs
import Synchronization
import SystemPackage

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

  /// Whoever opens it, or reads its first line, may have to wait for somebody.
  var mayWait: Bool { path == "-" ? !FileDescriptor.standardInput.isReadable() : !isRegular }

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
    /// It has no more lines than those.
    var isOver = false
    /// Why it broke off, to be said after what came before.
    var fault: String?
    /// Bytes since the last line that names something.
    var silence = 0
  }
  private let list: InputList
  private let descriptor: FileDescriptor
  private let state: Mutex<State>

  init(_ list: InputList) throws {
    self.list = list
    let isInput = list.path == "-"
    // A named pipe without a writer would hold open(2): it is waited for where its lines are.
    descriptor =
      isInput
      ? .standardInput : try FileDescriptor.open(FilePath(list.path), .readOnly, options: .nonBlocking)
    if !isInput { _ = fcntl(descriptor.rawValue, F_SETFL, 0) }
    // The source closes it, and lives as long as this.
    state = Mutex(State(source: LineSource(descriptor: descriptor, closes: !isInput)))
  }

  /// Whoever made an empty one may have failed.
  var isEmpty: Bool { state.withLock { $0.isEmpty } }

  /// Nil at the end, and once `isStopped` says so.
  func next(isStopped: () -> Bool) -> Item? {
    state.withLock { state in
      while true {
        state.skipEmptyLines()
        if let line = state.lines.popLast() {
          state.number += 1
          state.isEmpty = false
          state.silence = 0
          return item(line, state.number)
        }
        if let fault = state.fault {
          state.fault = nil
          return .fault(list.title, fault)
        }
        if state.isOver { return nil }
        while !descriptor.isReadable(within: 200) { if isStopped() { return nil } }
        state.read(list.kind)
      }
    }
  }

  /// `next` would have to wait for whoever writes the list.
  var mayWait: Bool {
    state.withLock { state in
      while true {
        state.skipEmptyLines()
        guard state.lines.isEmpty, !state.isOver else { return false }
        guard descriptor.isReadable() else { return true }
        state.read(list.kind)
      }
    }
  }

  private static let namesInput = "a list cannot name standard input"

  private func item(_ line: [UInt8], _ number: Int) -> Item {
    switch list.kind {
    case .paths where line == [UInt8(ascii: "-")]: return .fault("-", Self.namesInput)
    case .paths: return .entry(ManifestEntry(path: String(decoding: line, as: UTF8.self)))
    case .manifest:
      guard let entry = try? JSONDecoder().decode(ManifestEntry.self, from: Data(line)) else {
        return .fault("\(list.title):\(number)", "no JSON object with a \"path\" (and \"id\", \"labels\")")
      }
      if entry.path == "-" { return .fault("\(list.title):\(number)", Self.namesInput) }
      if let name = entry.labels?.keys.first(where: { !LabelName.isOne($0) }) {
        return .fault("\(list.title):\(number)", "\"\(name)\" is no name of a label")
      }
      return .entry(entry)
    }
  }
}

extension OpenList.State {
  /// No path and no line of a manifest is longer, and a device may have no line at all.
  private static let longestLine = 1 << 20
  private static let longestSilence = 64 << 20

  /// Reads on: once, however much that is.
  fileprivate mutating func read(_ kind: InputList.Kind) {
    do {
      let source = source
      let goesOn = try source.nextBytes { text, _ in take(text, kind) }
      if rest.count > Self.longestLine || silence > Self.longestSilence {
        isOver = true
        fault = "no list of names: not read further (is it the right file?)"
      } else if !goesOn {
        isOver = true
        if !rest.isEmpty { lines = [trimmed(rest)] }
        rest = []
      }
    } catch {
      isOver = true
      fault = "the list breaks off: \(InputError.explain(error))"
    }
  }

  fileprivate mutating func skipEmptyLines() {
    while lines.last?.isEmpty == true {
      lines.removeLast()
      number += 1
    }
  }

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

extension FileDescriptor {
  /// A read would not wait: there is something, or the end. `within`: so many milliseconds; less where a signal comes.
  fileprivate func isReadable(within wait: Int32 = 0) -> Bool {
    var state = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    // One pollfd is what it is told of.
    return unsafe poll(&state, 1, wait) > 0
  }
}
