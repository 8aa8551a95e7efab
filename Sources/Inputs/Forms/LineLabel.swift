import Bytes

/// Where in each line of a text its machine's name stands, if a collector has mixed the lines of several: docker compose, kubectl, pdsh,
/// parallel jobs of a CI system, a central log daemon, the journals of several machines.
enum LineLabel {
  /// A word, counted from the line's beginning.
  case word(Int)
  /// The same behind a log daemon's time; a line that has no time there is nobody's.
  case host(Int)
  /// What stands in an object behind the key, which has its quotes and colon here.
  case value([UInt8])

  /// More machines are no longer told apart.
  static let mostNames = 32
  /// Words of a line, and keys of an object, that are tried.
  private static let mostTried = 6
  private static let mostKeys = 16
  /// So often must a name come again behind another one.
  private static let fewestReturns = 4
  /// So often must the kernel's stamps step back, and then hardly within a name.
  private static let fewestSteps = 8

  /// Nil if all lines are of one machine, or nothing in them tells.
  init?(_ head: Span<UInt8>) {
    let times = Self.times(head)
    let first = head.skipBlanks(from: 0, to: head.count)
    if times.steps >= Self.fewestSteps {
      let isObject = first < head.count && head[first] == UInt8(ascii: "{")
      let tried = isObject ? Self.keys(head, first) : (0..<Self.mostTried).map { LineLabel.word($0) }
      for label in tried {
        let names = Names(head, label, times.all)
        if names.areSeveral, names.steps * 8 <= times.steps {
          self = label
          return
        }
      }
    }
    guard let label = Self.ofItself(head), Names(head, label, times.all).areSeveral else { return nil }
    self = label
  }

  /// A label that says by itself that its lines are of another machine, or boot: without the kernel's stamps, too.
  static func ofItself(_ head: Span<UInt8>) -> LineLabel? {
    let first = head.skipBlanks(from: 0, to: head.count)
    guard first < head.count else { return nil }
    let boot: StaticString = "\"_BOOT_ID\""
    if head[first] == UInt8(ascii: "{") {
      guard let key = head.index(of: boot, from: first, to: min(head.count, first + 4096)) else { return nil }
      let colon = key + boot.utf8CodeUnitCount
      return head.has(" : ", at: colon)
        ? .value(head.extracting(key..<colon + 3).array)
        : .value(head.extracting(key..<colon + 1).array)
    }
    return hostWord(head, first)
  }

  /// That of a log daemon's hosts, if the text is one's.
  static func ofHosts(_ head: Span<UInt8>) -> LineLabel? {
    guard let label = ofItself(head), case .host = label else { return nil }
    return label
  }

  /// `Nov 28 10:00:00 HOST kernel: `, and the same with an ISO time: the word behind the time, if it is no tag, level or facility.
  private static func hostWord(_ head: Span<UInt8>, _ first: Int) -> LineLabel? {
    let isISO = head[first] &- 48 < 10
    let time = isISO ? 0 : 2
    guard let end = head.index(of: 10, from: first), let clock = word(head, first..<end, time),
      head.index(of: UInt8(ascii: ":"), from: clock.lowerBound, to: clock.upperBound) != nil,
      let host = word(head, first..<end, time + 1), mayBeHost(head, host),
      head.index(of: " kernel: ", from: first) != nil
    else { return nil }
    return .host(time + 1)
  }

  private static func mayBeHost(_ head: Span<UInt8>, _ name: Range<Int>) -> Bool {
    for facility in ["kern.", "user.", "daemon.", "syslog.", "auth", "local", "cron."] as [StaticString]
    where head.has(facility, at: name.lowerBound, before: name.upperBound) { return false }
    let last = head[name.upperBound - 1]
    return last != UInt8(ascii: ":") && last != UInt8(ascii: "]")
      && head[name.lowerBound] != UInt8(ascii: "<")
      && name.contains { head[$0] &- 97 < 26 || head[$0] &- 48 < 10 }
  }

  /// The keys of an object's strings.
  private static func keys(_ head: Span<UInt8>, _ first: Int) -> [LineLabel] {
    let end = head.index(of: 10, from: first) ?? head.count
    var keys: [LineLabel] = []
    var at = first
    while keys.count < mostKeys, let quote = head.index(of: 34, from: at, to: end),
      let close = JSONStringsDecoder.stringEnd(head, quote + 1, end)
    {
      at = close + 1
      guard head.has(":", at: at) else { continue }
      let value = head.skipBlanks(from: at + 1, to: end)
      if head.has("\"", at: value) {
        keys.append(.value(head.extracting(quote..<value).array))
        at = (JSONStringsDecoder.stringEnd(head, value + 1, end) ?? end - 1) + 1
      }
    }
    return keys
  }

