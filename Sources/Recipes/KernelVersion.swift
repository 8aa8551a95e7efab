/// A kernel's version: `6.17`, `6.17.13+deb13-arm64`, `6.1.75-android14-11`, `7.1.0-rc2`.
package struct KernelVersion: Sendable, Equatable {
  var text: String
  /// 6 of `6.17.13`.
  package var major: Int
  /// 17 of `6.17.13`.
  package var minor: Int
  /// 0 where none is named.
  package var patch: Int
  /// The N of `-rcN`.
  package var candidate: Int?

  /// Nil if it does not begin with two numbers and a dot between.
  package init?(_ text: String) {
    // Of bytes: every log has a version, and characters take their time.
    let numbers = text.utf8.prefix { $0 &- 48 < 10 || $0 == UInt8(ascii: ".") }
    let parts = numbers.split(separator: UInt8(ascii: ".")).compactMap { Int(Substring($0)) }
    guard parts.count >= 2, parts.allSatisfy({ $0 < 1000 }) else { return nil }
    self.text = text
    (major, minor, patch) = (parts[0], parts[1], parts.count > 2 ? parts[2] : 0)
    candidate = Self.candidate(text.utf8)
  }

  private static func candidate(_ text: String.UTF8View) -> Int? {
    guard let start = text.indices.first(where: { text[$0...].starts(with: "-rc".utf8) }) else { return nil }
    return Int(Substring(text[start...].dropFirst(3).prefix { $0 &- 48 < 10 }))
  }

  /// PREEMPT_RT, by its name.
  package var isRealTime: Bool { text.contains(/-rt(?:\d|-|$)/) }

  /// It is older than `major.minor`.
  package func isBefore(_ major: Int, _ minor: Int) -> Bool { (self.major, self.minor) < (major, minor) }
}
