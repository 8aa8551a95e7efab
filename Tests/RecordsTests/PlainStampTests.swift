import Bytes
import Testing

@testable import Records

/// printk's usual stamp is read eight bytes at once: as byte by byte, whatever stands in its columns.
struct PlainStampTests {
  /// A blank more moves the point out of its column: then the stamp is read byte by byte.
  private static func strip(_ bytes: [UInt8]) -> LogPrefix? {
    var prefix = LogPrefix()
    return PrintkStamp.strip(&prefix, bytes.span, 0) ? prefix : nil
  }

  @Test(arguments: [
    "[    3.993045] a", "[12345.678901]b", "[   10.000000]", "[    0.000000]  c", "[  999.999999] d",
  ])
  func everyByteInEveryColumn(_ line: String) {
    for column in 1..<line.utf8.count {
      for byte in UInt8.min...UInt8.max {
        var bytes = Array(line.utf8)
        bytes[column] = byte
        let plain = Self.strip(bytes)
        bytes.insert(32, at: 1)
        let slow = Self.strip(bytes)
        #expect(plain?.time == slow?.time, "\(column) \(byte)")
        #expect(plain.map { $0.text + 1 } == slow?.text, "\(column) \(byte)")
      }
    }
  }

  @Test func aPlainLineHasTheSameLayers() {
    for line in [
      "[    3.993045] usb 1-1: new device", "[    3.993045] kernel: x", "[    3.993045] host kernel: x",
      "[    3.993045] [    T1] x", "[    3.993045]  foo+0x1/0x2", "[    3.993045] c1    119 x",
      "[    3.993045]",
      "[    3.993045] ** 3 printk messages dropped ** x", "[    3.993045](0)[74:kworker/0:1]x",
    ] {
      let bytes = Array(line.utf8)
      let layers = LogPrefix.layers(bytes.span, inside: LogPrefix())
      guard let plain = PlainLine(bytes.span).map({ LogPrefix($0) }) else { continue }
      #expect(
        plain.text == layers.text && plain.time == layers.time && plain.clock == layers.clock, "\(line)")
      #expect(
        plain.isKernels == layers.isKernels && plain.caller == layers.caller && layers.dropped == nil,
        "\(line)")
    }
    #expect(PlainLine(Array("[    3.993045] usb 1-1: x".utf8).span)?.time == 3_993_045_000)
  }
}
