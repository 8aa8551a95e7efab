/// How a terminal report may look: its width, whether it may use colour, whether only ASCII.
public struct Style: Sendable {
  public var width: Int
  public var color: Bool
  public var ascii: Bool

  public init(width: Int = 80, color: Bool = false, ascii: Bool = false) {
    self.width = max(40, width)
    self.color = color
    self.ascii = ascii
  }

  public enum Paint: String {
    case bold = "1"
    case dim = "2"
    case red = "1;31"
    case green = "1;32"
    case yellow = "1;33"
    case blue = "34"
  }

  public func paint(_ text: String, _ paint: Paint) -> String {
    color ? "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m" : text
  }

  public var bar: String { ascii ? "|" : "│" }
  public var bullet: String { ascii ? "-" : "·" }
  /// Beside what happened while a device had a driver and no group.
  public var window: String { ascii ? "!" : "┃" }
}
