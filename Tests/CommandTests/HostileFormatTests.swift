import Foundation
import FoundationXML
import TestSupport
import Testing

/// Every format that a command knows, by its own word, is held against names that try everything.
@Suite struct HostileFormatTests {
  /// What a format must be, whatever the names are. A format that is not here fails.
  private static let checks: [String: @Sendable (String) -> Bool] = [
    "terminal": isPlain, "markdown": isInertMarkdown, "ktap": isKTAP, "github": isWorkflowCommands,
    "html": isInertPage, "svg": isInertPicture, "svg-light": isInertPicture, "svg-dark": isInertPicture,
    "junit": isInertXML, "json": isJSON, "chrome-json": isJSON, "sarif": isJSON, "kcidb": isJSON,
    "squad": isJSON, "squad-metadata": isJSON, "gitlab": isJSON,
    "jsonl": { $0.split(separator: "\n").allSatisfy { isJSON(String($0)) } },
    // Words of ours alone: a shell runs them.
    "lava": {
      $0.split(separator: "\n").dropFirst().allSatisfy {
        $0.wholeMatch(
          of: /lava-test-case [a-z-]+ --result (pass|fail|skip)( --measurement \d+ --units findings)?/) != nil
      }
    },
    // No cell begins a formula, no name ends a cell.
    "csv": {
      $0.contains("\"\(Hostile.device)\\x01") && !$0.contains("\"=")
        && isPlain($0.replacing("\r\n", with: "\n"))
    },
    // A name is bytes with a length there: protoc reads it in FormatTests.
    "perfetto": { $0.contains(Hostile.device) },
  ]

  /// They do not say what made them: a terminal's reader has the program, a table has columns, SQUAD's tests have metadata beside them.
  private static let anonymous: Set<String> = ["terminal", "csv", "squad"]

