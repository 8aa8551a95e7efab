// The forms of a logcat line: what stands where in each.
import Bytes

extension Told {
  /// The last line of a report.
  static func ends(_ line: Span<UInt8>) -> Bool {
    line.has("---[ end ", at: line.skipBlanks(from: 0, to: line.count))
  }
}

enum Logcat {
  struct Fields {
    var pid: Int64 = -1
    var thread: Int64 = -1
    var tag = 0..<0
    var message = 0..<0
    /// Nanoseconds.
    var resolution: Int64 = 1_000_000
    /// Nothing but priority and tag.
    var isShort = false
  }

  /// The wall clock orders nothing, but the thread tells reports apart.
  static func prefix(thread: Int64, resolution: Int64) -> LogPrefix {
    var prefix = LogPrefix()
    prefix.isKernels = true
    prefix.keepsOrder = false
    if thread > 0 { prefix.caller = .task(Int32(clamping: thread)) }
    prefix.stamp(nil, .wall, resolution: resolution)
    return prefix
  }

  /// threadtime, time, brief, process, thread and tag, with any modifier.
  static func fields(_ line: Span<UInt8>, _ at: Int) -> Fields? {
    var fields = Fields()
    guard line[at] &- 48 < 10 else { return untimed(line, at, &fields) ? fields : nil }
    guard let (end, resolution) = time(line, at), end < line.count, line[end] == 32 else { return nil }
    fields.resolution = resolution
    let next = line.skipBlanks(from: end, to: line.count)
    guard next < line.count else { return nil }
    if isPriority(line, next), line.has("/", at: next + 1) {
      return brief(line, next, &fields) ? fields : nil
    }
    return threadtime(line, next, &fields) ? fields : nil
  }

  /// `[ 11-27 20:40:15.114   119:  119 W/virtio-pci 0000 ]`
  static func longHeader(_ line: Span<UInt8>, _ at: Int) -> Fields? {
    guard line.has("[ ", at: at) else { return nil }
    let text = line.trimmed(at..<line.count)
    guard line.ends(text, with: " ]") else { return nil }
    let start = line.skipBlanks(from: at + 1, to: text.upperBound)
    guard start < text.upperBound, let (end, resolution) = time(line, start),
      let slash = line.index(of: UInt8(ascii: "/"), from: end, to: text.upperBound),
      isPriority(line, slash - 1),
      line[slash - 2] == 32
    else { return nil }
    var fields = Fields(resolution: resolution)
    guard numbers(line, end..<slash - 2, &fields), fields.thread >= 0 else { return nil }
    fields.tag = line.trimmed(slash + 1..<text.upperBound - 2)
    return fields
  }

  /// The date and time with the zone, or the seconds of -v epoch and monotonic: the end.
  private static func time(_ line: Span<UInt8>, _ at: Int) -> (end: Int, resolution: Int64)? {
    let date = Dates.fits(line, at, "0000-00-00 ") ? at + 11 : at + 6
    if date > at + 6 || Dates.fits(line, at, "00-00 ") {
      guard let (end, resolution) = Dates.time(line, date), resolution < 1_000_000_000 else { return nil }
      let hasZone = line.has(" +", at: end) || line.has(" -", at: end)
      return (hasZone && Dates.fits(line, end + 2, "0000 ") ? end + 6 : end, resolution)
    }
    let point = line.digitsEnd(from: at, to: line.count)
    guard line.has(".", at: point) else { return nil }
    let end = line.digitsEnd(from: point + 1, to: line.count)
    switch end - point {
    case 4: return (end, 1_000_000)
    case 7: return (end, 1000)
    case 10: return (end, 1)
    default: return nil
    }
  }

  /// `  119   119 W tag     : msg`, with a user in front
  private static func threadtime(_ line: Span<UInt8>, _ start: Int, _ fields: inout Fields) -> Bool {
    var at = start
    var words = 0
    while words < 4 {
      guard let end = line.index(of: 32, from: at, to: min(line.count, at + 24)), end > at else {
        return false
      }
      if words >= 2, end == at + 1, isPriority(line, at) {
        guard fields.thread >= 0, fields.pid >= 0 else { return false }
        return tagged(line, end + 1, &fields)
      }
      fields.pid = fields.thread
      fields.thread = line.decimal(at..<end) ?? -1
      words += 1
      at = line.skipBlanks(from: end, to: line.count)
    }
    return false
  }

  /// `tag     : msg`; a tag has no colon with a blank behind it.
  private static func tagged(_ line: Span<UInt8>, _ at: Int, _ fields: inout Fields) -> Bool {
    let colon: Int
    if let hit = line.index(of: ": ", from: at) {
      colon = hit
    } else if line.count > at, line[line.count - 1] == UInt8(ascii: ":") {
      colon = line.count - 1
    } else {
      return false
    }
    fields.tag = line.trimmed(at..<colon)
    fields.message = min(colon + 2, line.count)..<line.count
    return true
  }

  /// `W/tag     (  119): msg`
  private static func brief(_ line: Span<UInt8>, _ at: Int, _ fields: inout Fields) -> Bool {
    var from = at + 2
    while let open = line.index(of: UInt8(ascii: "("), from: from) {
      if let close = line.index(of: UInt8(ascii: ")"), from: open, to: min(line.count, open + 32)),
        line.has("):", at: close), numbers(line, open + 1..<close, &fields)
      {
        // One number: of the process.
        fields.pid = fields.thread
        fields.tag = line.trimmed(at + 2..<open)
        fields.message = min(close + 3, line.count)..<line.count
        return true
      }
      from = open + 1
    }
    return false
  }

