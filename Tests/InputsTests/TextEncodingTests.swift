import Bytes
import Inputs
import Testing

struct TextEncodingTests {
  private static func utf16(_ text: String, _ order: ByteOrder, mark: Bool) -> [UInt8] {
    ((mark ? [0xfeff] : []) + Array(text.utf16)).flatMap { (unit: UInt16) -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xff))
      return order == .little ? [low, high] : [high, low]
    }
  }

  private static func utf32(_ text: String, _ order: ByteOrder, mark: Bool) -> [UInt8] {
    ((mark ? [0xfeff] : []) + text.unicodeScalars.map(\.value)).flatMap { (unit: UInt32) -> [UInt8] in
      let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: unit >> $0) }
      return order == .little ? bytes.reversed() : bytes
    }
  }

  private func sniff(_ bytes: [UInt8]) -> TextEncoding? { TextEncoding(bytes.span) }

  private func decode(_ bytes: [UInt8], _ encoding: TextEncoding) throws -> String {
    try decoded(bytes) { try all(UnicodeStream($0, encoding), step: $1) }
  }

  @Test(arguments: [ByteOrder.little, .big], [true, false])
  func textIsToldAndRead(_ order: ByteOrder, _ mark: Bool) throws {
    for sample in [plainLog, plainTrace, "[    0.000000] toy: a größer message with 🐧 and 日本\r\n"] {
      let narrow = Self.utf16(sample, order, mark: mark)
      #expect(sniff(narrow) == .utf16(order))
      #expect(sniff(Array(narrow.dropLast())) == .utf16(order))
      #expect(try decode(narrow, .utf16(order)) == sample)
      let wide = Self.utf32(sample, order, mark: mark)
      #expect(sniff(wide) == .utf32(order))
      #expect(try decode(wide, .utf32(order)) == sample)
    }
  }

  @Test func aMarkTellsAnyLanguage() {
    #expect(sniff(Self.utf16("日本語のログ", .little, mark: true)) == .utf16(.little))
    #expect(sniff([0xff, 0xfe]) == .utf16(.little))
    #expect(sniff([0xef, 0xbb, 0xbf]) == .markedUTF8)
  }

  @Test func markOfUTF8IsTakenOff() throws {
    #expect(try decode([0xef, 0xbb, 0xbf, 0x61, 0xef, 0xbb, 0xbf], .markedUTF8) == "a\u{feff}")
    #expect(try decode([0x61, 0x62], .markedUTF8) == "ab")
    #expect(try decode([0xef, 0xbb], .markedUTF8) == "\u{fffd}")
  }

  @Test(
    arguments: [
      ([0x3d, 0xd8, 0x41, 0], "\u{fffd}A"), ([0x41, 0, 0x27, 0xdc, 0x42, 0], "A\u{fffd}B"),
      ([0x3d, 0xd8, 0x3d, 0xd8, 0x27, 0xdc], "\u{fffd}🐧"), ([0x41, 0, 0x42], "A\u{fffd}"),
      ([0x41, 0, 0x3d, 0xd8], "A\u{fffd}"), ([0x3d, 0xd8, 0x27], "\u{fffd}\u{fffd}"), ([], ""),
    ] as [([UInt8], String)])
  func whatIsNoCharacterIsReplaced(_ bytes: [UInt8], _ expected: String) throws {
    #expect(try decode(bytes, .utf16(.little)) == expected)
  }

  @Test func numbersThatAreNoCharacterAreReplaced() throws {
    #expect(try decode([0, 0, 0x11, 0, 0x41, 0, 0, 0, 1], .utf32(.little)) == "\u{fffd}A\u{fffd}")
  }

  @Test func othersAreNotTaken() {
    let log = Array(plainLog.utf8)
    // As the lengths and times of a raw ring buffer's page.
    let page = (0..<512).flatMap { (at: Int) -> [UInt8] in
      [UInt8(at & 0x7f), 0, UInt8(at >> 4), 0, 0, 0, 32, 0]
    }
    var others: [[UInt8]] = [
      log, Array(plainTrace.utf8), [], [0], Array("A\0B\0".utf8), log + [UInt8](repeating: 0, count: 4096),
      [UInt8](repeating: 0, count: 4096), [UInt8](repeating: 0, count: 511) + log,
      [0x7f] + Array("ELF".utf8) + [2, 1, 1] + [UInt8](repeating: 0, count: 9) + [2, 0, 0x3e, 0, 1, 0, 0, 0],
      [0x17, 8, 0x44] + Array("tracing6".utf8) + [0, 0, 8] + [UInt8](repeating: 0, count: 64),
      [0xff, 0xfe] + noise(4096, zerosIn: 3), [0xff, 0xd8, 0xff, 0xe0] + noise(4096, zerosIn: 100),
      page,
    ]
    for step in [3, 4, 7] {
      others.append(log.enumerated().map { $0.offset % step == 0 ? 0 : $0.element })
    }
    for other in others { #expect(sniff(other) == nil, "\(other.prefix(16))") }
  }

  @Test func longTextsPassThrough() throws {
    let size = 4 << 20
    let stream = UnicodeStream(RepeatedBytes("[\0 \0\0\u{4}\n\0", count: size), .utf16(.little))
    #expect(try length(stream) == size / 8 * 5)
  }
}
