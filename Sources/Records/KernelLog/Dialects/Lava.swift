import Bytes

extension LogEnvelope {
  /// LAVA's `- {"dt": "…", "lvl": "target", "msg": "…"}`, quoted like JSON or as YAML likes it: only `target` and
  /// `feedback` are the device's output.
  static let lava = LogEnvelope(.lava, begins: "-") { line, at, state in
    guard line.has("- {", at: at) else { return false }
    var message: (kind: FlowYAML.Kind, text: Range<Int>)?
    var isLava = false
    var isDevices = false
    FlowYAML.each(line, from: at + 2) { key, kind, value in
      if line.equals(key, "lvl") {
        isLava = true
        isDevices = line.equals(value, "target") || line.equals(value, "feedback")
      } else if line.equals(key, "msg"), message == nil {
        message = (kind, value)
      }
    }
    if isDevices, let message {
      FlowYAML.unescape(line, message.kind, message.text, into: &state.text)
      state.add(LogPrefix())
    }
    return isLava
  }
}