  /// Of each line the time of its first stamp of the kernel's, -1 of others; and how often one is below the one before.
  private static func times(_ head: Span<UInt8>) -> (all: [Int64], steps: Int) {
    var (all, steps, last, start) = ([Int64](), 0, Int64(-1), 0)
    while let end = head.index(of: 10, from: start) {
      let time = time(head, start..<end)
      all.append(time)
      if time >= 0 {
        if time < last { steps += 1 }
        last = time
      }
      start = end + 1
    }
    return (all, steps)
  }

  static func time(_ head: Span<UInt8>, _ line: Range<Int>) -> Int64 {
    var from = line.lowerBound
    while let bracket = head.index(of: 91, from: from, to: line.upperBound) {
      if let time = head.bracketedSeconds(bracket) ?? longSeconds(head, bracket) {
        return time
      }
      from = bracket + 1
    }
    return -1
  }

  /// `[1234567.890123]`: a machine that has been up for more than a day.
  private static func longSeconds(_ head: Span<UInt8>, _ bracket: Int) -> Int64? {
    let point = head.digitsEnd(from: bracket + 1, to: head.count)
    guard point > bracket + 6, head.isStamp(bracket),
      let seconds = head.decimal(bracket + 1..<point), seconds < 1 << 33,
      let micros = head.decimal(point + 1..<point + 7)
    else { return nil }
    return seconds * 1_000_000_000 + micros * 1000
  }

  /// The name in a line; nil if it has none.
  func name(_ text: Span<UInt8>, _ line: Range<Int>) -> Range<Int>? {
    switch self {
    case .word(let index): return Self.word(text, line, index)
    case .host(let index):
      guard let host = Self.word(text, line, index), Self.mayBeHost(text, host),
        let time = Self.word(text, line, index - 1), text[time.lowerBound] &- 48 < 10,
        text.index(of: UInt8(ascii: ":"), from: time.lowerBound, to: time.upperBound) != nil
      else { return nil }
      return host
    case .value(let key):
      var from = line.lowerBound
      while let quote = text.index(of: 34, from: from, to: line.upperBound) {
        from = quote + 1
        let value = quote + key.count
        guard value < line.upperBound, key.indices.allSatisfy({ text[quote + $0] == key[$0] }) else {
          continue
        }
        let open = text.skipBlanks(from: value, to: line.upperBound)
        guard text.has("\"", at: open),
          let end = JSONStringsDecoder.stringEnd(text, open + 1, line.upperBound), end > open + 1
        else { return nil }
        return open + 1..<end
      }
      return nil
    }
  }

  private static func word(_ text: Span<UInt8>, _ line: Range<Int>, _ index: Int) -> Range<Int>? {
    var at = line.lowerBound
    for count in 0...index {
      at = text.skipBlanks(from: at, to: line.upperBound)
      let start = at
      while at < line.upperBound, text[at] > 32 { at += 1 }
      guard at > start else { return nil }
      if count == index { return start..<at }
    }
    return nil
  }

  /// The names in a text's lines.
  private struct Names {
    /// Back in time within a name.
    private(set) var steps = 0
    private var lines: [UInt64: Int] = [:]
    private var returns = 0
    private var nameless = 0
    private var isTooMuch = false

    /// Names come again behind others, and hardly a line has none.
    var areSeveral: Bool {
      !isTooMuch && lines.count > 1 && returns >= LineLabel.fewestReturns
        && lines.values.allSatisfy { $0 > 1 } && nameless * 8 <= lines.values.reduce(0, +)
    }

    init(_ head: Span<UInt8>, _ label: LineLabel, _ times: [Int64]) {
      var (last, start, previous) = ([UInt64: Int64](), 0, UInt64?.none)
      for time in times {
        guard let end = head.index(of: 10, from: start) else { break }
        let line = start..<end
        start = end + 1
        guard let name = label.name(head, line) else {
          nameless += 1
          continue
        }
        let hash = head.hash(name)
        if previous != hash, lines[hash] != nil { returns += 1 }
        previous = hash
        lines[hash, default: 0] += 1
        guard lines.count <= LineLabel.mostNames else {
          isTooMuch = true
          return
        }
        guard time >= 0 else { continue }
        if let before = last[hash], time < before { steps += 1 }
        last[hash] = time
      }
    }
  }
}
