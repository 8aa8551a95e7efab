// Addresses and ids that are told by their form alone.

/// What a run of hexadecimal digits, colons and dots is.
struct Address: Equatable {
  var kind: ScrubKind
  var range: Range<Int>

  /// `fd12:3456:789a:1::1`: two colons side by side, or eight groups; `0000:00:03.0` and `12:34:56` are neither.
  static func ipv6(_ line: ArraySlice<UInt8>, _ range: Range<Int>) -> Address? {
    var end = range.upperBound
    // The colon behind an address; two belong to it.
    while end > range.lowerBound, line[end - 1] == UInt8(ascii: ".") { end -= 1 }
    if end - range.lowerBound >= 2, line[end - 1] == UInt8(ascii: ":"), line[end - 2] != UInt8(ascii: ":") {
      end -= 1
    }
    var groups = 0
    var length = 0
    var doubles = 0
    var letters = false
    var before: UInt8 = 0
    for byte in line[range.lowerBound..<end] {
      if byte == UInt8(ascii: ":") {
        if before == byte { doubles += 1 }
        if length > 0 { groups += 1 }
        length = 0
      } else if byte.isHex {
        length += 1
        letters = letters || !byte.isDigit
        if length > 4 { return nil }
      } else {
        return nil
      }
      before = byte
    }
    if length > 0 { groups += 1 }
    guard doubles == 1 && groups >= 1 && groups < 8 || doubles == 0 && groups == 8 else { return nil }
    // The loopback is everybody's.
    if doubles == 1, groups == 1, line[range.lowerBound] == UInt8(ascii: ":"), end - range.lowerBound == 3 {
      return nil
    }
    return Address(kind: .ipv6, range: range.lowerBound..<end)
  }

  /// Four numbers up to 255; nil for those that tell nothing: 0.0.0.0, 127.x, 255.x.
  static func ipv4(_ line: ArraySlice<UInt8>, _ range: Range<Int>) -> Address? {
    var numbers: [Int] = []
    var number = 0
    var digits = 0
    for byte in line[range] {
      if byte == UInt8(ascii: ".") {
        guard digits > 0 else { return nil }
        numbers.append(number)
        (number, digits) = (0, 0)
      } else if byte.isDigit, digits < 3 {
        number = number * 10 + Int(byte - 48)
        digits += 1
      } else {
        return nil
      }
    }
    guard digits > 0 else { return nil }
    numbers.append(number)
    guard numbers.count == 4, numbers.allSatisfy({ $0 <= 255 }), ![0, 127, 255].contains(numbers[0]) else {
      return nil
    }
    return Address(kind: .ipv4, range: range)
  }

  /// An IPv4 address of a network that nobody else sees.
  func isPrivate(_ line: ArraySlice<UInt8>) -> Bool {
    let parts = line[range].split(separator: UInt8(ascii: ".")).compactMap {
      Int(String(decoding: $0, as: UTF8.self))
    }
    guard parts.count == 4 else { return false }
    return parts[0] == 10 || parts[0] == 192 && parts[1] == 168 || parts[0] == 172 && 16...31 ~= parts[1]
  }

  /// Six or eight bytes, `52:54:00:12:34:56` or with dashes.
  static func mac(_ line: ArraySlice<UInt8>, _ start: Int) -> Address? {
    guard start + 17 <= line.endIndex else { return nil }
    let separator = line[start + 2]
    guard separator == UInt8(ascii: ":") || separator == UInt8(ascii: "-") else { return nil }
    var at = start
    var bytes = 0
    while at + 2 <= line.endIndex, line[at].isHex, line[at + 1].isHex {
      bytes += 1
      at += 2
      guard at < line.endIndex, line[at] == separator, at + 1 < line.endIndex, line[at + 1].isHex else {
        break
      }
      at += 1
    }
    guard bytes == 6 || bytes == 8, at == line.endIndex || !line[at].isWord else { return nil }
    return Address(kind: .mac, range: start..<at)
  }

  /// 8-4-4-4-12, or 32 digits in one.
  static func uuid(_ line: ArraySlice<UInt8>, _ start: Int) -> Address? {
    var at = start
    var groups: [Int] = [0]
    while at < line.endIndex {
      if line[at].isHex {
        groups[groups.count - 1] += 1
      } else if line[at] == UInt8(ascii: "-"), groups.count < 5, groups[groups.count - 1] > 0 {
        groups.append(0)
      } else {
        break
      }
      at += 1
    }
    guard groups == [8, 4, 4, 4, 12] || groups == [32], at == line.endIndex || !line[at].isWord else {
      return nil
    }
    return Address(kind: .uuid, range: start..<at)
  }
}
