/// Why a trace.dat could not be opened at all. Everything less is a `Loss`.
public struct TraceDatError: Error, Sendable, CustomStringConvertible {
  /// One sentence, with what to do.
  public let description: String

  public init(_ description: String) { self.description = description }
}
