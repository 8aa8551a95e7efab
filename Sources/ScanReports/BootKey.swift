import Scan

/// What a boot is known by wherever its log lies, short: of a farm there are millions.
struct BootKey: Hashable {
  private let log: UInt128
  private let boot: Int

  /// Nil without a hash.
  init?(_ log: LogResult) {
    guard let hash = log.hash else { return nil }
    (self.log, boot) = (hash.half, log.boot)
  }
}
