import Bytes
import Testing

@testable import TraceDat

/// Times as trace-cmd 3.4 makes them.
@Suite struct TimeBaseTests {
  @Test func cyclesToNanoseconds() {
    var options = Options()
    options.tsc = TimeBase.TSC(multiplier: 0x8000_0000, shift: 32)
    options.offset = 7
    options.date = 1_000_000
    // The product needs 128 bits.
    #expect(TimeBase(options, appliesDate: true).time(1 << 40, cpu: 0) == Int64(1) << 39 + 1_000_007)
    #expect(TimeBase(options, appliesDate: false).time(1 << 40, cpu: 0) == Int64(1) << 39 + 7)
  }

  @Test func guestShifts() {
    var options = Options()
    options.shifts = [
      [TimeBase.Shift(time: 0, offset: -5)],
      [TimeBase.Shift(time: 100, offset: 10), TimeBase.Shift(time: 200, offset: 20)],
      [
        TimeBase.Shift(time: 100, offset: 1, scaling: 3, fraction: 1),
        TimeBase.Shift(time: 200, offset: 2, scaling: 5, fraction: 0), TimeBase.Shift(time: 300, offset: 3),
      ],
    ]
    let plain = TimeBase(options, appliesDate: true)
    #expect(plain.time(100, cpu: 0) == 95)
    #expect(plain.time(150, cpu: 1) == 160)
    #expect(plain.time(50, cpu: 2) == 76)
    #expect(plain.time(250, cpu: 2) == 1252)
    #expect(plain.time(42, cpu: 3) == 42)
    options.interpolates = true
    #expect(TimeBase(options, appliesDate: true).time(150, cpu: 1) == 165)
  }

  /// As in text: no time before zero, and none above the highest.
  @Test func boundaries() {
    var options = Options()
    let plain = TimeBase(options, appliesDate: true)
    #expect(plain.time(UInt64(Stamp.highest), cpu: 0) == Stamp.highest)
    #expect(plain.time(UInt64(Stamp.highest) + 1, cpu: 0) == nil)
    #expect(plain.time(1 << 63, cpu: 0) == nil)
    options.offset = -5
    let moved = TimeBase(options, appliesDate: true)
    #expect(moved.time(5, cpu: 0) == 0)
    #expect(moved.time(4, cpu: 0) == nil)
  }
}
