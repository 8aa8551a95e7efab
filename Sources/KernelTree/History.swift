// Which of the fixes a history has: by their own ids, and by the marks that backports carry.
import Verdicts

/// Where a history says that a fix came, or went.
struct HistoryClue: Equatable {
  enum Kind: Equatable { case added, reverted }
  var commit: String
  var kind: Kind
  /// `commit 1234abcd5678 says "(cherry picked from …)"`.
  var text: String
  /// The commit that says so, in full; empty where the fix itself is there.
  var by = ""

  func isBy(_ other: NamingCommit, _ fix: KernelFix) -> Bool { by == other.id && commit == fix.commit }
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

  private var subject: Substring { message.prefix { !$0.isNewline } }

  /// Lines that no empty one parts.
  private var paragraphs: [[Substring]] {
    message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .split { $0.allSatisfy(\.isWhitespace) }.map(Array.init)
  }

  private static func words(_ text: some StringProtocol) -> [String] {
    text.split { $0.isWhitespace || "[]().,;:\"'".contains($0) }.map { $0.lowercased() }
  }

  /// A line as evidence.
  private static func mark(_ line: Substring) -> String {
    String(line.filter { !$0.isWhitespace || $0 == " " }.prefix(120))
  }

  // MARK: backports

  /// The line that says that this is the commit whose id begins so. A mark is all of its line, and no part of a sentence that began
  /// before: prose names commits too.
  func brings(_ commit: String) -> String? {
    guard !subject.hasPrefix("Revert "), reverted == nil else { return nil }
    for lines in paragraphs {
      for (number, line) in lines.enumerated() {
        let words = Self.words(line)
        guard let at = words.firstIndex(where: { $0.hasPrefix(commit) && $0.allSatisfy(\.isHexDigit) }) else {
          continue
        }
        switch Array(words[..<at]) {
        // The two ways of stable trees.
        case ["upstream", "commit"] where number == 0 && words.count == 3,
          ["commit"] where number == 0 && words.dropFirst(2) == ["upstream"]:
          return Self.mark(line)
        // git cherry-pick -x; Ubuntu's and others' for what had to be changed. Where it came from may stand behind.
        case ["cherry", "picked", "from", "commit"], ["cherry-picked", "from", "commit"],
          ["backported", "from", "commit"]:
          let parts = line.split(separator: ")", maxSplits: 1)
          if parts.count < 2 || parts[1].allSatisfy(\.isWhitespace) { return Self.mark(line) }
        default: continue
        }
      }
    }
    return nil
  }

  /// What was taken back is taken up again: `Reapply "…"`, and `Revert "Revert "…""` in older trees.
  func reapplies(_ title: String) -> String? {
    let begins = ["Reapply \"", "Revert \"Revert \""].contains { subject.hasPrefix($0) }
    return begins && subject.contains(title) ? Self.mark(subject) : nil
  }

  // MARK: reverts

  struct Revert: Equatable {
    var mark: String
    /// Something of it stays.
    var isPart: Bool
  }

  /// The commits that its message says it reverts, as short as it names them. The sentence may be wrapped anywhere.
  private var reverted: (ids: [String], revert: Revert)? {
    for lines in paragraphs {
      let words = Self.words(lines.joined(separator: " "))
      for at in words.indices where words[at] == "reverts" && at + 2 < words.count {
        guard words[at + 1].hasPrefix("commit") else { continue }
        // Stable's way: `This reverts commit X which is commit Y upstream.`
        let named = words[(at + 2)...].prefix { Self.isID($0) || Self.between.contains($0) }
        let ids = named.filter(Self.isID)
        guard !ids.isEmpty else { continue }
        let isPart = at > 0 && ["partially", "partly"].contains(words[at - 1])
        let line = lines.first { $0.contains("reverts") } ?? lines[0]
        return (ids, Revert(mark: Self.mark(line), isPart: isPart))
      }
    }
    return nil
  }
  private static let between: Set = ["which", "is", "was", "commit", "commits", "upstream", "and"]

  /// git shows at least seven digits.
  private static func isID(_ word: String) -> Bool { word.count >= 7 && word.allSatisfy(\.isHexDigit) }

  /// How it reverts a commit: by its id, in full or shortened, or by its title alone, which is all that Gerrit's reverts of whole
  /// submissions have. What stands before the title is a vendor's tag.
  func reverts(_ id: String, titled title: String? = nil) -> Revert? {
    if let reverted, reverted.ids.contains(where: { $0.hasPrefix(id) || id.hasPrefix($0) }) {
      return reverted.revert
    }
    guard let title, subject.hasPrefix("Revert \""), !subject.hasPrefix("Revert \"Re") else { return nil }
    let rest = subject.dropFirst("Revert \"".count)
    guard rest.hasSuffix(title + "\"") || rest.hasSuffix(title) else { return nil }
    return Revert(mark: Self.mark(subject), isPart: false)
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
    // Reverts shorten ids, or have a title alone.
    let naming = try Self.naming(git, head, fixes.flatMap { [Self.short($0.commit), $0.subject] })
    var backports: [(id: String, fix: KernelFix)] = []
    for fix in fixes {
      var partial: [HistoryClue] = []
      for commit in naming {
        if let mark = commit.brings(fix.commit) {
          clues.append(Self.clue(fix, commit, .added, mark))
          backports.append((commit.id, fix))
        } else if let mark = commit.reapplies(fix.subject) {
          clues.append(Self.clue(fix, commit, .added, mark))
        } else if let revert = commit.reverts(fix.commit, titled: fix.subject) {
          let clue = Self.clue(fix, commit, .reverted, revert.mark)
          if revert.isPart { partial.append(clue) } else { clues.append(clue) }
        }
      }
      // What takes back a part says nothing of a fix that never came.
      if clues.contains(where: { $0.commit == fix.commit && $0.kind == .added }) { clues += partial }
    }
    guard !backports.isEmpty else { return }
    // A backport is reverted by its own id.
    let reverts = try Self.naming(git, head, backports.map { Self.short($0.id) })
    for (id, fix) in backports {
      for commit in reverts {
        guard let revert = commit.reverts(id), !clues.contains(where: { $0.isBy(commit, fix) }) else {
          continue
        }
        clues.append(Self.clue(fix, commit, .reverted, revert.mark))
      }
    }
  }

  private static func short(_ id: String) -> String { String(id.prefix(7)) }

  private static func clue(
    _ fix: KernelFix, _ commit: NamingCommit, _ kind: HistoryClue.Kind, _ mark: String
  ) -> HistoryClue {
    HistoryClue(
      commit: fix.commit, kind: kind, text: "commit \(commit.id.prefix(12)) says \"\(mark)\"", by: commit.id)
  }

  /// The commits up to `head` whose messages have one of these texts.
  private static func naming(_ git: Git, _ head: String, _ texts: [String]) throws(Git.Refusal)
    -> [NamingCommit]
  {
    let words = texts.map { "--grep=\($0)" }
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
