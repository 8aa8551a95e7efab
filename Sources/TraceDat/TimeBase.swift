import Bytes

/// Turns the ring buffer's timestamps into nanoseconds, in the steps and in the order of trace-cmd 3.4.
struct TimeBase: Sendable {
  /// How cycles become nanoseconds: cycles × multiplier >> shift.
  struct TSC: Sendable {
    var multiplier: UInt32
    var shift: UInt32
  }
  /// One sample of the offset between a guest's clock and its host's.
  struct Shift: Sendable {
    var time: UInt64 = 0
    var offset: Int64 = 0
    var scaling: Int64 = 1
    var fraction: UInt64 = 0
  }

  private let tsc: TSC?
  private let added: Int64
  private let shifts: [[Shift]]
  private let interpolates: Bool

  init(_ options: Options, appliesDate: Bool) {
    tsc = options.tsc
    added = options.offset &+ (appliesDate ? options.date : 0)
    shifts = options.shifts
    interpolates = options.interpolates
  }

  /// Nil for what is no time: before zero, or above the highest there is. As text such a time is not read either.
  func time(_ stamp: UInt64, cpu: Int32) -> Int64? {
    var stamp = stamp
    if cpu >= 0, Int(cpu) < shifts.count, !shifts[Int(cpu)].isEmpty {
      stamp = corrected(stamp, shifts[Int(cpu)])
    }
    if let tsc {
      let (high, low) = stamp.multipliedFullWidth(by: UInt64(tsc.multiplier))
      stamp = tsc.shift == 0 ? low : low >> tsc.shift | high << (64 - UInt64(tsc.shift))
    }
    let time = Int64(truncatingIfNeeded: stamp) &+ added
    return (0...Stamp.highest).contains(time) ? time : nil
  }

  /// The guest's stamp on the host's clock.
  private func corrected(_ stamp: UInt64, _ samples: [Shift]) -> UInt64 {
    guard samples.count > 1 else { return stamp &+ UInt64(bitPattern: samples[0].offset) }
    let after = samples.firstIndex { $0.time > stamp } ?? samples.count
    let low = samples[max(0, min(after - 1, samples.count - 2))]
    let high = samples[max(1, min(after, samples.count - 1))]
    let scaled = Int64(truncatingIfNeeded: stamp).multipliedFullWidth(by: low.scaling)
    let shifted =
      low.fraction == 0
      ? scaled.low : scaled.low >> low.fraction | UInt64(bitPattern: scaled.high) << (64 - low.fraction)
    return shifted &+ UInt64(bitPattern: interpolates ? offset(stamp, low, high) : low.offset)
  }

  private func offset(_ stamp: UInt64, _ low: Shift, _ high: Shift) -> Int64 {
    let span = Int64(truncatingIfNeeded: high.time &- low.time)
    guard span > 0 else { return low.offset }
    let part = Int64(truncatingIfNeeded: stamp &- low.time)
    let product = part.multipliedReportingOverflow(by: high.offset &- low.offset)
    guard !product.overflow else { return low.offset }
    return low.offset &+ (product.partialValue &+ span / 2) / span
  }
}
