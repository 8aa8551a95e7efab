/// What SQLite keeps in a column. Numbers with a point are none of ours.
package enum Stored: Equatable, Sendable {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])
}

/// What can be put into a column, and read from one.
package protocol Storable {
  /// As SQLite keeps it.
  var stored: Stored { get }
  /// Of another kind: 0, nothing or nil.
  init(_ stored: Stored)
}

extension Int64: Storable {
  package var stored: Stored { .integer(self) }
  package init(_ stored: Stored) { if case .integer(let number) = stored { self = number } else { self = 0 } }
}

extension Int: Storable {
  package var stored: Stored { .integer(Int64(self)) }
  package init(_ stored: Stored) { self.init(Int64(stored)) }
}

extension Bool: Storable {
  package var stored: Stored { .integer(self ? 1 : 0) }
  package init(_ stored: Stored) { self = Int64(stored) != 0 }
}

extension String: Storable {
  package var stored: Stored { .text(self) }
  package init(_ stored: Stored) { if case .text(let text) = stored { self = text } else { self = "" } }
}

extension [UInt8]: Storable {
  package var stored: Stored { .bytes(self) }
  package init(_ stored: Stored) { if case .bytes(let bytes) = stored { self = bytes } else { self = [] } }
}

extension Optional: Storable where Wrapped: Storable {
  package var stored: Stored { self?.stored ?? .null }
  package init(_ stored: Stored) { self = stored == .null ? nil : Wrapped(stored) }
}
