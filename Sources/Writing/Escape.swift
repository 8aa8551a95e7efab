/// Ways of writing text that several formats share. All go by Unicode scalars: a mark with a combining accent is
/// another `Character`, and would slip through.
package enum Escape {
  /// RFC 3986: every byte that is neither unreserved nor in `kept` as `%XX`. Different texts stay different.
  package static func percent(_ text: String, keeping kept: String = "") -> String {
    var out = ""
    for byte in text.utf8 {
      if isUnreserved(byte) || kept.utf8.contains(byte) {
        out.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        out += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// Each scalar of `text` as `replacement` says; itself where that is nil.
  package static func scalars(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      if let other = replacement(scalar) { out += other } else { out.unicodeScalars.append(scalar) }
    }
    return out
  }

  /// An address that may be handed on as one: http or https, ASCII, without marks that end it somewhere.
  package static func isURL(_ text: String) -> Bool {
    guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return false }
    return text.utf8.allSatisfy { (0x21..<0x7f).contains($0) && !"<>\"{}|\\^`".utf8.contains($0) }
  }
}
