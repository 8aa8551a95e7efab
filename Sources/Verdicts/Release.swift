/// What every output says it was made by.
package enum Release {
  /// The program's version, as in CHANGELOG.md.
  package static let version = "0.1.0"
  /// Grows whenever a rule may judge an input otherwise than before: rows of two revisions are not to be compared.
  package static let rules = 3
  /// For people: `proberace 0.1.0, rules 3`.
  package static let title = "proberace \(version), rules \(rules)"
}
