/// The version that a user names: `6.17`, `6.17.13+deb13-arm64`, `6.1.75-android14-11`.
public struct KernelVersion: Sendable, Equatable {
  public var text: String
  public var major: Int
  public var minor: Int

  public init?(_ text: String) {
    let parts = text.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    guard parts.count >= 2, parts.allSatisfy({ $0 < 1000 }) else { return nil }
    self.text = text
    (major, minor) = (parts[0], parts[1])
  }

  func isBefore(_ major: Int, _ minor: Int) -> Bool { (self.major, self.minor) < (major, minor) }
}
