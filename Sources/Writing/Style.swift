/// How a terminal report may look: its width, whether it may use colour, whether only ASCII.
package struct Style: Sendable {
  /// Columns; 40 at least.
  package var width: Int
  var color: Bool
  /// Draw with ASCII alone, where UTF-8 may not be shown.
  package var ascii: Bool

  package init(width: Int = 80, color: Bool = false, ascii: Bool = false) {
    self.width = max(40, width)
    self.color = color
    self.ascii = ascii
  }

  /// The raw value is what stands between `ESC [` and `m` (ECMA-48, SGR).
  package enum Paint: String {
    case bold = "1"
    case dim = "2"
    case red = "1;31"
    case green = "1;32"
    case yellow = "1;33"
    case blue = "34"
  }

  /// `text` as it is where no colour is wanted; it must be safe already.
  package func paint(_ text: String, _ paint: Paint) -> String {
    color ? "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m" : text
  }

  /// Between columns of a picture.
  package var bar: String { ascii ? "|" : "│" }
  /// Before an item of a list.
  package var bullet: String { ascii ? "-" : "·" }
  /// Beside what happened while a device had a driver and no group.
  package var window: String { ascii ? "!" : "┃" }
}
