import Bytes

extension LogEnvelope {
  /// `journalctl -o json`: an object a line, keys in any order. The kernel's own stamp is
  /// _SOURCE_MONOTONIC_TIMESTAMP; the journal's, without the underscore pair's SOURCE, is when it was read.
  static let journalJSON = LogEnvelope(.journalJSON, begins: "{") { line, at, state in
    guard line[at] == UInt8(ascii: "{"), line.index(of: "\"MESSAGE\"", from: at) != nil else {
      return false
    }
    var fields = JournalFields()
    var message: (kind: FlatJSON.Kind, range: Range<Int>)?
    FlatJSON.each(line, from: at) { key, kind, value in
      if line.equals(key, "MESSAGE") {
        message = kind == .string || kind == .array ? (kind, value) : nil
      } else {
        fields.take(line, key, value)
      }
    }
    // A collector may call its field so, too.
    guard fields.isJournals else { return false }
    guard fields.isKernels, let message else { return true }
    if message.kind == .array {
      FlatJSON.bytes(line, message.range, into: &state.text)
    } else {
      FlatJSON.unescape(line, message.range, into: &state.text)
    }
    state.add(fields.prefix(&state.boot))
    return true
  }

  /// `journalctl -o json-pretty`: a field a line between a brace and another one.
  static let journalPretty = LogEnvelope(.journalPretty, begins: "{\"}]0123456789") { line, at, state in
    guard state.depth == 0 else { return false }
    let text = line.trimmed(at..<line.count)
    switch line[at] {
    case UInt8(ascii: "{"):
      // Anybody's brace: what follows will tell.
      if text.count == 1 { state.pretty = PrettyJournal(isOpen: true) }
      return false
    case UInt8(ascii: "}"):
      guard state.pretty.isOpen else { return false }
      defer { state.pretty = PrettyJournal() }
      guard state.pretty.fields.isJournals else { return false }
      if state.pretty.fields.isKernels, state.pretty.hasMessage {
        state.text += state.pretty.message
        state.add(state.pretty.fields.prefix(&state.boot))
      }
      return true
    default: return state.pretty.isOpen && state.pretty.take(line, at, text)
    }
  }
}

/// What one object said so far.
struct PrettyJournal {
  var isOpen = false
  fileprivate var fields = JournalFields()
  fileprivate var message: [UInt8] = []
  fileprivate var hasMessage = false
  /// In a message that is written as numbers, one a line.
  private(set) var isArray = false

  init(isOpen: Bool = false) { self.isOpen = isOpen }

  /// The journal's fields are capitals, digits and `_`; others' are not, though they may begin with a capital.
  private static func isField(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard line[at] == UInt8(ascii: "\"") else { return false }
    var end = at + 1
    while end < line.count, line[end] &- 65 < 26 || line[end] == UInt8(ascii: "_") || line[end] &- 48 < 10 {
      end += 1
    }
    return end > at + 1 && line.has("\"", at: end)
  }

  fileprivate mutating func take(_ line: Span<UInt8>, _ at: Int, _ text: Range<Int>) -> Bool {
    if isArray {
      let digits = line.digitsEnd(from: at, to: line.count)
      if digits > at, let byte = line.decimal(at..<digits) {
        message.append(UInt8(truncatingIfNeeded: byte))
      } else {
        isArray = false
      }
      return true
    }
    guard Self.isField(line, at) else { return false }
    FlatJSON.each(line, from: at) { key, kind, value in
      guard line.equals(key, "MESSAGE") else { return fields.take(line, key, value) }
      hasMessage = true
      switch kind {
      case .string: FlatJSON.unescape(line, value, into: &message)
      case .array: FlatJSON.bytes(line, value, into: &message)
      case .object: isArray = line[text.upperBound - 1] == UInt8(ascii: "[")
      case .number: hasMessage = false
      }
    }
    return true
  }
}

private struct JournalFields {
  /// _TRANSPORT says so; without that field (old exports) the identifier does, which any program may choose.
  var isKernels: Bool { transport ?? identifier }
  /// A field that only the journal has.
  private(set) var isJournals = false
  private var transport: Bool?
  private var identifier = false
  private var source: Int64?
  private var received: Int64?
  private var boot: UInt64 = 0

  mutating func take(_ line: Span<UInt8>, _ key: Range<Int>, _ value: Range<Int>) {
    guard !key.isEmpty, line[key.lowerBound] == UInt8(ascii: "_") || line[key.lowerBound] &- 65 < 26 else {
      return
    }
    if line.equals(key, "_SOURCE_MONOTONIC_TIMESTAMP") {
      source = micros(line, value)
    } else if line.equals(key, "__MONOTONIC_TIMESTAMP") {
      received = micros(line, value)
    } else if line.equals(key, "_TRANSPORT") {
      transport = line.equals(value, "kernel")
    } else if line.equals(key, "SYSLOG_IDENTIFIER") {
      identifier = line.equals(value, "kernel")
    } else if line.equals(key, "_BOOT_ID") {
      if value.count >= 16 { boot = line.hexadecimal(value.lowerBound..<value.lowerBound + 16) ?? 0 }
    } else if !line.has("__", at: key.lowerBound), !line.equals(key, "_HOSTNAME"), !line.equals(key, "_PID"),
      !line.equals(key, "_COMM"), !line.equals(key, "PRIORITY")
    {
      return
    }
    isJournals = true
  }

  /// What the entry says of its message; `last` is the boot of the entry before it.
  func prefix(_ last: inout UInt64) -> LogPrefix {
    var prefix = LogPrefix()
    prefix.isKernels = true
    prefix.keepsOrder = false
    if let time = source {
      prefix.stamp(time, .boot, resolution: 1000)
    } else if let time = received {
      prefix.stamp(time, .received, resolution: 1000)
    }
    prefix.beginsBoot = last != 0 && boot != 0 && boot != last
    if boot != 0 { last = boot }
    return prefix
  }

  private func micros(_ line: Span<UInt8>, _ value: Range<Int>) -> Int64? {
    line.decimal(value).flatMap { $0 >= 0 && $0 < Stamp.highest / 1000 ? $0 * 1000 : nil }
  }
}
