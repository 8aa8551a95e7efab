// Two readings of one input are compared by what they tell.
import Bytes
import Records

/// What a reader told: a sum, and if asked for the words of it, to say where two readings part.
struct Told {
  private(set) var sum: UInt64 = 0
  private var words: [String]?

  var isInWords: Bool { words != nil }

  init(inWords: Bool) { words = inWords ? [] : nil }

  mutating func add(_ number: Int) {
    sum = (sum &* 31 &+ UInt64(bitPattern: Int64(number))) &* 0x9e37_79b9_7f4a_7c15
  }
  mutating func add(_ number: Int64?) { add(number.map { Int(truncatingIfNeeded: $0) } ?? -77) }
  mutating func add(_ number: Int32) { add(Int(number)) }
  mutating func add(_ is: Bool) { add(`is` ? 1 : 2) }
  mutating func add(_ text: Span<UInt8>) {
    add(text.count)
    add(Int(truncatingIfNeeded: text.hash(0..<text.count)))
  }
  mutating func add(_ text: String) { for byte in text.utf8 { add(Int(byte)) } }
  mutating func add(_ range: Range<Int>) {
    add(range.lowerBound)
    add(range.upperBound)
  }
  mutating func add(_ place: Place?) {
    add(place?.line ?? -1)
    add(place?.offset)
  }
  mutating func add(_ losses: [Loss]) {
    var losses = losses
    // Readers fold when there are many; how many there were at once is not told.
    losses.fold()
    for loss in losses {
      add(loss.kind.rawValue)
      add(loss.count)
      add(loss.detail)
      add(loss.place)
      say("\(loss)")
    }
  }

  /// What was added since the last time, in words.
  mutating func say(_ words: @autoclosure () -> String) {
    if self.words != nil { self.words?.append("\(words()) #\(sum)") }
  }

  /// Reads twice, in two ways; nil if both tell the same.
  static func compare(_ what: String, _ one: (inout Told) -> Void, _ other: (inout Told) -> Void) -> String? {
    var first = Told(inWords: false)
    var second = first
    one(&first)
    other(&second)
    guard first.sum != second.sum else { return nil }
    // Once more, in words. What hangs on the order of a hash table may need some tries.
    for _ in 0..<100 {
      first = Told(inWords: true)
      second = first
      one(&first)
      other(&second)
      if first.sum != second.sum { break }
    }
    let (a, b) = (first.words ?? [], second.words ?? [])
    let at = zip(a, b).prefix { $0 == $1 }.count
    return """
      \(what) differ at \(at):
        \(at < a.count ? a[at] : "the end") (sum \(first.sum))
        \(at < b.count ? b[at] : "the end") (sum \(second.sum))
      """
  }
}