  private static func untimed(_ line: Span<UInt8>, _ at: Int, _ fields: inout Fields) -> Bool {
    guard isPriority(line, at), at + 2 < line.count else { return false }
    if line[at + 1] == UInt8(ascii: "/") {
      if brief(line, at, &fields) { return true }
      // logcat pads a tag to eight.
      guard tagged(line, at + 2, &fields), fields.message.lowerBound >= at + 12 else { return false }
      fields.isShort = true
      return true
    }
    guard line[at + 1] == UInt8(ascii: "("),
      let close = line.index(of: UInt8(ascii: ")"), from: at, to: min(line.count, at + 34)),
      line.has(") ", at: close)
    else { return false }
    // Padded to five as all its numbers are.
    guard close - at > 6, numbers(line, at + 2..<close, &fields) else { return false }
    let message = close + 2..<line.count
    // -v process has the tag behind the message.
    if line[line.count - 1] == UInt8(ascii: ")"), let open = lastTag(line, message) {
      fields.pid = fields.thread
      fields.tag = open + 3..<line.count - 1
      fields.message = message.lowerBound..<open
      return true
    }
    fields.message = message
    return true
  }

  /// Where the last `  (` stands.
  private static func lastTag(_ line: Span<UInt8>, _ message: Range<Int>) -> Int? {
    var at = message.upperBound - 3
    while at >= message.lowerBound {
      if line.has("  (", at: at) { return at }
      at -= 1
    }
    return nil
  }

  /// `  119`, `  119:  119`, with a user and a colon in front: the last two numbers.
  private static func numbers(_ line: Span<UInt8>, _ range: Range<Int>, _ fields: inout Fields) -> Bool {
    var at = range.lowerBound
    fields.pid = -1
    fields.thread = -1
    while at <= range.upperBound {
      let end = line.index(of: UInt8(ascii: ":"), from: at, to: range.upperBound) ?? range.upperBound
      let word = line.trimmed(at..<end)
      fields.pid = fields.thread
      fields.thread = line.decimal(word) ?? -1
      at = end + 1
    }
    return fields.thread >= 0
  }

  private static func isPriority(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard at >= 0, at < line.count else { return false }
    switch line[at] {
    case UInt8(ascii: "V"), UInt8(ascii: "D"), UInt8(ascii: "I"), UInt8(ascii: "W"), UInt8(ascii: "E"),
      UInt8(ascii: "F"), UInt8(ascii: "S"), UInt8(ascii: "A"):
      return true
    default: return false
    }
  }

  // MARK: the message again

  /// Puts together what logd cut: the text up to the first colon is its tag, even within a device's name, and the blanks
  /// around the cut are lost.
  static func rejoin(
    _ tags: Span<UInt8>, _ tag: Range<Int>, _ line: Span<UInt8>, _ message: Range<Int>,
    into text: inout [UInt8]
  ) {
    if !tag.isEmpty, !tags.equals(tag, "kernel") {
      FlatJSON.append(tags, tag, &text)
      let body = line.trimmed(message)
      if isName(tags, tag, line, body) {
        text.append(UInt8(ascii: ":"))
        return FlatJSON.append(line, body, &text)
      }
      // arm64 writes `pc : `, `lr : `, `sp : `.
      if tags.equals(tag, "pc") || tags.equals(tag, "lr") || tags.equals(tag, "sp") { text.append(32) }
      text.append(UInt8(ascii: ":"))
      if body.isEmpty { return }
      text.append(32)
      return FlatJSON.append(line, body, &text)
    }
    FlatJSON.append(line, message, &text)
  }

  /// Whether `body` begins with the rest of a device's name: `00:05.1: late` behind `virtio-pci 0000`.
  private static func isName(_ tags: Span<UInt8>, _ tag: Range<Int>, _ line: Span<UInt8>, _ body: Range<Int>)
    -> Bool
  {
    var end = body.lowerBound
    while end < body.upperBound, line[end] > 32, !isColon(line, end, body.upperBound) { end += 1 }
    guard end > body.lowerBound, isColon(line, end, body.upperBound) else { return false }
    var last = tag.upperBound
    while last > tag.lowerBound, tags[last - 1] != 32 { last -= 1 }
    // A driver stands before the name, or the name is the whole tag's.
    let name = last..<tag.upperBound
    // `soc:regulator-x`, and what the IOMMU core says right behind a name.
    if last > tag.lowerBound, tags.equals(name, "soc") || tags.equals(name, "platform") { return true }
    for words: StaticString in [
      "late IOMMU probe at driver", "Adding to iommu group ", "Removing from iommu group ", "deferred probe ",
      "ignoring dependency for device",
    ] where line.has(words, at: end + 2) { return true }
    // The rest of an address: nothing but hexadecimal digits and what stands between them.
    var hasDigit = false
    for at in body.lowerBound..<end {
      let byte = line[at]
      if byte &- 48 < 10 {
        hasDigit = true
      } else if !(byte | 32 &- 97 < 6), byte != UInt8(ascii: ":"), byte != UInt8(ascii: ".") {
        return false
      }
    }
    return hasDigit
  }

  private static func isColon(_ line: Span<UInt8>, _ at: Int, _ end: Int) -> Bool {
    at < end && line[at] == UInt8(ascii: ":") && (at + 1 == end || line[at + 1] == 32)
  }
}
