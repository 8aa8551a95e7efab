/// What a document is made of by now, from the inside out: each layer goes around some of these and makes one of them.
enum Shape: Int, Comparable, Sendable {
  /// Lines of the kernel's own.
  case kernelLines
  /// Lines of it with something left of them, or each wrapped.
  case lines
  /// A text in which such lines are a part.
  case text
  /// A page or a mail: its lines are not the kernel's any more.
  case form
  /// No text.
  case bytes

  static func < (a: Shape, b: Shape) -> Bool { a.rawValue < b.rawValue }
}
