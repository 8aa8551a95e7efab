import Foundation
import TestSupport

/// One line of a plain log, taken apart so that a dialect can write it its own way.
struct PlainLine {
  /// Microseconds since boot.
  var micros: Int64
  /// Microseconds since the line before.
  var delta: Int64
  var message: String

  /// `    2.360729`, as printk pads it.
  var stamp: String { Self.seconds(micros, width: 12) }

  static func seconds(_ micros: Int64, width: Int) -> String {
    let text = "\(micros / 1_000_000)." + String(micros % 1_000_000 + 1_000_000).dropFirst()
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// The wall clock of a machine that booted at 12:10:58 on the first of April.
  func clock(_ fraction: Int = 6) -> String {
    let second = Int(micros / 1_000_000) + 58 + 10 * 60 + 12 * 3600
    let text = [second / 3600, second / 60 % 60, second % 60].map { String($0 + 100).dropFirst() }
    let digits = String(micros % 1_000_000 + 1_000_000).dropFirst()
    return text.joined(separator: ":") + (fraction == 0 ? "" : ".\(digits.prefix(fraction))")
  }
}

/// A sample's kernel log.
struct PlainLog {
  var name: String
  var path: String
  var lines: [PlainLine] = []

  init(_ name: String) throws {
    self.name = name
    path = Here.sample("\(name)/dmesg.txt")
    var last: Int64 = 0
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      guard line.first == "[", let close = line.firstIndex(of: "]") else { continue }
      let stamp = line[line.index(after: line.startIndex)..<close].filter { $0 != " " && $0 != "." }
      let micros = Int64(stamp) ?? 0
      lines.append(
        PlainLine(micros: micros, delta: max(0, micros - last), message: String(line[close...].dropFirst(2))))
      last = micros
    }
  }

  /// The lines as `write` writes them.
  func text(_ write: (PlainLine) -> String) -> String {
    var text = ""
    for line in lines { text += write(line) + "\n" }
    return text
  }

  /// Both WARNING grammars: the header before 6.19, and the one after it.
  static let samples = ["natural-6.17.13-4", "t6-harm-rng-7.3.4"]
}
