// What stands in the place of what was: the same for the same thing, and of the same form, so that lines are read as before.

/// A kind of thing that tells whose machine it was.
package enum ScrubKind: String, CaseIterable, Sendable {
  case host = "host names"
  case user = "user names"
  case ipv4 = "IPv4 addresses"
  case ipv6 = "IPv6 addresses"
  case mac = "MAC addresses"
  case uuid = "UUIDs and machine ids"
  case serial = "serial numbers"
}

struct Placeholders {
  /// No log has so many: whoever does is made to fill our memory.
  static let most = 1 << 17

  private var numbers: [ScrubKind: [[UInt8]: Int]] = [:]
  private(set) var places: [ScrubKind: Int] = [:]
  private(set) var isFull = false

  func things(_ kind: ScrubKind) -> Int { numbers[kind]?.count ?? 0 }

  /// What stands for `original`. How hexadecimal digits are written makes no difference.
  mutating func placeholder(_ kind: ScrubKind, _ original: ArraySlice<UInt8>) -> [UInt8] {
    let key: [UInt8]
    switch kind {
    case .mac: key = original.filter(\.isHex).map(\.lowercased)
    case .uuid: key = original.filter { $0 != UInt8(ascii: "-") }.map(\.lowercased)
    case .ipv6: key = original.map(\.lowercased)
    default: key = Array(original)
    }
    places[kind, default: 0] += 1
    return Array(Self.text(kind, number(kind, key), like: original).utf8)
  }

  private mutating func number(_ kind: ScrubKind, _ key: [UInt8]) -> Int {
    if let known = numbers[kind]?[key] { return known }
    let number = things(kind) + 1
    guard number <= Self.most else {
      isFull = true
      return 0
    }
    numbers[kind, default: [:]][key] = number
    return number
  }

  private static func text(_ kind: ScrubKind, _ number: Int, like original: ArraySlice<UInt8>) -> String {
    switch kind {
    case .host: return "host-\(number)"
    case .user: return "user-\(number)"
    case .serial: return "serial-\(number)"
    // RFC 2544's and RFC 3849's: nobody's.
    case .ipv4: return "198.\(18 + number >> 16).\(number >> 8 & 255).\(number & 255)"
    case .ipv6: return "2001:db8::\(String(number, radix: 16))"
    case .mac:
      // Administered locally.
      let digits = hex(number, 10)
      let bytes = ["02"] + stride(from: 0, to: 10, by: 2).map { String(digits.dropFirst($0).prefix(2)) }
      let separator = original.first { !$0.isHex }
      return bytes.joined(separator: separator.map { String(UnicodeScalar($0)) } ?? "")
    case .uuid:
      let digits = hex(number, 12)
      return original.contains(UInt8(ascii: "-"))
        ? "00000000-0000-0000-0000-\(digits)" : String(repeating: "0", count: 20) + digits
    }
  }

  private static func hex(_ number: Int, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 48 && self <= 57 }
  var isLetter: Bool { self | 0x20 >= 97 && self | 0x20 <= 122 }
  var isHex: Bool { isDigit || self | 0x20 >= 97 && self | 0x20 <= 102 }
  /// Of a name that an address cannot be part of.
  var isWord: Bool { isDigit || isLetter || self == UInt8(ascii: "_") }
  /// Of a host's name.
  var isHost: Bool { isDigit || isLetter || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") }
  var isBlank: Bool { self == 32 || self == 9 }
  var lowercased: UInt8 { self >= 65 && self <= 90 ? self | 0x20 : self }
}
