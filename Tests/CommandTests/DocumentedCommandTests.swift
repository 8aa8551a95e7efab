import Foundation
import TestSupport
import Testing

/// Every command line of the README and of docs/ does what it is said to do.
struct DocumentedCommandTests {
  /// Commands stand alone on an indented line, in a job's list, behind `run:`, or in the quotes of a Jenkins step.
  static func commands(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("  ") else { return nil }
      var command = line.trimmingCharacters(in: .whitespaces)
      for prefix in ["- ", "run: ", "steps { sh '"] where command.hasPrefix(prefix) {
        command = String(command.dropFirst(prefix.count))
      }
      if command.hasSuffix("' }") { command = String(command.dropLast(3)) }
      command = command.components(separatedBy: " #")[0].trimmingCharacters(in: .whitespaces)
      let isOurs = command.hasPrefix("proberace ") || command.hasPrefix("dmesg | proberace ")
      return isOurs ? command : nil
    }
  }

  /// What a reader has beside him: a boot's captures, a folder of logs, an allow-list.
  private static func workplace() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    let boot = Here.sample("natural-7.3.4-cmdline/")
    for name in ["dmesg.txt", "trace.txt", "trace.dat"] {
      try files.copyItem(atPath: boot + name, toPath: folder.path + "/" + name)
    }
    for name in ["logs", "ci"] {
      try files.createDirectory(atPath: folder.path + "/" + name, withIntermediateDirectories: true)
    }
    try files.copyItem(atPath: boot + "dmesg.txt", toPath: folder.path + "/logs/boot.log")
    for list in ["known.json", "ci/proberace.json"] {
      _ = try folder.file(list, "{\"schema\": \"proberace/baseline@1\", \"entries\": []}")
    }
    return folder
  }

  @Test(arguments: [
    "README.md", "docs/ci.md", "docs/capturing.md", "docs/findings/probe-before-domain.md",
    "docs/findings/acpi-orphans.md",
  ])
  func run(_ document: String) throws {
    let text = try String(contentsOf: Here.root.appending(path: document), encoding: .utf8)
    let commands = Self.commands(text)
    #expect(commands.count >= (document == "README.md" ? 10 : 1))
    let folder = try Self.workplace()
    for command in commands {
      // `dmesg` is the machine's own, and documented dates pass.
      let line = command.replacing("dmesg | ", with: "cat dmesg.txt | ").replacing(
        "2027-03-31", with: "2999-12-31"
      )
      // This machine is the board.
      .replacing("| ssh root@board sh", with: "| sh").replacing("| adb shell su 0 sh", with: "| sh")
      let tool = Command.executable.deletingLastPathComponent().path(percentEncoded: false)
      let result = try Command.run(
        URL(filePath: "/bin/sh"), ["-c", "cd '\(folder.path)' && PATH='\(tool)':$PATH && \(line)"], nil, [:])
      #expect(result.code < 2, "\(command): \(result.errors)")
      let words = line.split(separator: " ")
      if let option = words.firstIndex(of: "-o") {
        let made = try Data(contentsOf: URL(filePath: folder.path + "/" + words[option + 1]))
        #expect(!made.isEmpty, "\(command)")
      } else {
        #expect(!result.output.isEmpty || !result.errors.isEmpty || line.contains(">"), "\(command)")
      }
    }
  }
}
