import TestSupport
import Testing

@testable import PerfettoTrace

struct WireTests {
  /// Numbers of every length, at a message's end and before more bytes: both ways to read them.
  @Test(arguments: [[UInt8](), [0x80], [0x7f], [UInt8](repeating: 0xff, count: 12)])
  func numbersOfEveryLength(behind: [UInt8]) {
    for shift in UInt64(0)..<64 {
      for value in [1 << shift, UInt64.max >> shift, 0x5a5a_5a5a_5a5a_5a5a >> shift] {
        let bytes = Proto.varint(value)
        let all = [0xff] + bytes + behind
        var wire = Wire(1..<all.count)
        #expect(wire.varint(all.span) == value)
        #expect(wire.at == 1 + bytes.count)
        // What stands behind the message is none of it.
        var short = Wire(1..<bytes.count)
        #expect(short.varint(all.span) == nil)
      }
    }
  }

  /// More than ten bytes are no number.
  @Test func numbersThatDoNotEnd() {
    for count in 1..<24 {
      let bytes = [UInt8](repeating: 0x80, count: count) + [1]
      var wire = Wire(0..<bytes.count)
      #expect((wire.varint(bytes.span) == nil) == (count >= 10))
    }
  }

  @Test func fixedNumbersAndTheirEnd() {
    let bytes: [UInt8] = [0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 0x15, 1, 2, 3]
    var wire = Wire(0..<bytes.count)
    #expect(wire.next(bytes.span)?.value == 0x0807_0605_0403_0201)
    #expect(wire.next(bytes.span)?.value == 0x0403_0201)
    #expect(wire.next(bytes.span) == nil)
    #expect(wire.isBroken)
  }
}
