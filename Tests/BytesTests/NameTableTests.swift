import Bytes
import TestSupport
import Testing

struct NameTableTests {
  @Test func sameTextIsSameName() {
    var names = NameTable()
    let first = withBytes("x nvme y nvme") { text in
      (names.intern(text, 2..<6), names.intern(text, 9..<13), names.intern(text, 2..<5))
    }
    #expect(first.0 == first.1)
    #expect(first.0 != first.2)
    #expect(names[first.0] == "nvme")
    #expect(names[first.2] == "nvm")
    #expect(names.intern("nvme") == first.0)
    #expect(names.find("nvme") == first.0)
    #expect(names.find("ahci") == nil)
  }

  @Test func nothingIsNoName() {
    var names = NameTable()
    let empty = withBytes("abc") { names.intern($0, 1..<1) }
    #expect(empty == .none)
    #expect(names[.none].isEmpty)
    #expect(names.intern("") == .none)
  }

  @Test func manyNamesStayApart() {
    var names = NameTable()
    let all = (0..<5000).map { names.intern("0000:00:\($0).0") }
    #expect(Set(all).count == 5000)
    #expect(all.enumerated().allSatisfy { names[$0.element] == "0000:00:\($0.offset).0" })
  }

  /// Many, or long ones.
  @Test(arguments: [(99_998, 10, true), (99_999, 10, false), (4000, 2000, true), (5000, 2000, false)])
  func hasRoom(_ count: Int, _ length: Int, _ expected: Bool) {
    var names = NameTable()
    let tail = String(repeating: "x", count: length - 6)
    for number in 0..<count { _ = names.intern("\(100_000 + number)" + tail) }
    #expect(names.hasRoom == expected)
  }

  /// Short names are told apart by their ends, long ones by their text.
  @Test(arguments: 1..<40)
  func namesThatDifferInOneByteStayApart(length: Int) {
    var names = NameTable()
    let plain = String(repeating: "a", count: length)
    let all =
      [plain, plain + "a"]
      + (0..<length).map { place in
        String(repeating: "a", count: place) + "b" + String(repeating: "a", count: length - place - 1)
      }
    let interned = all.map { names.intern($0) }
    #expect(Set(interned).count == all.count)
    #expect(interned.map { names[$0] } == all)
    #expect(all.map { names.intern($0) } == interned)
  }

  /// Bytes that are no UTF-8 become text with replacement characters; seen again, they are the same name.
  @Test func namesWithBadBytesAreStillOneName() {
    var names = NameTable()
    let bytes: [UInt8] = [0x64, 0xff, 0x31]
    let first = names.intern(bytes.span, 0..<3)
    let second = names.intern(bytes.span, 0..<3)
    #expect(first == second)
    #expect(names[first] == "d\u{fffd}1")
  }
}
