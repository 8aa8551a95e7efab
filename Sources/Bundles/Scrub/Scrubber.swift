// Takes out of lines what tells whose machine it was. Lines stay lines, and names of devices stay what they are.

/// Replaces what names people, machines and networks, the same thing by the same word throughout.
package struct Scrubber: Sendable {
  private var placeholders = Placeholders()
  /// Names of the analysis: devices and drivers. A word that is one of them is never touched.
  private let kept: Set<[UInt8]>
  private var learnt = LearntNames()

  package init(keeping names: some Sequence<String>) { kept = Set(names.map { Array($0.utf8) }) }

  /// More different things than any log has: what it would come to is not known.
  package var isFull: Bool { placeholders.isFull }

  /// How many things of a kind were replaced, and at how many places.
  package func replaced(_ kind: ScrubKind) -> (things: Int, places: Int) {
    (placeholders.things(kind), placeholders.places[kind] ?? 0)
  }

  /// Sees the names that lines tell by their form, to find them elsewhere. Before anything is replaced, in all inputs.
  package mutating func learn(_ text: [UInt8]) {
    for line in text.split(separator: 10) {
      for (place, isBuilder) in HostPlaces.all(line) where !isBuilder { learn(place, line) }
      for place in LoginPlaces.all(line) { learn(place, line) }
      for at in line.indices {
        let isInside = at > line.startIndex && (line[at - 1].isLetter || line[at - 1].isDigit)
        if !isInside, "hu".utf8.contains(line[at] | 0x20), let value = ScrubKey.value(line, at) {
          learn(value, line)
        }
        if let place = homeFolder(line, at) { learn(place, line) }
      }
    }
  }

  private mutating func learn(_ place: Address, _ line: ArraySlice<UInt8>) {
    guard place.kind == .host || place.kind == .user, !isKept(line[place.range]) else { return }
    learnt.add(line[place.range], place.kind)
  }

  /// Whole lines, or a piece of one, with the same line ends.
  package mutating func scrub(_ text: [UInt8], into out: inout [UInt8]) {
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: 10) ?? text.count
      scrub(line: text[start..<end], into: &out)
      if end < text.count { out.append(10) }
      start = end + 1
    }
  }

  /// One line or name, with placeholders for what is not to leave the house.
  package mutating func scrub(_ text: String) -> String {
    var out: [UInt8] = []
    scrub(Array(text.utf8), into: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// The name of a file, in which a host's may be a part of a longer one.
  package mutating func scrub(name: String) -> String {
    var name = scrub(name)
    for (known, kind) in learnt.all {
      let text = String(decoding: known, as: UTF8.self)
      guard name.contains(text) else { continue }
      name = name.replacing(
        text, with: String(decoding: placeholders.placeholder(kind, known[...]), as: UTF8.self))
    }
    return name
  }

  private mutating func scrub(line: ArraySlice<UInt8>, into out: inout [UInt8]) {
    let named = HostPlaces.all(line).map { $0.place } + LoginPlaces.all(line)
    var at = line.startIndex
    while at < line.endIndex {
      if let place = named.first(where: { $0.range.lowerBound == at }), !isKept(line[place.range]) {
        put(place, line, &out)
        at = place.range.upperBound
        continue
      }
      // Inside a word only a folder can begin, or a key's last part: `_HOSTNAME`.
      let before = at > line.startIndex ? line[at - 1] : 32
      guard !before.isWord else {
        if let place = homeFolder(line, at) ?? (before == UInt8(ascii: "_") ? keyed(line, at) : nil) {
          out += line[at..<place.range.lowerBound]
          put(place, line, &out)
          at = place.range.upperBound
        } else {
          out.append(line[at])
          at += 1
        }
        continue
      }
      let word = wordEnd(line, at)
      if word > at, isKept(line[at..<word]) {
        out += line[at..<word]
        at = word
      } else if let place = thing(line, at) {
        out += line[at..<place.range.lowerBound]
        put(place, line, &out)
        at = place.range.upperBound
      } else {
        let end = max(at + 1, plainEnd(line, at))
        out += line[at..<end]
        at = end
      }
    }
  }

  private mutating func put(_ place: Address, _ line: ArraySlice<UInt8>, _ out: inout [UInt8]) {
    let name = learnt.canonical(line[place.range]) ?? line[place.range]
    out += placeholders.placeholder(place.kind, name)
  }

  private func isKept(_ word: ArraySlice<UInt8>) -> Bool { kept.contains(Array(word)) }

  /// The end of what may be a device's name.
  private func wordEnd(_ line: ArraySlice<UInt8>, _ start: Int) -> Int {
    var end = start
    while end < line.endIndex, line[end].isHost || ":_@,".utf8.contains(line[end]) { end += 1 }
    while end > start, ":.,-".utf8.contains(line[end - 1]) { end -= 1 }
    return end
  }

  /// The end of what begins here and is nothing to be replaced: a word, or a run of digits and colons, which is not looked at from
  /// its middle again.
  private func plainEnd(_ line: ArraySlice<UInt8>, _ start: Int) -> Int {
    let run = runEnd(line, start)
    if run > start { return run }
    var end = start
    while end < line.endIndex, line[end].isWord {
      end += 1
      if line[end - 1] == UInt8(ascii: "_") { break }
    }
    return end
  }

  /// Digits, colons and dots up to where a word goes on, if that is not at once.
  private func runEnd(_ line: ArraySlice<UInt8>, _ start: Int) -> Int {
    var end = start
    var lastBreak = start
    while end < line.endIndex,
      line[end].isHex || line[end] == UInt8(ascii: ":") || line[end] == UInt8(ascii: ".")
    {
      end += 1
      if !line[end - 1].isHex { lastBreak = end }
    }
    return end < line.endIndex && line[end].isWord ? lastBreak : end
  }

  // MARK: what stands at a place

  private func thing(_ line: ArraySlice<UInt8>, _ at: Int) -> Address? {
    if let folder = homeFolder(line, at) { return folder }
    let byte = line[at]
    if byte.isLetter {
      if let value = keyed(line, at) { return value }
      if let name = learnt.place(line, at), !isKept(line[name.range]) { return name }
      // Predictable names of network devices are made of their addresses, those of NVMe namespaces of their makers'.
      for prefix in ["enx", "wlx", "wwx"] where line.has(prefix, at: at) {
        if let end = hexEnd(line, at + 3, 12) { return Address(kind: .mac, range: at + 3..<end) }
      }
      for prefix in ["eui.", "naa."] where line.has(prefix, at: at) {
        if let end = hexEnd(line, at + 4, 16) ?? hexEnd(line, at + 4, 32) {
          return Address(kind: .serial, range: at + 4..<end)
        }
      }
      if line.has("iqn.", at: at), let place = initiator(line, at) { return place }
    } else if byte.isDigit, let name = learnt.place(line, at), !isKept(line[name.range]) {
      return name
    }
    guard byte.isHex || byte == UInt8(ascii: ":") else { return nil }
    let before = at > line.startIndex ? line[at - 1] : 32
    if byte.isHex, before != UInt8(ascii: ":") || !precededByHex(line, at) {
      if let place = Address.uuid(line, at) ?? Address.mac(line, at) { return place }
    }
    let end = runEnd(line, at)
    guard end > at, before != UInt8(ascii: ".") else { return nil }
    // `add::method`: cut off where a word goes on, it is none.
    let isCut = end < line.endIndex && line[end].isWord
    if !isCut, let place = Address.ipv6(line, at..<end) { return place }
    return ipv4(line, at, end, before)
  }

  /// The first piece of a run is an address, and no version: `6.6.0.1-vendor`.
  private func ipv4(_ line: ArraySlice<UInt8>, _ start: Int, _ end: Int, _ before: UInt8) -> Address? {
    // `10.0.0.2:10.0.0.1:…`, `10.0.0.1:2049`
    for piece in line[start..<end].split(separator: UInt8(ascii: ":")) {
      var last = piece.endIndex
      while last > piece.startIndex, line[last - 1] == UInt8(ascii: ".") { last -= 1 }
      guard let place = Address.ipv4(line, piece.startIndex..<last) else { continue }
      let isVersion =
        last + 1 < line.endIndex && line[last] == UInt8(ascii: "-") && line[last + 1].isLetter
      // `10.0.0.2-10.0.0.9` is a range, `nfs-10.0.0.1` a name that was made of one, `pkg-1.2.3.4` most often a version.
      let isBehind = before == UInt8(ascii: "-") && piece.startIndex == start
      let isRange = isBehind && start - 2 >= line.startIndex && line[start - 2].isDigit
      if !isVersion, !isBehind || isRange || place.isPrivate(line) { return place }
    }
    return nil
  }

  private func keyed(_ line: ArraySlice<UInt8>, _ at: Int) -> Address? {
    guard let value = ScrubKey.value(line, at), !isKept(line[value.range]),
      value.kind != .host || !HostPlaces.isCommon(line[value.range])
    else { return nil }
    return value
  }

  /// What is behind the naming authority in `iqn.1993-08.org.debian:01:9d3f4d5a6b7c`.
  private func initiator(_ line: ArraySlice<UInt8>, _ at: Int) -> Address? {
    let end = wordEnd(line, at)
    guard let colon = line[at..<end].firstIndex(of: UInt8(ascii: ":")), colon + 1 < end else { return nil }
    return Address(kind: .serial, range: colon + 1..<end)
  }

  private func precededByHex(_ line: ArraySlice<UInt8>, _ at: Int) -> Bool {
    at >= line.startIndex + 2 && line[at - 2].isHex
  }

  private func hexEnd(_ line: ArraySlice<UInt8>, _ start: Int, _ count: Int) -> Int? {
    let end = start + count
    guard end <= line.endIndex, line[start..<end].allSatisfy(\.isHex),
      end == line.endIndex || !line[end].isWord
    else { return nil }
    return end
  }

  /// `/home/NAME`, `/Users/NAME`, `C:\Users\NAME`; the last with its backslashes escaped too.
  private func homeFolder(_ line: ArraySlice<UInt8>, _ at: Int) -> Address? {
    // Asked of nearly every byte.
    guard line[at] == UInt8(ascii: "/") || line[at] == UInt8(ascii: "\\") else { return nil }
    for folder in ["/home/", "/Users/", "\\\\Users\\\\", "\\Users\\"] where line.has(folder, at: at) {
      let start = at + folder.utf8.count
      var end = start
      while end < line.endIndex, line[end].isWord || line[end].isHost || line[end] >= 0x80 { end += 1 }
      if end > start { return Address(kind: .user, range: start..<end) }
    }
    return nil
  }
}
