import Foundation

/// What a dialect leaves of the log.
enum Keeps: Sendable {
  /// Everything.
  case all
  /// Lines are broken, some beyond repair: less may be decided, nothing may be decided otherwise.
  case pieces
  /// No times, but the kernel's order.
  case order
  /// Neither: what rests on the order of two threads is at most likely.
  case nothing
}

/// A way to write a kernel log, after the samples in docs/formats/kernel-log.md#printk and what follows there.
struct Dialect: Sendable, CustomStringConvertible {
  var name: String
  var keeps: Keeps
  /// The log says that its times are coarse or not the kernel's.
  var isCoarse: Bool
  var render: @Sendable (PlainLog) -> [UInt8]
  var description: String { name }

  /// A dialect of lines.
  init(
    _ name: String, _ keeps: Keeps = .all, coarse: Bool = false,
    line: @escaping @Sendable (PlainLine) -> String
  ) {
    self.init(name, keeps, coarse: coarse, text: { $0.text(line) })
  }

  /// A dialect of whole texts.
  init(
    _ name: String, _ keeps: Keeps = .all, coarse: Bool = false,
    text: @escaping @Sendable (PlainLog) -> String
  ) {
    self.init(name, keeps, coarse: coarse, bytes: { Array(text($0).utf8) })
  }

  init(
    _ name: String, _ keeps: Keeps = .all, coarse: Bool = false,
    bytes: @escaping @Sendable (PlainLog) -> [UInt8]
  ) {
    self.name = name
    self.keeps = keeps
    isCoarse = coarse
    render = bytes
  }

  static let all =
    kernel + dmesg + vendors + journal + wrappers + damage + stacked + daemons + android + collectors + tools
    + stores
}

/// A string as JSON writes it.
func json(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\r": result += "\\r"
    case "\u{1b}": result += "\\u001b"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
