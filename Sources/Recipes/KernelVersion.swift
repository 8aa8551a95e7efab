/// A kernel's version: `6.17`, `6.17.13+deb13-arm64`, `6.1.75-android14-11`, `7.1.0-rc2`.
package struct KernelVersion: Sendable, Equatable {
  package var text: String
  package var major: Int
  package var minor: Int
  /// 0 where none is named.
  package var patch: Int
  /// The N of `-rcN`.
  package var candidate: Int?

  package init?(_ text: String) {
    let parts = text.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    guard parts.count >= 2, parts.allSatisfy({ $0 < 1000 }) else { return nil }
    self.text = text
    (major, minor, patch) = (parts[0], parts[1], parts.count > 2 ? parts[2] : 0)
    candidate = text.firstRange(of: "-rc").flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
  }

  /// PREEMPT_RT, by its name.
  package var isRealTime: Bool { text.contains(/-rt(?:\d|-|$)/) }

  func isBefore(_ major: Int, _ minor: Int) -> Bool { (self.major, self.minor) < (major, minor) }
}
