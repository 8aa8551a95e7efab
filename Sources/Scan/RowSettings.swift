import Bytes
import Inputs

/// What rows say of their boot beside what it holds, and which boots are wanted.
package struct RowSettings: Sendable {
  /// Logs are hashed: rows without an identity are cheaper, and enough where nobody writes them.
  package var hashes = false
  /// Where labels come from, beside a manifest.
  package var labels = LabelRule()
  /// Logs that are known already, by their hash: no rows for those.
  package var known = KnownHashes()
  /// One log is not read for longer; nil for as long as it takes.
  package var timeLimit: Duration?
  /// Draws findings for a page; nil where there is none.
  package var illustrator: Illustrator?

  /// No identity, no labels, no limit.
  package init() {}
}
