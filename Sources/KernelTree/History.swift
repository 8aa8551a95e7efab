// Which of the fixes a history has: by their own ids, and by the marks that backports carry.
import Verdicts

/// Where a history says that a fix came, or went.
struct HistoryClue: Equatable {
  enum Kind: Equatable { case added, reverted }
  var commit: String
  var kind: Kind
  /// `commit 1234abcd5678 ("cherry picked from …")`.
  var text: String
}

/// A commit whose message names one of the fixes.
struct NamingCommit: Equatable {
  /// In full.
  var id: String
  var message: String

  /// `\u{1}ID\nMESSAGE`, one behind the other, each after git's own line `commit ID`.
  static func all(_ output: [UInt8]) -> [NamingCommit] {
    output.split(separator: 1).dropFirst().map { part in
      let text = String(decoding: part, as: UTF8.self)
      let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      return NamingCommit(id: String(lines[0]), message: lines.count > 1 ? String(lines[1]) : "")
    }
  }

  /// What its message says of the commit whose id begins so.
  func says(of commit: String) -> (kind: HistoryClue.Kind, mark: String)? {
    for line in message.split(whereSeparator: \.isNewline) {
      let words = line.split { " \t[]().,".contains($0) }
      guard let at = words.firstIndex(where: { $0.hasPrefix(commit) && $0.allSatisfy(\.isHexDigit) }) else {
        continue
      }
      let before = words[..<at].map { $0.lowercased() }
      let behind = words[(at + 1)...].map { $0.lowercased() }
      let mark = String(line.filter { !$0.isWhitespace || $0 == " " }).prefix(120)
      switch before {
      case ["this", "reverts", "commit"]: return (.reverted, String(mark))
      // The two ways of stable trees; git cherry-pick -x; Ubuntu's and others' for what had to be changed.
      case ["upstream", "commit"],
        ["commit"] where behind.first == "upstream",
        ["cherry", "picked", "from", "commit"], ["cherry-picked", "from", "commit"],
        ["backported", "from", "commit"]:
        return (.added, String(mark))
      default: continue
      }
    }
    return nil
  }
}

struct History {
  /// No fix is older: what comes before needs not be walked.
  private static let since = "--since=2025-01-01"

  var head: String
  var clues: [HistoryClue] = []

  init(_ git: Git) throws(Git.Refusal) {
    head = try git.head()
    let fixes = KernelFix.all
    for fix in fixes
    where try git.run("merge-base", "--is-ancestor", "\(fix.commit)^{commit}", head).status == 0 {
      clues.append(
        HistoryClue(commit: fix.commit, kind: .added, text: "commit \(fix.commit) is in the history"))
    }
    let naming = try Self.naming(git, head, fixes.map(\.commit))
    var backports: [(id: String, fix: KernelFix)] = []
    for fix in fixes {
      for commit in naming {
        guard let said = commit.says(of: fix.commit) else { continue }
        clues.append(Self.clue(fix, commit, said))
        if said.kind == .added { backports.append((commit.id, fix)) }
      }
    }
    guard !backports.isEmpty else { return }
    // A backport is reverted by its own id.
    let reverts = try Self.naming(git, head, backports.map(\.id))
    for (id, fix) in backports {
      for commit in reverts {
        guard let said = commit.says(of: id), said.kind == .reverted else { continue }
        clues.append(Self.clue(fix, commit, said))
      }
    }
  }

  private static func clue(
    _ fix: KernelFix, _ commit: NamingCommit, _ said: (kind: HistoryClue.Kind, mark: String)
  ) -> HistoryClue {
    HistoryClue(
      commit: fix.commit, kind: said.kind, text: "commit \(commit.id.prefix(12)) says \"\(said.mark)\"")
  }

  /// The commits up to `head` whose messages name one of these ids.
  private static func naming(_ git: Git, _ head: String, _ ids: [String]) throws(Git.Refusal)
    -> [NamingCommit]
  {
    let words = ids.map { "--grep=\($0)" }
    let answer = try git.run(
      ["rev-list", "--fixed-strings", since, "--max-count=4096", "--format=%x01%H%n%B"] + words + [
        head, "--",
      ])
    guard answer.status == 0 else {
      throw Git.Refusal("git cannot walk the history: \(answer.errors.prefix { $0 != "\n" })")
    }
    return NamingCommit.all(answer.output)
  }
}
