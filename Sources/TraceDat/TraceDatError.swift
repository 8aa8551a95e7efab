/// Why a trace.dat could not be opened at all. Everything less is a `Loss`.
package struct TraceDatError: Error, Sendable, CustomStringConvertible {
  /// One sentence, with what to do.
  package let description: String

  init(_ description: String) { self.description = description }
}
