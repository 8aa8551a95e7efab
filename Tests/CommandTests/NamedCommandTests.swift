import Foundation
import TestSupport
import Testing

/// What a text tells its reader to run is there to be run.
struct NamedCommandTests {
  /// What follows the tool's name in a sentence about it.
  private static let prose: Set<Substring> = [
    "a", "board-facts", "can", "causes", "for", "gate", "goes", "in", "is", "keeps", "knows", "made", "needs",
    "on", "python", "reads", "runs", "says", "uses", "with", "writes", "wrote",
  ]

  /// The words behind the tool's name that are neither prose nor one of `commands`.
  private static func unknown(_ text: String, _ commands: Set<Substring>) -> [Substring] {
    text.matches(of: /\bproberace ([a-z][a-z-]*)/).map(\.output.1).filter {
      !commands.contains($0) && !prose.contains($0)
    }
  }

  @Test func everyCommandThatIsNamedIsThere() throws {
    let help = try Command.run("--help").output
    let list = try #require(help.components(separatedBy: "SUBCOMMANDS:").last)
    let commands = Set(list.matches(of: #/(?m)^  ([a-z]+)(?: |$)/#).map(\.output.1) + ["help"])
    #expect(commands.count > 8 && commands.isDisjoint(with: Self.prose))
    let paths = try DocumentTests.texts(in: Here.root).filter {
      $0.hasPrefix("Sources/") || $0.hasPrefix("docs/") || $0.hasSuffix("README.md")
    }
    #expect(paths.count > 300)
    for path in paths + ["docs/man/proberace.7", "CHANGELOG.md", "CONTRIBUTING.md"] {
      let text = try String(contentsOf: Here.root.appending(path: path), encoding: .utf8)
      #expect(Self.unknown(text, commands) == [], "\(path)")
    }
    #expect(Self.unknown("a trace (proberace recipe); proberace scan lets it pass", commands) == ["recipe"])
  }
}
