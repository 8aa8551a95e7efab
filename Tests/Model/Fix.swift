/// A candidate change of the kernel (docs/fixes), or none. The ids are those of `report --what-if`.
package enum Fix: String, Hashable, Sendable, CaseIterable {
  case none
  /// The walk takes device_lock() of the client for its visit; of the IOMMU's own device, whose lock its thread holds, it does not:
  /// it would end there.
  case deviceLock = "device-lock"
  /// The walk tries to, and leaves out a client that is locked.
  case trylock
  /// dma_configure reads dev->driver once; cdx returns what it is told.
  case p0
  /// A mark for as long as the device is visited: use_default_domain defers.
  case p1
  /// And no warning in the walk, but for a device that is bound.
  case p1a
  /// dev->iommu names who probes.
  case p2
  /// What the walk skips is marked: its replay does not warn, and on ACPI there is one.
  case p4
  /// use_default_domain defers if there is a description and no group.
  case p5
  /// The warning is a line that nobody looks at.
  case quiet

  var marks: Bool { self == .p1 || self == .p1a }
  var locks: Bool { self == .deviceLock || self == .trylock }
}
