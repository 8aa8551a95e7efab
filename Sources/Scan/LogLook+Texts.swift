// What a search for words in the raw text does not see, and what several logs come to.
import Analysis
import Bytes
import Records

extension LogLook {
  /// What the logs of a boot lack: of several what all of them lack.
  static func gaps(_ looks: [LogLook]) -> [LogGap] {
    guard looks.count > 1 else { return looks.first?.gaps ?? [] }
    return looks[0].gaps.filter { gap in looks.allSatisfy { $0.gaps.contains(gap) } }
  }

  /// The other trouble of a boot: logs that show the same lines show the same trouble once more.
  static func others(_ looks: [LogLook]) -> [OtherTrouble] {
    guard !looks.isEmpty else { return [] }
    var others = looks[0].troubles.found
    for trouble in looks.dropFirst().flatMap(\.troubles.found) {
      if let known = others.firstIndex(where: { $0.signature == trouble.signature }) {
        others[known].count = max(others[known].count, trouble.count)
      } else {
        others.append(trouble)
      }
    }
    return others
  }

  /// `"MESSAGE": [` from behind the key on: a message as numbers, with as many blanks as the program that wrote the JSON puts.
  static func holdsNumbers(_ text: Span<UInt8>, _ keyEnd: Int) -> Bool {
    let colon = text.skipBlanks(from: keyEnd, to: text.count)
    guard colon < text.count, text[colon] == UInt8(ascii: ":") else { return false }
    let value = text.skipBlanks(from: colon + 1, to: text.count)
    return value < text.count && text[value] == UInt8(ascii: "[")
  }

  /// Whether escapes stand inside of words that are looked for, as `grep --color` puts them: the reader takes them off, and sees
  /// what no search in the text does.
  static func hidesWords(_ text: Span<UInt8>) -> Bool {
    var raw: [UInt8] = []
    var clean: [UInt8] = []
    var at = 0
    while let escape = text.index(of: 27, from: at) {
      let start = text.lineStart(of: escape, notBefore: at)
      let end = text.index(of: 10, from: escape) ?? text.count
      let line = text.extracting(start..<end)
      for place in line.indices { raw.append(line[place]) }
      raw.append(10)
      LineCleaner.clean(line, into: &clean)
      clean.append(10)
      // Of a large text the lines come in pieces: memory must not double.
      if raw.count >= 1 << 20 {
        if words(clean.span) > words(raw.span) { return true }
        raw.removeAll(keepingCapacity: true)
        clean.removeAll(keepingCapacity: true)
      }
      at = end
    }
    return words(clean.span) > words(raw.span)
  }

  private static func words(_ text: Span<UInt8>) -> Int {
    var count = 0
    early.each(in: text) { _, _ in
      count += 1
      return true
    }
    return count
  }
}
