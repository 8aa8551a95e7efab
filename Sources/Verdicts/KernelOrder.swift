/// Where a kernel's name stands among others: by version, candidates before their release, then what a distribution or a vendor counts.
///
///     6.12.0-rc3-next-20250101 < 6.12.0 < 6.12.7 < linux-6.13-rc1 < 6.17.13+deb14-arm64 < 6.18-rc1
package struct KernelOrder: Sendable, Comparable {
  /// Version numbers, three at least, without zeros at their end beyond that: 6.12 is 6.12.0.
  private let version: [Int]
  /// The N of `-rcN`; nil: it is no candidate, and comes after all of them.
  private let candidate: Int?
  /// What stands before the version and what follows it, numbers as numbers.
  private let rest: [Part]
  private let name: String

  /// In their order: a name that goes on comes after the one that ends there, but for a candidate.
  private enum Part: Comparable {
    case candidate(Int)
    case end
    case text(String)
    case number(Int)
  }

  /// Any name: those without a version come last, by their parts.
  package init(_ name: String) {
    self.name = name
    let (word, bytes) = KernelName.divided(name)
    let numbers = bytes.prefix { $0 &- 48 < 10 || $0 == UInt8(ascii: ".") }
    var version = numbers.split(separator: UInt8(ascii: ".")).map { Self.number($0) }
    var parts = Self.parts(word) + Self.parts(bytes.dropFirst(numbers.count))
    if version.isEmpty {
      // Of whose release it is a candidate the parts before it tell.
      (version, candidate) = ([.max], nil)
    } else {
      while version.count > 3, version.last == 0 { version.removeLast() }
      while version.count < 3 { version.append(0) }
      // Fedora's candidates are `6.12.0-0.rc3.30.fc42`: it may stand behind other parts.
      candidate = parts.lazy.compactMap { if case .candidate(let value) = $0 { value } else { nil } }.first
      if let candidate, let at = parts.firstIndex(of: .candidate(candidate)) { parts.remove(at: at) }
    }
    self.version = version
    rest = parts + [.end]
  }

  /// Runs of digits and runs of what is neither a digit nor punctuation; `rc` and its number are one. What git says of a tree (`-g0123abc`,
  /// `-dirty`) has no place in an order.
  private static func parts(_ text: Substring.UTF8View) -> [Part] {
    var parts: [Part] = []
    var bytes = text
    var before: UInt8?
    while let first = bytes.first {
      if !(before.map(KernelName.isAlphanumeric) ?? false), let count = gitWord(bytes) {
        bytes = bytes.dropFirst(count)
        before = UInt8(ascii: "g")
        continue
      }
      before = first
      let isDigit = first &- 48 < 10
      let run = bytes.prefix { isDigit ? $0 &- 48 < 10 : isLetter($0) }
      if run.isEmpty {
        bytes = bytes.dropFirst()
      } else {
        bytes = bytes.dropFirst(run.count)
        before = text[text.index(before: bytes.startIndex)]
        if isDigit, parts.last == .text("rc") || parts.last == .text("RC") {
          parts[parts.count - 1] = .candidate(number(run))
        } else {
          parts.append(isDigit ? .number(number(run)) : .text(String(Substring(run))))
        }
      }
    }
    return parts
  }

  /// The length of a word of git's at the beginning.
  private static func gitWord(_ text: Substring.UTF8View) -> Int? {
    let word = text.prefix { KernelName.isAlphanumeric($0) }
    if word.elementsEqual("dirty".utf8) { return word.count }
    let isHash = word.first == UInt8(ascii: "g") && (8...41).contains(word.count)
    return isHash && word.dropFirst().allSatisfy { $0 &- 48 < 10 || (97...102).contains($0) }
      ? word.count : nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80
  }

  /// Too many digits are the largest number.
  private static func number(_ digits: Substring.UTF8View) -> Int { Int(Substring(digits)) ?? .max }

  /// `6.12-1` and `6.12.0-1` stand side by side, and always in the same order.
  package static func < (a: KernelOrder, b: KernelOrder) -> Bool {
    a.precedes(b) || !b.precedes(a) && a.name < b.name
  }

  /// The same where nothing but the name tells two apart, or what git says of their trees: neither precedes the other.
  package func precedes(_ b: KernelOrder) -> Bool {
    let a = self
    if a.version != b.version { return a.version.lexicographicallyPrecedes(b.version) }
    if a.candidate != b.candidate {
      // A release comes after all of its candidates, whatever their number.
      return (a.candidate == nil ? 1 : 0, a.candidate ?? 0) < (b.candidate == nil ? 1 : 0, b.candidate ?? 0)
    }
    return a.rest.lexicographicallyPrecedes(b.rest)
  }
}

/// A kernel as labels and logs call it.
enum KernelName {
  /// What stands before the version, and the version with what follows it: `6.13-rc1` of `mainline-v6.13-rc1`. A name begins with its version, or
  /// has it behind a word: two numbers at least then, for words have numbers of their own (`next-20250101`, `android14-6.1.90`). Without one all
  /// is before it.
  static func divided(_ name: String) -> (word: Substring.UTF8View, version: Substring.UTF8View) {
    let bytes = name[...].utf8
    var before: UInt8?
    var at = bytes.startIndex
    while at < bytes.endIndex {
      // `v6.12`, as tags are called.
      let isTag = bytes[at] == UInt8(ascii: "v")
      let start = isTag ? bytes.index(after: at) : at
      let run = bytes[start...].prefix { $0 &- 48 < 10 || $0 == UInt8(ascii: ".") }
      let count = run.first.map { $0 &- 48 < 10 } == true ? run.split(separator: UInt8(ascii: ".")).count : 0
      if count > 1 || count > 0 && at == bytes.startIndex, before.map(isAlphanumeric) != true {
        return (bytes[..<at], bytes[start...])
      }
      let next = run.isEmpty || isTag ? bytes.index(after: at) : run.endIndex
      before = bytes[bytes.index(before: next)]
      at = next
    }
    return (bytes, bytes[bytes.endIndex...])
  }

  /// From the version on; all of a name without one.
  static func release(_ name: String) -> String {
    let version = divided(name).version
    return version.isEmpty ? name : String(Substring(version))
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte &- 48 < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80
  }
}

extension Collection where Element == String {
  /// Kernels in their order. `CountedFor.unknown` stands in none, and is left out: from such boots no rate rises, and no kernel is the last.
  package func inKernelOrder() -> [String] {
    filter { $0 != CountedFor.unknown }.map { (key: KernelOrder($0), name: $0) }
      .sorted { $0.key < $1.key }.map(\.name)
  }

  /// The same, and behind them what stands in no order: for tables, which leave nothing out.
  package func allKernels() -> [String] {
    inKernelOrder() + (contains(CountedFor.unknown) ? [CountedFor.unknown] : [])
  }

  /// The first and the last: `6.17.13 to 7.3.4 and unknown`.
  package var kernelSpan: String {
    let known = inKernelOrder()
    var names = known.first.map { [$0] } ?? []
    if let last = known.last, last != known.first { names = ["\(names[0]) to \(last)"] }
    return (names + (contains(CountedFor.unknown) ? [CountedFor.unknown] : [])).joined(separator: " and ")
  }
}
