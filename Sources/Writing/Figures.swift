import Statistics

/// Rates in words and in JSON.
package enum Figures {
  /// `{"n": 15, "of": 166}`.
  package static func json(_ rate: Rate) -> JSONValue {
    .object([("n", .int(Int64(rate.n))), ("of", .int(Int64(rate.of)))])
  }

  /// The same with its rate and interval, both from 0 to 1; the rate of nothing is null.
  package static func fields(_ rate: Rate) -> [(String, JSONValue)] {
    [
      ("n", .int(Int64(rate.n))), ("of", .int(Int64(rate.of))),
      ("rate", rate.value.map { .number($0) } ?? .null),
      ("interval", .array([.number(rate.interval.lowerBound), .number(rate.interval.upperBound)])),
    ]
  }

  /// `9.0 % (15 of 166, 5.5–14.4 %)`.
  package static func text(_ rate: Rate, _ style: Style) -> String {
    guard let value = rate.value else { return "no boot that counts" }
    let (low, high) = (rate.interval.lowerBound, rate.interval.upperBound)
    let dash = style.ascii ? "-" : "–"
    return "\(percent(value)) % (\(rate.n) of \(rate.of), \(percent(low))\(dash)\(percent(high)) %)"
  }

  /// With one decimal below 10.
  package static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return tenths < 100 || tenths % 10 != 0 && tenths < 1000
      ? "\(tenths / 10).\(tenths % 10)" : "\(tenths / 10)"
  }

  /// A probability with as many digits as it has to say: `0.012`, `3e-12`.
  package static func probability(_ p: Double) -> String {
    if p >= 0.001 {
      let thousandths = Int((p * 1000).rounded())
      return thousandths >= 1000 ? "1" : "0." + String(String(thousandths + 1000).dropFirst())
    }
    guard p > 0 else { return "0" }
    var (digits, power) = (p, 0)
    while digits < 1, power < 400 {
      digits *= 10
      power += 1
    }
    return "\(Int(digits.rounded()))e-\(power)"
  }
}
