/// Shell globs: `*`, `?` and `[…]`.
package enum Glob {
  private enum Part {
    case some
    case one
    case literal(Unicode.Scalar)
    case of([ClosedRange<Unicode.Scalar>], isNot: Bool)

    func takes(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .some: false
      case .one: true
      case .literal(let own): own == scalar
      case .of(let ranges, let isNot): ranges.contains { $0.contains(scalar) } != isNot
      }
    }
  }

  /// Whether `pattern` fits the whole of `name`, by Unicode scalars; the time is bounded by the product of
  /// their lengths.
  package static func matches(_ pattern: String, _ name: String) -> Bool {
    let pattern = parts(Array(pattern.unicodeScalars))
    let name = Array(name.unicodeScalars)
    var at = 0
    var index = 0
    var star: (pattern: Int, name: Int)?
    while index < name.count {
      if at < pattern.count, case .some = pattern[at] {
        star = (at, index)
        at += 1
      } else if at < pattern.count, pattern[at].takes(name[index]) {
        at += 1
        index += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        at = last.pattern + 1
        index = last.name + 1
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { if case .some = $0 { true } else { false } }
  }

  private static func parts(_ pattern: [Unicode.Scalar]) -> [Part] {
    var parts: [Part] = []
    var at = 0
    // If one bracket does not end, none that follows does.
    var mayEnd = true
    while at < pattern.count {
      if mayEnd, pattern[at] == "[" {
        if let (part, end) = bracket(pattern, at + 1) {
          parts.append(part)
          at = end
          continue
        }
        mayEnd = false
      }
      switch pattern[at] {
      case "*": parts.append(.some)
      case "?": parts.append(.one)
      case let scalar: parts.append(.literal(scalar))
      }
      at += 1
    }
    return parts
  }

  /// `[a-f0]`, `[!a]`, `[^a]`, from behind the bracket; a `]` that comes first is one of them. Nil if it does not end:
  /// then the bracket stands for itself.
  private static func bracket(_ pattern: [Unicode.Scalar], _ start: Int) -> (Part, end: Int)? {
    var at = start
    let isNot = at < pattern.count && (pattern[at] == "!" || pattern[at] == "^")
    if isNot { at += 1 }
    let first = at
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while at < pattern.count {
      let low = pattern[at]
      if low == "]", at > first { return (.of(ranges, isNot: isNot), at + 1) }
      if at + 2 < pattern.count, pattern[at + 1] == "-", pattern[at + 2] != "]" {
        // Nothing is between z and a.
        if low <= pattern[at + 2] { ranges.append(low...pattern[at + 2]) }
        at += 3
      } else {
        ranges.append(low...low)
        at += 1
      }
    }
    return nil
  }
}
