/// A day of the calendar, in UTC.
package struct Day: Sendable, Hashable, Comparable {
  /// Days since 1970-01-01.
  package var number: Int

  /// Days since 1970-01-01.
  package init(number: Int) { self.number = number }

  /// `2026-11-28` or `20261128`; nil if it is no such day.
  package init?(_ text: String) {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    guard digits.count == 8, digits.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
    guard text.utf8.count == 8 || text.utf8.count == 10 && text.hasDashes else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    let (year, month, day) = (value / 10000, value / 100 % 100, value % 100)
    guard (1...12).contains(month), (1...31).contains(day) else { return nil }
    // Howard Hinnant's days_from_civil: years that begin in March end with the leap day.
    let shifted = month > 2 ? year : year - 1
    let (era, ofEra) = (shifted / 400, shifted % 400)
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    number = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    // The 31st of a month with 30 days is another day.
    guard
      self.text.utf8.elementsEqual(text.utf8) || self.text.utf8.filter({ $0 != UInt8(ascii: "-") }) == digits
    else { return nil }
  }

  /// `2026-11-28`.
  package var text: String {
    let shifted = number + 719_468
    let era = shifted / 146_097
    let ofEra = shifted - era * 146_097
    let year = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let month = (5 * ofYear + 2) / 153
    let day = ofYear - (153 * month + 2) / 5 + 1
    let civil = month < 10 ? month + 3 : month - 9
    let pad = { (value: Int, width: Int) in
      String(repeating: "0", count: max(0, width - String(value).count)) + String(value)
    }
    return "\(pad(year + era * 400 + (civil <= 2 ? 1 : 0), 4))-\(pad(civil, 2))-\(pad(day, 2))"
  }

  package static func < (a: Day, b: Day) -> Bool { a.number < b.number }
}

extension String {
  fileprivate var hasDashes: Bool {
    let bytes = Array(utf8)
    return bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-")
  }
}
