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
    let parts = text.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    guard parts.count >= 2, parts.allSatisfy({ $0 < 1000 }) else { return nil }
    self.text = text
    (major, minor, patch) = (parts[0], parts[1], parts.count > 2 ? parts[2] : 0)
    candidate = text.firstRange(of: "-rc").flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
  }

  func isBefore(_ major: Int, _ minor: Int) -> Bool { (self.major, self.minor) < (major, minor) }
}
