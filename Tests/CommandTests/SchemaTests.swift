import Foundation
import TestSupport
import Testing

/// A Python with jsonschema.
private enum Validator {
  static let python: String? = {
    let answer = try? Command.run(
      URL(filePath: "/bin/sh"), [Here.root.appending(path: "scripts/venv.sh").path(percentEncoded: false)],
      nil, [:])
    guard let answer, answer.code == 0 else { return nil }
    return answer.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }()
}

/// docs/schema against what the command prints of every sample, by a validator that is not ours (scripts/schemas.py).
@Suite(.enabled(if: Validator.python != nil, "scripts/venv.sh could not install jsonschema"))
struct SchemaTests {
  @Test func outputsFitTheirSchemas() throws {
    let samples = try FileManager.default.contentsOfDirectory(
      at: Here.root.appending(path: "sample-traces"), includingPropertiesForKeys: nil)
    let files = ["dmesg.txt", "trace.txt", "facts.txt"].flatMap { name in
      samples.map { $0.appending(path: name) }
    }
    .map { $0.path(percentEncoded: false) }.filter(FileManager.default.fileExists(atPath:)).sorted()
    let script = Here.root.appending(path: "scripts/schemas.py").path(percentEncoded: false)
    let answer = try Command.run(
      URL(filePath: #require(Validator.python)),
      [script, Command.executable.path(percentEncoded: false)] + files,
      nil, [:])
    #expect(answer.code == 0, "\(answer.errors.suffix(2000))")
    let held = try #require(answer.json as? [String: Int])
    #expect(held["report@1"] ?? 0 >= 60 && held["timeline@1"] == held["report@1"])
    #expect(held["scan@1"] ?? 0 >= files.count && held["scan-end@1"] == 1 && held["baseline@1"] == 2)
    #expect(held["boot@1"] == 1000 && held["history-regressions@1"] == 1)
    #expect(held["doctor@1"] == 2)
  }
}