  @Test(arguments: ["report", "scan", "timeline"])
  func noNameIsMarkup(_ command: String) throws {
    let folder = try TemporaryFolder()
    func unseen(_ text: String) -> String {
      text.replacing(Hostile.device, with: Hostile.device + Hostile.unseen)
    }
    let log = try folder.file("<b>dmesg.txt", unseen(Hostile.log))
    let trace = try folder.file("trace.txt", unseen(Hostile.trace))
    let files = command == "scan" ? [log] : [log, trace]
    let formats = try Command.formats(of: command)
    #expect(formats.count > 5)
    let version = try Command.run("--version").output.trimmingCharacters(in: .whitespacesAndNewlines)
    for format in formats {
      let answer = try Command.run(
        Command.executable, [command, "--format", format] + files, nil, [:])
      #expect([0, 1].contains(answer.code) && answer.errors.isEmpty, "\(format): \(answer.errors)")
      let check = try #require(Self.checks[format], "\(command) --format \(format) has no check here")
      #expect(check(answer.output), "\(command) --format \(format):\n\(answer.output.prefix(4000))")
      let says = answer.output.contains(version) && answer.output.contains(/(?i)rules[^\n]{0,20}\d/)
      #expect(
        says != Self.anonymous.contains(format),
        "\(command) --format \(format): who made it, and by which rules?")
    }
  }

  @Test func everyCheckIsOfAFormat() throws {
    let formats = try ["report", "scan", "timeline"].flatMap(Command.formats(of:))
    #expect(Set(formats) == Set(Self.checks.keys))
  }

  /// Boards, kernels, devices, runs and paths of two boots, through all that a history answers.
  @Test func noNameOfAHistoryIsMarkup() throws {
    let folder = try TemporaryFolder()
    let board = Hostile.driver + "\u{1b}[31m\u{202e}"
    for (number, kernel) in ["6.17.13", "7.3.4"].enumerated() {
      let log = try folder.file("<b>dmesg\(number)", Hostile.log.replacing("6.17.13", with: kernel))
      let scan = [
        "scan", "--run", Hostile.comm, "--label", "board=\(board)\(number)", "--history", folder.path + "/h",
        log,
      ]
      #expect(try Command.run(Command.executable, scan, nil, [:]).code == 1)
    }
    let kernel = "6.17.13</title><script>alert(3)</script>"
    let questions = [
      ["show"], ["trend", "--by", "kernel"], ["trend", "--by", "board"], ["trend", "--by", "day"],
      ["compare", kernel, kernel.replacing("6.17.13", with: "7.3.4")], ["compare", board + "0", board + "1"],
      ["regressions"], ["rejudge"], ["prune", "--before", "2000-01-01"],
    ]
    for question in questions {
      func ask(_ format: String) throws -> Command {
        let asked = ["history"] + question + ["--history", folder.path + "/h", "--format", format]
        return try Command.run(Command.executable, asked, nil, [:])
      }
      let (text, json) = (try ask("terminal"), try ask("json"))
      #expect(text.code == 0 && Self.isPlain(text.output), "\(question): \(text)")
      #expect(json.code == 0 && Self.isBare(json.output) && Self.isJSON(json.output), "\(question): \(json)")
      #expect(question == ["regressions"] || json.json?["version"] is String && json.json?["rules"] is Int)
    }
    let rows = try Command.run("history", "export", "--history", folder.path + "/h").output
    #expect(Self.checks["jsonl"]?(rows) == true && Self.isBare(rows) && rows.contains("\\u001b"), "\(rows)")
  }

  /// Without control characters.
  private static func isBare(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0 == "\n" || !(0..<32).contains($0.value) && $0.value != 127 }
  }

  /// For people: nothing moves, hides or reorders what they read either.
  private static func isPlain(_ text: String) -> Bool {
    isBare(text) && !text.unicodeScalars.contains { Hostile.unseen.unicodeScalars.contains($0) }
  }

  private static func isJSON(_ text: String) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil
  }

  private static func isInertMarkdown(_ text: String) -> Bool {
    isPlain(text)
      && text.split(separator: "\n").filter { !$0.hasPrefix("    ") }.allSatisfy { line in
        ["<script", "<img", "<svg", "](", "@all"].allSatisfy { !line.contains($0) }
      }
  }

  private static func isInertXML(_ text: String) -> Bool {
    let reader = SVGReader()
    guard (try? reader.read(text)) != nil else { return false }
    return reader.elements.isDisjoint(with: ["script", "img", "image", "foreignObject", "b"])
      && reader.attributes.allSatisfy { !$0.hasPrefix("on") && $0 != "href" }
  }

  private static func isInertPicture(_ text: String) -> Bool { isPlain(text) && isInertXML(text) }

  /// PageTests opens it in a browser; here no tag of a name may stand in it.
  private static func isInertPage(_ text: String) -> Bool {
    isPlain(text)
      && ["<script>alert", "<img", "<svg/onload", "</title><script>alert", "</style><b>", "<b>dmesg"]
        .allSatisfy {
          !text.contains($0)
        }
  }

  /// `ok`, `not ok`, the plan, and comments; a name that says `# SKIP` would turn a failure off.
  private static func isKTAP(_ text: String) -> Bool {
    isPlain(text)
      && text.split(separator: "\n").allSatisfy { line in
        let line = line.drop { $0 == " " }
        return ["KTAP version 1", "1..", "ok ", "not ok ", "# "].contains { line.hasPrefix($0) }
      }
  }

  /// A command's values end at `,` and at `::`: names have neither there.
  private static func isWorkflowCommands(_ text: String) -> Bool {
    isPlain(text)
      && text.split(separator: "\n").allSatisfy { line in
        guard ["::error ", "::warning ", "::notice ", "::debug::"].contains(where: { line.hasPrefix($0) }),
          let end = line.dropFirst(2).firstRange(of: "::")
        else { return false }
        return !line[..<end.lowerBound].contains(",line=9")
      }
  }
}
