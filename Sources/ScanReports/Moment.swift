/// Times as text.
enum Moment {
  /// `2026-11-28T14:21:52Z`, also with a part of a second or an offset.
  static func isRFC3339(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let form = Array("dddd-dd-ddTdd:dd:dd".utf8)
    guard bytes.count > form.count else { return false }
    for (byte, mark) in zip(bytes, form) {
      guard mark == UInt8(ascii: "d") ? byte &- 48 < 10 : byte == mark else { return false }
    }
    var rest = bytes[form.count...]
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix { $0 &- 48 < 10 }
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(1 + digits.count)
    }
    if Array(rest) == [UInt8(ascii: "Z")] { return true }
    guard rest.count == 6, rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") else {
      return false
    }
    return zip(rest.dropFirst(), Array("dd:dd".utf8)).allSatisfy {
      $1 == UInt8(ascii: "d") ? $0 &- 48 < 10 : $0 == $1
    }
  }
}
