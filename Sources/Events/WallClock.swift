/// When a boot began by the wall's clock, as a recording has it. That clock is set while a system runs.
package struct WallClock: Sendable, Equatable {
  /// In ns since 1970.
  private var earliest: Int64
  private var latest: Int64
  /// How long the boot had run when it was asked last, in ns.
  private var ran: Int64

  /// A clock that nobody has set says less: in ns since 1970, the year 2000.
  private static let set: Int64 = 946_684_800_000_000_000
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

  /// One of the two began when the other had run for longer already: they are two boots, or somebody set the clock by more than the
  /// whole time that the system was up.
  package func isOfAnotherBoot(than other: WallClock) -> Bool {
    earliest - other.latest > max(other.ran, Self.slack) || other.earliest - latest > max(ran, Self.slack)
  }
}
