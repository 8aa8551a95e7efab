import Bytes
import Glibc
import TestSupport
import Testing

struct SpanSearchTests {
  @Test func findsAByteInItsBounds() {
    withBytes("abcabc") { text in
      let found = [text.index(of: 98), text.index(of: 98, from: 2), text.index(of: 98, from: 5)]
      #expect(found == [1, 4, nil])
      let bounded = [
        text.index(of: 99, from: 0, to: 2), text.index(of: 99, from: 0, to: 3), text.index(of: 99, to: 99),
      ]
      #expect(bounded == [nil, 2, 2])
      let odd = [
        text.index(of: 97, from: -1), text.index(of: 97, from: 6), text.index(of: 97, from: 4, to: 2),
      ]
      #expect(odd == [nil, nil, nil])
    }
  }

  @Test func findsTextInItsBounds() {
    withBytes("really_probe <- really_probe") { text in
      let found = [
        text.index(of: "really_probe"), text.index(of: "really_probe", from: 1),
        text.index(of: "really_probe", from: 1, to: 27), text.index(of: "probex"),
      ]
      #expect(found == [0, 16, nil, nil])
    }
    withBytes("") { text in
      let found = text.index(of: "a")
      #expect(found == nil)
    }
  }

  /// At each place of lines of every length around the search's blocks of 16; letters of the text all around it.
  @Test func findsATextWhereverItStands() {
    let texts: [StaticString] = ["a", "ab", "aba", "late IOMMU", "aaaaaaaaaaaaaaaaab"]
    for text in texts {
      let wanted = Array("\(text)".utf8)
      for length in wanted.count..<70 {
        for place in 0...length - wanted.count {
          for filler in [UInt8(ascii: "."), wanted[0]] {
            var bytes = [UInt8](repeating: filler, count: length)
            bytes.replaceSubrange(place..<place + wanted.count, with: wanted)
            let first = (0...place).first { bytes[$0...].starts(with: wanted) }
            #expect(bytes.span.index(of: text) == first, "\(text) at \(place) of \(length)")
            let cut = bytes.span.index(of: text, to: (first ?? 0) + wanted.count - 1)
            #expect(cut == nil, "\(text) at \(place) of \(length), cut")
          }
        }
      }
    }
  }

  /// Texts of every length around the blocks of 64, with the byte at one place, at two and everywhere.
  @Test func givesEachPlaceOfAByte() {
    for length in 0..<200 {
      for step in [1, 2, 7, 63, 64, 65, 190] {
        let bytes = (0..<length).map { UInt8(ascii: $0 % step == step / 2 ? "\n" : "x") }
        var places = BytePlaces(of: 10)
        var found: [Int] = []
        while let place = places.next(in: bytes.span) { found.append(place) }
        let expected = bytes.indices.filter { bytes[$0] == 10 }
        #expect(found == expected, "every \(step) of \(length)")
        for end in [0, length / 2, length, length + 9] {
          let count = bytes.span.count(of: 10, before: end)
          #expect(count == expected.count { $0 < end }, "every \(step) of \(length), before \(end)")
        }
      }
    }
  }

  /// Every byte there is, at every place around the blocks of 16, behind letters, digits and the two signs of a word.
  @Test func findsTheEndOfAWord() {
    let word = Array("aZ09_$mz".utf8)
    for length in 1..<40 {
      for place in 0..<length {
        for byte in UInt8.min...UInt8.max where length % 16 == 0 || byte % 32 < 3 {
          var bytes = (0..<length).map { word[$0 % word.count] }
          bytes[place] = byte
          let isWord =
            Character(Unicode.Scalar(byte)).isASCII && (isalnum(Int32(byte)) != 0 || byte == 95 || byte == 36)
          let ends = isWord ? length : place
          let found = bytes.span.wordEnd(from: 0, to: length)
          let cut = bytes.span.wordEnd(from: 0, to: length - 1)
          #expect(found == ends && cut == min(ends, length - 1), "byte \(byte) at \(place) of \(length)")
        }
      }
    }
    let backwards = word.span.wordEnd(from: 5, to: 3)
    #expect(backwards == 5)
  }

