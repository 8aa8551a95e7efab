// Where a line tells who is logged in, and where: prompts, and what sudo, sshd and mounts say.

enum LoginPlaces {
  /// Users that every system has, and those that tests and farms are called.
  private static let common: Set<[UInt8]> = Set(
    [
      "root", "user", "users", "test", "build", "builder", "admin", "guest", "nobody", "daemon", "shell",
      "system",
    ]
    .map { Array($0.utf8) })

  static func isCommon(_ name: ArraySlice<UInt8>) -> Bool { common.contains(name.map(\.lowercased)) }

  /// The places of hosts' and users' names in a line, by their form.
  static func all(_ line: ArraySlice<UInt8>) -> [Address] {
    let found = login(line) + prompt(line) + sudo(line) + session(line)
    return found.filter {
      $0.kind == .user ? !isCommon(line[$0.range]) : !HostPlaces.isCommon(line[$0.range])
    }
  }

  /// `HOST login:`, as getty asks.
  private static func login(_ line: ArraySlice<UInt8>) -> [Address] {
    let host = run(line, line.startIndex)
    // `Last login: Sat Nov 28`
    guard !host.isEmpty, line.has(" login:", at: host.upperBound), !line.has("Last", at: line.startIndex)
    else {
      return []
    }
    return [Address(kind: .host, range: host)]
  }

  /// `USER@HOST:~#`, `[USER@HOST folder]$`
  private static func prompt(_ line: ArraySlice<UInt8>) -> [Address] {
    let isBracket = line.first == UInt8(ascii: "[")
    let user = run(line, line.startIndex + (isBracket ? 1 : 0))
    guard !user.isEmpty, user.upperBound < line.endIndex, line[user.upperBound] == UInt8(ascii: "@") else {
      return []
    }
    let host = run(line, user.upperBound + 1)
    guard !host.isEmpty, host.upperBound + 1 < line.endIndex else { return [] }
    let isPrompt =
      isBracket
      ? line[host.upperBound] == 32 && line.contains(UInt8(ascii: "]"))
      : line[host.upperBound] == UInt8(ascii: ":") && "~/".utf8.contains(line[host.upperBound + 1])
    return isPrompt ? [Address(kind: .user, range: user), Address(kind: .host, range: host)] : []
  }

  /// `sudo: NAME : TTY=pts/0`
  private static func sudo(_ line: ArraySlice<UInt8>) -> [Address] {
    guard let at = line.first(of: "sudo") else { return [] }
    var start = at
    while start < line.endIndex, line[start] != 32 { start += 1 }
    while start < line.endIndex, line[start] == 32 { start += 1 }
    let name = run(line, start)
    return !name.isEmpty && line.has(" : ", at: name.upperBound) ? [Address(kind: .user, range: name)] : []
  }

  /// `sshd[5]: Accepted publickey for NAME from`, `session opened for user NAME`.
  private static func session(_ line: ArraySlice<UInt8>) -> [Address] {
    let isShell = line.first(of: "sshd") != nil
    guard isShell || line.first(of: "session ") != nil else { return [] }
    for word in [" for invalid user ", " for user ", " for "] {
      guard let at = line.first(of: word) else { continue }
      let name = run(line, at + word.utf8.count)
      let isNamed = word == " for user " || isShell && line.has(" from ", at: name.upperBound)
      return !name.isEmpty && isNamed ? [Address(kind: .user, range: name)] : []
    }
    return []
  }

  /// A name without what ends a sentence.
  private static func run(_ line: ArraySlice<UInt8>, _ start: Int) -> Range<Int> {
    var end = start
    while end < line.endIndex, line[end].isHost || line[end] == UInt8(ascii: "_") { end += 1 }
    while end > start, line[end - 1] == UInt8(ascii: ".") { end -= 1 }
    return start..<end
  }
}
