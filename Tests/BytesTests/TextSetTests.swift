import Bytes
import Testing

struct TextSetTests {
  private static let texts: [(text: StaticString, mark: Int)] = [
    ("needle", 1), ("pin ", 0), ("WARNING: ", 5), ("edle", 0), ("axes", 0), ("bees", 0), ("cows", 0),
    ("dogs", 0),
    ("elks", 0),
  ]
  private static let set = TextSet(texts)

  /// Every place where a text stands, by the number of the text.
  private func found(_ bytes: [UInt8]) -> Set<[Int]> {
    var places: Set<[Int]> = []
    Self.set.each(in: bytes.span) { number, place in places.insert([number, place]).inserted }
    return places
  }

  private func expected(_ bytes: [UInt8]) -> Set<[Int]> {
    var places: Set<[Int]> = []
    for (number, text) in Self.texts.enumerated() {
      let wanted = Array("\(text.text)".utf8)
      guard bytes.count >= wanted.count else { continue }
      for place in 0...bytes.count - wanted.count where Array(bytes[place..<place + wanted.count]) == wanted {
        places.insert([number, place])
      }
    }
    return places
  }

  /// At each place of blocks that are looked through 32 at a time, at the very end, and cut there.
  @Test func aTextIsFoundWhereverItStands() {
    for (text, _) in Self.texts {
      for before in 0..<70 {
        for after in [0, 1, 2, 3, 31, 40] {
          let bytes = Array(
            (String(repeating: ".", count: before) + "\(text)" + String(repeating: "W", count: after)).utf8)
          #expect(found(bytes) == expected(bytes))
          #expect(found(Array(bytes.dropLast(after + 1))) == expected(Array(bytes.dropLast(after + 1))))
        }
      }
    }
  }

  /// Texts of few letters: nearly every place is a candidate.
  @Test func nothingElseIsFound() {
    var state: UInt64 = 5
    let letters = Array("needlpiWARNG: axbcowg".utf8)
    for length in 0..<400 {
      let bytes = (0..<length).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return letters[Int(state >> 33) % letters.count]
      }
      #expect(found(bytes) == expected(bytes))
    }
  }

  @Test func theSearchStopsWhenItIsTold() {
    var count = 0
    Self.set.each(in: Array("axes axes axes".utf8).span) { _, _ in
      count += 1
      return count < 2
    }
    #expect(count == 2)
  }
}
