import Foundation
import TestSupport
import Testing

/// The built command, run as a user runs it.
struct Command {
  var code: Int32
  var output: String
  var errors: String

  /// PROBERACE names another executable; else it lies beside the test bundle.
  static let executable: URL = {
    if let path = ProcessInfo.processInfo.environment["PROBERACE"] { return URL(filePath: path) }
    return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "proberace")
  }()

  static func run(_ arguments: String..., input: String? = nil, environment: [String: String] = [:]) throws
    -> Command
  {
    try run(executable, arguments, input, environment)
  }

  /// A shell line; `$P` is the command.
  static func shell(_ line: String) throws -> Command {
    try run(URL(filePath: "/bin/bash"), ["-c", line], nil, ["P": executable.path(percentEncoded: false)])
  }

  static func run(
    _ program: URL, _ arguments: [String], _ input: String?, _ environment: [String: String]
  ) throws -> Command {
    let folder = try TemporaryFolder()
    // Files, not pipes: nothing has to be read while it runs.
    let output = try FileHandle(forWritingTo: URL(filePath: folder.file("output", "")))
    let errors = try FileHandle(forWritingTo: URL(filePath: folder.file("errors", "")))
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput =
      try input.map {
        try FileHandle(forReadingFrom: URL(filePath: folder.file("input", $0)))
      } ?? FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    var inherited = ProcessInfo.processInfo.environment
    for name in ["COLUMNS", "NO_COLOR"] { inherited[name] = nil }
    process.environment = inherited.merging(environment) { $1 }
    try process.run()
    process.waitUntilExit()
    return Command(
      code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: try Data(contentsOf: folder.url.appending(path: "output")), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: folder.url.appending(path: "errors")), as: UTF8.self))
  }

  /// What the command says that there is, when it is asked for what there is not.
  static func formats(of command: String) throws -> [String] {
    let errors = try run(command, "--format", "no-such-format", "README.md").errors
    let list = try #require(errors.split(separator: "\n").first?.components(separatedBy: "there are: ").last)
    return list.components(separatedBy: ", ")
  }

  /// A line of `rules` for each cause; what stands below one is indented.
  static func rules() throws -> [Substring] {
    try run("rules").output.split(separator: "\n").filter { !$0.hasPrefix(" ") }
  }

  var json: [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any]
  }
}

/// A sample's text inputs.
func inputs(_ name: String) -> [String] {
  [Here.sample("\(name)/dmesg.txt"), Here.sample("\(name)/trace.txt")]
}
