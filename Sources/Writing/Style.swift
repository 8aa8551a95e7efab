/// How a terminal report may look: its width, whether it may use colour, whether only ASCII.
package struct Style: Sendable {
  package var width: Int
  package var color: Bool
  package var ascii: Bool

  package init(width: Int = 80, color: Bool = false, ascii: Bool = false) {
    self.width = max(40, width)
    self.color = color
    self.ascii = ascii
  }

  package enum Paint: String {
    case bold = "1"
    case dim = "2"
    case red = "1;31"
    case green = "1;32"
    case yellow = "1;33"
    case blue = "34"
  }

  package func paint(_ text: String, _ paint: Paint) -> String {
    color ? "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m" : text
  }

  package var bar: String { ascii ? "|" : "│" }
  package var bullet: String { ascii ? "-" : "·" }
  /// Beside what happened while a device had a driver and no group.
  package var window: String { ascii ? "!" : "┃" }
}
