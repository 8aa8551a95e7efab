// git, asked about a tree that nobody has vouched for: nothing in it may run, nothing is fetched, nothing is written.
import Glibc
import SystemPackage

struct Git {
  let folder: String

  /// A whole history of Linux is walked in some ten seconds.
  private static let seconds = 120
  private static let mostOutput = 8 << 20

  /// Why git could not be asked, in words for the report.
  struct Refusal: Error, Equatable {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// What the tree's own configuration may not decide. Of what rev-list and merge-base do, these could start a program.
  private static let options = [
    "--no-pager", "--no-optional-locks", "--no-replace-objects", "-c", "core.fsmonitor=", "-c",
    "core.hooksPath=/dev/null", "-c", "protocol.allow=never", "-c", "core.sshCommand=false", "-c",
    "log.showSignature=false", "-c", "advice.graftFileDeprecated=false", "-c", "i18n.logOutputEncoding=UTF-8",
  ]

  private var environment: [String] {
    var variables = [
      "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_GRAFT_FILE=/dev/null",
      // The repository of the folder itself, none that it happens to lie in.
      "GIT_CEILING_DIRECTORIES=\(FilePath(folder).removingLastComponent().string)",
    ]
    // HOME: there the user says which folders of others he trusts (safe.directory).
    for name: String in ["PATH", "HOME", "XDG_CONFIG_HOME"] {
      // getenv's string is copied at once.
      guard let value = unsafe getenv(name).map({ unsafe String(cString: $0) }) else { continue }
      variables.append("\(name)=\(value)")
    }
    return variables
  }

  /// Exit status and output; throws if git cannot be asked at all.
  func run(_ arguments: String...) throws(Refusal) -> Subprocess { try run(arguments) }

  func run(_ arguments: [String]) throws(Refusal) -> Subprocess {
    do throws(Subprocess.Failure) {
      return try Subprocess.run(
        ["git"] + Self.options + ["-C", folder] + arguments, environment: environment,
        mostOutput: Self.mostOutput, seconds: Self.seconds)
    } catch {
      switch error {
      case .notFound: throw Refusal("git is not installed: the history was not looked at")
      case .notStarted(let code):
        throw Refusal("git cannot be started (\(Errno(rawValue: code))): the history was not looked at")
      case .tooSlow:
        throw Refusal("git took more than \(Self.seconds) seconds: the history was not looked at")
      case .tooMuch:
        throw Refusal("git wrote more than \(Self.mostOutput >> 20) MB: the history was not looked at")
      }
    }
  }

  /// The commit that is checked out, in full.
  func head() throws(Refusal) -> String {
    let answer = try run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    let id = String(decoding: answer.output.prefix { $0 != 10 }, as: UTF8.self)
    if answer.status == 0, id.count >= 40, id.allSatisfy(\.isHexDigit) { return id }
    if answer.errors.contains("dubious ownership") {
      throw Refusal(
        "git does not read a folder of another user, so the history was not looked at; if you trust it: git config --global --add safe.directory \(folder)"
      )
    }
    if answer.errors.contains("not a git repository") { throw Refusal("no git history") }
    let said = answer.errors.prefix { $0 != "\n" }
    throw Refusal("git finds no commit that is checked out\(said.isEmpty ? "" : ": \(said)")")
  }
}
