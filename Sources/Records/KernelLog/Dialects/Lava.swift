import Bytes

extension LogEnvelope {
  /// LAVA's `- {"dt": "…", "lvl": "target", "msg": "…"}`: only `target` and `feedback` are the device's output.
  static let lava = LogEnvelope(id: "lava") { line, at, state in
    guard line.has("- {", at: at) else { return false }
    var message: Range<Int>?
    var isLava = false
    var isDevices = false
    FlatJSON.each(line, from: at) { key, kind, value in
      if line.equals(key, "lvl") {
        isLava = true
        isDevices = line.equals(value, "target") || line.equals(value, "feedback")
      } else if line.equals(key, "msg"), message == nil {
        message = kind == .string ? value : value.lowerBound..<value.lowerBound
      }
    }
    if isDevices, let message {
      FlatJSON.unescape(line, message, into: &state.text)
      state.add(LogPrefix())
    }
    return isLava
  }
}
