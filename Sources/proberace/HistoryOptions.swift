import ArgumentParser
import FoundationEssentials
import History

/// Which history.
struct HistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The history's file; default: proberace/history.sqlite in $XDG_STATE_HOME (~/.local/state).",
      valueName: "file"), completion: .file())
  var history: String?

  func reader() throws -> HistoryReader {
    try Self.said(path) { () throws(HistoryError) in try HistoryReader(path) }
  }

  func writer() throws -> HistoryWriter {
    if history == nil {
      let folder = URL(filePath: path).deletingLastPathComponent()
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      } catch {
        throw ValidationError(
          "\(path): its folder is not there and cannot be made; --history names another file")
      }
    }
    return try Self.said(path) { () throws(HistoryError) in try HistoryWriter(path, today: UTC.today) }
  }

  /// What `body` gives; what is wrong with the history, as a wrong command line.
  func said<T>(_ body: () throws(HistoryError) -> T) throws -> T { try Self.said(path, body) }

  static func said<T>(_ path: String, _ body: () throws(HistoryError) -> T) throws -> T {
    do { return try body() } catch { throw ValidationError("\(path): \(error)") }
  }

  var path: String {
    if let history { return history }
    // https://specifications.freedesktop.org/basedir-spec/latest/: a path that is not absolute does not count.
    if let state = Output.environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return state + "/proberace/history.sqlite"
    }
    return (Output.environment("HOME") ?? ".") + "/.local/state/proberace/history.sqlite"
  }
}

enum HistoryFormat: String, ExpressibleByArgument, CaseIterable { case terminal, json }

/// What a command that answers takes.
struct HistoryOutput: ParsableArguments {
  @OptionGroup var output: OutputOptions

  @Option(help: "terminal or json.")
  var format = HistoryFormat.terminal

  func write(json: () -> String, terminal: () -> String) throws {
    try output.write(.text(format == .json ? json() : terminal()), isForReading: format == .terminal)
  }
}

extension Day: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// A share: `0.01` or `1%`. Below a billionth no farm has boots to tell it by.
struct Share: ExpressibleByArgument {
  var value: Double

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    guard let number = Double(isPercent ? String(argument.dropLast()) : argument) else { return nil }
    value = isPercent ? number / 100 : number
    guard value >= 1e-9, value < 1 else { return nil }
  }
}
