import FoundationEssentials
import History

/// The time in UTC: a CI farm has no other clock in common. Not by Foundation's calendar: that asks ICU, whose tables are left out of the
/// executable (Makefile).
enum UTC {
  private static var second: Int { Int(Date.now.timeIntervalSince1970.rounded(.down)) }

  static var today: Day { Day(number: second / 86400) }

  /// `2026-11-28T12:00:00Z`.
  static var now: String {
    let second = second
    let pad = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    let time = [second / 3600 % 24, second / 60 % 60, second % 60].map(pad).joined(separator: ":")
    return "\(Day(number: second / 86400).text)T\(time)Z"
  }
}
