// Walks that passed the device by.
import Timelines

extension Visit {
  /// The walk left the device alone without dma_configure: a driver was set.
  var isSkip: Bool {
    guard side == .walk, ownDMAConfigure == nil, case .skipped = outcome else { return false }
    return true
  }
}

extension CaseFile {
  /// A walk left it alone without dma_configure.
  var wasSkipped: Bool { device.visits.contains(where: \.isSkip) }
}
