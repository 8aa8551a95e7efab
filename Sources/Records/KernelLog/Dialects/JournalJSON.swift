import Bytes

extension LogEnvelope {
  /// `journalctl -o json`: an object a line, keys in any order. The kernel's own stamp is
  /// _SOURCE_MONOTONIC_TIMESTAMP; the journal's, without the underscore pair's SOURCE, is when it was read.
  static let journalJSON = LogEnvelope(id: "journal-json") { line, at, state in
    guard line[at] == UInt8(ascii: "{"), line.index(of: "\"MESSAGE\"", from: at) != nil else {
      return false
    }
    var fields = JournalFields()
    FlatJSON.each(line, from: at) { key, kind, value in fields.take(line, key, kind, value) }
    guard fields.isKernels, let message = fields.message else { return true }
    var record = LogPrefix()
    record.isKernels = true
    record.keepsOrder = false
    if let time = fields.source {
      record.stamp(time, .boot, resolution: 1000)
    } else if let time = fields.received {
      record.stamp(time, .received, resolution: 1000)
    }
    record.beginsBoot = state.boot != 0 && fields.boot != 0 && fields.boot != state.boot
    if fields.boot != 0 { state.boot = fields.boot }
    if fields.isArray {
      FlatJSON.bytes(line, message, into: &state.text)
    } else {
      FlatJSON.unescape(line, message, into: &state.text)
    }
    state.add(record)
    return true
  }
}

private struct JournalFields {
  var message: Range<Int>?
  var isArray = false
  /// _TRANSPORT says so; without that field (old exports) the identifier does, which any program may choose.
  var isKernels: Bool { transport ?? identifier }
  private var transport: Bool?
  private var identifier = false
  var source: Int64?
  var received: Int64?
  var boot: UInt64 = 0

  mutating func take(_ line: Span<UInt8>, _ key: Range<Int>, _ kind: FlatJSON.Kind, _ value: Range<Int>) {
    if line.equals(key, "MESSAGE") {
      message = kind == .string || kind == .array ? value : nil
      isArray = kind == .array
    } else if line.equals(key, "_SOURCE_MONOTONIC_TIMESTAMP") {
      source = micros(line, value)
    } else if line.equals(key, "__MONOTONIC_TIMESTAMP") {
      received = micros(line, value)
    } else if line.equals(key, "_TRANSPORT") {
      transport = line.equals(value, "kernel")
    } else if line.equals(key, "SYSLOG_IDENTIFIER") {
      identifier = line.equals(value, "kernel")
    } else if line.equals(key, "_BOOT_ID"), value.count >= 16 {
      boot = line.hexadecimal(value.lowerBound..<value.lowerBound + 16) ?? 0
    }
  }

  private func micros(_ line: Span<UInt8>, _ value: Range<Int>) -> Int64? {
    line.decimal(value).flatMap { $0 >= 0 && $0 < Stamp.highest / 1000 ? $0 * 1000 : nil }
  }
}
