import Foundation
import TestSupport

/// Programs that read the formats in real life, in a Python environment that scripts/venv.sh makes.
enum Consumers {
  /// Nil if pip cannot install them; says so once.
  static let python: String? = {
    let answer = run("/bin/sh", [Here.root.appending(path: "scripts/venv.sh").path(percentEncoded: false)])
    if answer.code == 0 { return answer.output.trimmingCharacters(in: .whitespacesAndNewlines) }
    print("scripts/venv.sh could not install the consumers: the formats are tested without them")
    return nil
  }()

  static var areHere: Bool { python != nil }

  struct Refused: Error { var output: String }

  /// What the consumers of `format` read in `text`.
  static func read(_ format: String, _ text: String) throws -> [String: Any] {
    let folder = try TemporaryFolder()
    let file = try folder.file("report.\(format == "sarif" ? "sarif" : "txt")", text)
    let script = Here.root.appending(path: "scripts/scan_consumers.py").path(percentEncoded: false)
    let answer = run(python ?? "python3", [script, format, file])
    guard answer.code == 0,
      let json = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any]
    else { throw Refused(output: answer.output + answer.errors) }
    return json
  }

  private static func run(_ program: String, _ arguments: [String]) -> (
    code: Int32, output: String, errors: String
  ) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    let errors = FileManager.default.temporaryDirectory.appending(path: "proberace-\(UUID().uuidString)")
    let path = errors.path(percentEncoded: false)
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardError = FileHandle(forWritingAtPath: path)
    do { try process.run() } catch { return (127, "", "\(error)") }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let said = (try? Data(contentsOf: errors)) ?? Data()
    return (
      process.terminationStatus, String(decoding: data, as: UTF8.self), String(decoding: said, as: UTF8.self)
    )
  }
}

/// JSON as Foundation reads it.
func json(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