  @Test func comparesAtAPlace() {
    withBytes("CPU#3: init/126") { text in
      let yes = [
        text.has("CPU#", at: 0), text.has("init", at: 7), text.has("126", at: 12), text.has("", at: 15),
      ]
      #expect(yes == [true, true, true, true])
      let no = [
        text.has("init", at: 7, before: 10), text.has("1267", at: 12), text.has("x", at: 15),
        text.has("C", at: -1), text.has("C", at: 99),
      ]
      #expect(no == [false, false, false, false, false])
      let equal = [text.equals(7..<11, "init"), text.equals(7..<12, "init"), text.equals(7..<10, "init")]
      #expect(equal == [true, false, false])
      let ends = [
        text.ends(0..<11, with: "init"), text.ends(8..<11, with: "init"), text.ends(0..<12, with: "init"),
      ]
      #expect(ends == [true, false, false])
    }
  }

  @Test func skipsBlanksAndTrims() {
    withBytes(" \t a b\t\r") { text in
      let first = text.skipBlanks(from: 0, to: text.count)
      let core = text.trimmed(0..<text.count)
      let none = text.trimmed(0..<3)
      #expect(first == 3)
      #expect(core == 3..<6)
      #expect(none.isEmpty)
    }
  }

  @Test func replacesBytesThatAreNotUTF8() {
    let bytes: [UInt8] = [0x61, 0xff, 0x62]
    let text = bytes.span.string(0..<3)
    #expect(text == "a\u{fffd}b")
  }
}

struct SpanNumberTests {
  @Test(
    arguments: [
      ("0", 0), ("42", 42), ("-517", -517), ("999999999999999999", 999_999_999_999_999_999), ("007", 7),
      ("", nil), ("-", nil), ("9223372036854775807", Int64.max), ("9223372036854775808", nil),
      ("-9223372036854775808", nil), ("10000000000000000000", nil), ("12a", nil), ("+1", nil), (" 1", nil),
      ("--1", nil),
    ] as [(String, Int64?)])
  func decimal(_ text: String, _ expected: Int64?) {
    let value = withBytes(text) { $0.decimal(0..<$0.count) }
    #expect(value == expected)
  }

  @Test(
    arguments: [
      ("0x0", 0), ("0xffff00001234abcd", 0xffff_0000_1234_abcd), ("FFFFFFFFFFFFFFFF", UInt64.max),
      ("7bc27002", 0x7bc2_7002),
      ("", nil), ("0x", nil), ("0x1ffff00001234abcd", nil), ("0xg", nil), ("0X1", nil), ("-1", nil),
    ] as [(String, UInt64?)])
  func hexadecimal(_ text: String, _ expected: UInt64?) {
    let value = withBytes(text) { $0.hexadecimal(0..<$0.count) }
    #expect(value == expected)
  }

  /// Sixteen digits are read eight at a time: every byte at every place must be judged as a single digit is.
  @Test func sixteenDigits() {
    for place in 0..<16 {
      // `0x` in front is no digit, but allowed.
      for byte in UInt8.min...UInt8.max where place != 1 || byte != UInt8(ascii: "x") {
        var text = Array("0123456789abcdef".utf8)
        text[place] = byte
        let digit = [byte].span.hexadecimal(0..<1)
        let shift = UInt64(60 - 4 * place)
        let expected = digit.map { 0x0123_4567_89ab_cdef & ~(15 << shift) | $0 << shift }
        #expect(text.span.hexadecimal(0..<16) == expected, "\(byte) at \(place)")
      }
    }
  }

  @Test(
    arguments: [
      ("25.184963", 25_184_963_000), ("0.000000", 0), ("148.272", 148_272_000_000),
      ("109.308821171", 109_308_821_171),
      ("1795332424.013497", 1_795_332_424_013_497_000), ("2199999999.999999999", 2_199_999_999_999_999_999),
      ("", nil), ("25", nil), ("25.", nil), (".5", nil), ("2200000000.0", nil), ("1.0123456789", nil),
      ("-1.5", nil),
      ("1.-5", nil), ("1.5s", nil), ("99999999999999999999.5", nil),
    ] as [(String, Int64?)])
  func seconds(_ text: String, _ expected: Int64?) {
    let value = withBytes(text) { $0.seconds(0..<$0.count) }
    #expect(value == expected)
  }

  @Test func digitsEndWhereTheyEnd() {
    withBytes("12:3") { text in
      let ends = [
        text.digitsEnd(from: 0, to: 4), text.digitsEnd(from: 2, to: 4), text.digitsEnd(from: 3, to: 4),
      ]
      #expect(ends == [2, 2, 4])
    }
  }
}
