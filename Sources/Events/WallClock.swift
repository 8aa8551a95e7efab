/// When a boot began by the wall's clock, as a recording has it. That clock is set while a system runs.
package struct WallClock: Sendable, Equatable {
  /// In ns since 1970.
  private var earliest: Int64
  private var latest: Int64
  /// How long the boot had run when it was asked last, in ns.
  private var ran: Int64

  /// A clock that nobody has set says less, and so does a chip that has lost its power (2000, 2013, ...): in ns since 1970, the year 2020.
  private static let set: Int64 = 1_577_836_800_000_000_000
  /// Two clocks are not read at once.
  private static let slack: Int64 = 1_000_000_000

  /// Both clocks at one moment, in ns; nil if the wall's was never set.
  package init?(wall: Int64, boot: Int64) {
    guard wall >= Self.set, (0...wall).contains(boot) else { return nil }
    (earliest, latest, ran) = (wall - boot, wall - boot, boot)
  }

  /// Takes in another moment of the same boot.
  package mutating func add(_ other: WallClock) {
    earliest = min(earliest, other.earliest)
    latest = max(latest, other.latest)
    ran = max(ran, other.ran)
  }

  /// When the boot began, in seconds since 1970: by what the clock told first, and by what it told later.
  package var began: ClosedRange<Int64> { earliest / Self.second...latest / Self.second }
  private static let second: Int64 = 1_000_000_000

  /// Both are of one boot: by a clock that nobody set meanwhile they began at the same time, and no board boots twice within so little.
  /// One whose clock begins anew with every boot takes more or less time to get there.
  package func agrees(with other: WallClock) -> Bool {
    max(latest, other.latest) - min(earliest, other.earliest) <= Self.least
  }
  /// A clock is slewed by so much at most, between two recordings that somebody compares.
  private static let least: Int64 = 50_000_000

  /// One of the two began when the other had run for longer already: they are two boots, or somebody set the clock by more than the
  /// whole time that the system was up.
  package func isOfAnotherBoot(than other: WallClock) -> Bool {
    earliest - other.latest > max(other.ran, Self.slack) || other.earliest - latest > max(ran, Self.slack)
  }
}
