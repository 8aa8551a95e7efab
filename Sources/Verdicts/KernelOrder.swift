/// Where a kernel's name stands among others: by version, candidates before their release, then what a distribution or a vendor counts.
///
///     6.12.0-rc3-next-20250101 < 6.12.0 < 6.12.7 < 6.17.13+deb14-arm64 < 6.18-rc1
package struct KernelOrder: Sendable, Comparable {
  /// Version numbers, three at least, without zeros at their end beyond that: 6.12 is 6.12.0.
  private let version: [Int]
  /// The N of `-rcN`; nil: it is no candidate, and comes after all of them.
  private let candidate: Int?
  /// What follows, numbers as numbers.
  private let rest: [Part]
  private let name: String

  private enum Part: Comparable {
    case text(String)
    case number(Int)
  }

  /// Any name: those that do not begin with a number come last, by their parts.
  package init(_ name: String) {
    self.name = name
    var bytes = name.utf8[...]
    // `v6.12`, as tags are called.
    if let first = bytes.first, first == UInt8(ascii: "v"),
      bytes.dropFirst().first.map({ $0 &- 48 < 10 }) == true
    {
      bytes = bytes.dropFirst()
    }
    let numbers = bytes.prefix { $0 &- 48 < 10 || $0 == UInt8(ascii: ".") }
    var version = numbers.split(separator: UInt8(ascii: ".")).map { Self.number($0) }
    if version.isEmpty {
      version = [.max]
    } else {
      while version.count > 3, version.last == 0 { version.removeLast() }
      while version.count < 3 { version.append(0) }
    }
    var parts = Self.parts(bytes.dropFirst(numbers.count))
    // Fedora's candidates are `6.12.0-0.rc3.30.fc42`: it may stand behind other parts.
    if let at = parts.firstIndex(of: .text("rc")), at + 1 < parts.count,
      case .number(let value) = parts[at + 1]
    {
      candidate = value
      parts.removeSubrange(at...at + 1)
    } else {
      candidate = nil
    }
    self.version = version
    rest = parts
  }

  /// Runs of digits and runs of what is neither a digit nor punctuation.
  private static func parts(_ text: Substring.UTF8View) -> [Part] {
    var parts: [Part] = []
    var bytes = text
    while let first = bytes.first {
      let isDigit = first &- 48 < 10
      let run = bytes.prefix { isDigit ? $0 &- 48 < 10 : isLetter($0) }
      if run.isEmpty {
        bytes = bytes.dropFirst()
      } else {
        parts.append(isDigit ? .number(number(run)) : .text(String(Substring(run))))
        bytes = bytes.dropFirst(run.count)
      }
    }
    return parts
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80
  }

  /// Too many digits are the largest number.
  private static func number(_ digits: Substring.UTF8View) -> Int { Int(Substring(digits)) ?? .max }

  package static func < (a: KernelOrder, b: KernelOrder) -> Bool {
    if a.version != b.version { return a.version.lexicographicallyPrecedes(b.version) }
    if a.candidate != b.candidate {
      // A release comes after all of its candidates, whatever their number.
      return (a.candidate == nil ? 1 : 0, a.candidate ?? 0) < (b.candidate == nil ? 1 : 0, b.candidate ?? 0)
    }
    if a.rest != b.rest { return a.rest.lexicographicallyPrecedes(b.rest) }
    // `6.12-1` and `6.12.0-1` stand side by side, and always in the same order.
    return a.name < b.name
  }
}

extension Sequence where Element == String {
  /// Kernels in their order.
  package func inKernelOrder() -> [String] {
    map { (key: KernelOrder($0), name: $0) }.sorted { $0.key < $1.key }.map(\.name)
  }
}
