// Where a line tells the host's name, or a user's, by its form.

enum HostPlaces {
  /// Names that are everybody's.
  private static let common: Set<[UInt8]> = Set(
    ["localhost", "localhost.localdomain", "(none)", "kernel", "linux", "none"].map { Array($0.utf8) })

  static func isCommon(_ name: ArraySlice<UInt8>) -> Bool { common.contains(name.map(\.lowercased)) }

  /// The places of names in a line. `isBuilder`: who built the kernel; such a name is replaced here only, for a builder may be
  /// called `build`.
  static func all(_ line: ArraySlice<UInt8>) -> [(place: Address, isBuilder: Bool)] {
    var found: [(place: Address, isBuilder: Bool)] = []
    if let place = syslog(line) ?? uname(line) { found.append((place: place, isBuilder: false)) }
    if let place = phrase(line) { found.append((place: place, isBuilder: false)) }
    found += builder(line).map { (place: $0, isBuilder: true) }
    if let place = ipParameter(line) { found.append((place: place, isBuilder: false)) }
    return found.filter { !isCommon(line[$0.place.range]) }
  }

  /// `Nov 28 10:31:28 HOST kernel:`, `2026-11-28T10:31:28.123456+00:00 HOST systemd[1]:`. Without such a tag behind it is is a log of
  /// another form, and the word a device's.
  private static func syslog(_ line: ArraySlice<UInt8>) -> Address? {
    var at = line.startIndex
    // `<6>`, `<30>1 `
    if at < line.endIndex, line[at] == UInt8(ascii: "<") {
      while at < line.endIndex, line[at] != 32, line[at] != UInt8(ascii: ">") { at += 1 }
      at += 1
    }
    guard at + 16 < line.endIndex else { return nil }
    if line[at].isLetter, line[at + 3] == 32, line[at + 9] == UInt8(ascii: ":"), line[at + 15] == 32 {
      at += 16
    } else if line[at].isDigit, line[at + 4] == UInt8(ascii: "-"), line[at + 10] == UInt8(ascii: "T") {
      while at < line.endIndex, line[at] != 32 { at += 1 }
      at += 1
    } else {
      return nil
    }
    guard let host = word(line, at), host.upperBound < line.endIndex, line[host.upperBound] == 32 else {
      return nil
    }
    var tag = host.upperBound + 1
    let tagStart = tag
    while tag < line.endIndex, line[tag].isHost || line[tag] == UInt8(ascii: "_") { tag += 1 }
    guard tag > tagStart, tag < line.endIndex else { return nil }
    let isTag =
      line.has("kernel:", at: tagStart) || line[tag] == UInt8(ascii: "[") && closes(line, tag)
    return isTag ? Address(kind: .host, range: host) : nil
  }

  /// `[123]:`
  private static func closes(_ line: ArraySlice<UInt8>, _ open: Int) -> Bool {
    var at = open + 1
    while at < line.endIndex, line[at].isDigit { at += 1 }
    return at > open + 1 && line.has("]:", at: at)
  }

  /// `Linux HOST 6.17.13 #1 SMP`, from uname -a.
  private static func uname(_ line: ArraySlice<UInt8>) -> Address? {
    guard line.has("Linux ", at: line.startIndex), !line.has("Linux version ", at: line.startIndex),
      let host = word(line, line.startIndex + 6), host.upperBound + 2 < line.endIndex,
      line[host.upperBound] == 32, line[host.upperBound + 1].isDigit
    else { return nil }
    return Address(kind: .host, range: host)
  }

  /// systemd's own words.
  private static func phrase(_ line: ArraySlice<UInt8>) -> Address? {
    for phrase in ["ostname set to <", "et hostname to <"] {
      guard let at = line.first(of: phrase) else { continue }
      let start = at + phrase.utf8.count
      if let host = word(line, start), line.has(">", at: host.upperBound) {
        return Address(kind: .host, range: host)
      }
    }
    return nil
  }

  /// `Linux version 6.17.13 (user@host) (gcc …`
  private static func builder(_ line: ArraySlice<UInt8>) -> [Address] {
    guard let version = line.first(of: "Linux version ") else { return [] }
    var at = version
    while at < line.endIndex, line[at] != UInt8(ascii: "(") { at += 1 }
    let start = at + 1
    var middle: Int?
    at = start
    while at < line.endIndex, line[at] != UInt8(ascii: ")"), line[at] > 32 {
      if line[at] == UInt8(ascii: "@"), middle == nil { middle = at }
      at += 1
    }
    guard let middle, at < line.endIndex, line[at] == UInt8(ascii: ")"), middle > start, at > middle + 1
    else {
      return []
    }
    return [Address(kind: .user, range: start..<middle), Address(kind: .host, range: middle + 1..<at)]
  }

  /// `ip=client:server:gateway:mask:HOST:device:…` of the command line.
  private static func ipParameter(_ line: ArraySlice<UInt8>) -> Address? {
    guard let parameter = line.first(of: " ip=") else { return nil }
    var start = parameter + 4
    for _ in 0..<4 {
      while start < line.endIndex, line[start] > 32, line[start] != UInt8(ascii: ":") { start += 1 }
      guard start < line.endIndex, line[start] == UInt8(ascii: ":") else { return nil }
      start += 1
    }
    return word(line, start).map { Address(kind: .host, range: $0) }
  }

  private static func word(_ line: ArraySlice<UInt8>, _ start: Int) -> Range<Int>? {
    var end = start
    while end < line.endIndex, line[end].isHost { end += 1 }
    return end > start ? start..<end : nil
  }
}

extension ArraySlice<UInt8> {
  func first(of word: String) -> Int? {
    guard count >= word.utf8.count else { return nil }
    return (startIndex...endIndex - word.utf8.count).first { has(word, at: $0) }
  }
}
