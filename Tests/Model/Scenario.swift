// What is switched on or off: a kernel's fixes, a client's IOMMUs, and how its driver behaves.

/// The commits that shape the race (docs/kernel.md#commits). `version` is what the kernel log says.
package struct Kernel: Hashable, Sendable {
  package var version = "7.3.4"
  /// bcb81ac6ae3c: the walk runs dma_configure itself, and warns.
  package var warns = true
  /// 0c8e9c148e29: no dma_configure if a fwspec exists; look again after relocking.
  package var rechecks = true
  /// da33e87bd2bf: a replay during a running registration is deferred.
  package var gates = true
  /// b46064a18810: a group without default domain makes use_default_domain defer.
  package var awaitsDomain = true
  /// Without 95deee37a123, 78447d4545b2 and their like: dma_configure reads dev->driver again for driver_managed_dma.
  package var readsTwice = false
  package var fix = Fix.none

  package static let current = Kernel()
  package static let first = Kernel(version: "6.15.0", rechecks: false, gates: false)
  package static let firstPCI = Kernel(version: "6.15.0", rechecks: false, gates: false, readsTwice: true)
  /// Vendor trees: the version says nothing.
  package static let vendor = Kernel(version: "6.6.30", gates: false)
  package static let vendorOld = Kernel(version: "6.6.30", gates: false, awaitsDomain: false)
  package static let before = Kernel(version: "6.12.94", warns: false, rechecks: false, gates: false)
}

package struct Scenario: Hashable, Sendable, CustomStringConvertible {
  package enum Client: UInt8, Hashable, Sendable {
    /// One IOMMU, the one that registers.
    case single
    /// Two: the first is ready, the second registers.
    case multi
    /// The IOMMU registers without a firmware node and takes every device (x86, Hyper-V).
    case nullFirmware
    /// Described by ACPI: its bind builds the fwspec and has no replay.
    case acpi
    /// No IOMMU by firmware; its driver calls of_dma_configure for a node that has one.
    case misused
    /// On the CDX bus, whose dma_configure returns 0 whatever came of it.
    case cdx
  }
  /// What a client did before: each life ends with its driver unbound, its group and its IOMMU gone.
  package enum Life: UInt8, Hashable, Sendable {
    /// In order.
    case ordered
    /// The same, and bound twice (its driver's module was loaded again).
    case rebound
    /// The same, and unplugged and plugged in again: device_add() probes it.
    case hotplugged
    /// The same, and a driver had it that looks after its DMA itself.
    case managed
    /// Its IOMMU went away under its driver, which ran on.
    case forsaken
    /// It ran without its IOMMU.
    case gaveUp
    /// It went on without, and its ->probe failed.
    case gaveUpAndFailed
  }
  package enum Bystander: UInt8, Hashable, Sendable { case none, before, after }

  package var name: String
  package var kernel = Kernel.current
  package var client = Client.single
  /// Another client that nobody binds: its walk visit comes before or after.
  package var bystander = Bystander.before
  /// Bind attempts that may run at any time; one more comes after the registration.
  package var attempts: UInt8 = 1
  /// From this attempt on a missing IOMMU counts as none (deferred_probe_timeout expired); 0: never.
  package var givesUpAt: UInt8 = 0
  /// The registration begins only when the client is bound.
  package var isBoundBefore = false
  /// Unbound and bound again after the registration.
  package var rebinds = false
  /// Nobody binds the client: the second thread registers another IOMMU, and walks the same bus.
  package var twoRegister = false
  /// When the client is bound, another IOMMU registers and walks the bus.
  package var anotherRegisters = false
  /// What the IOMMU driver's probe_device says during the walk.
  package var refusal: Int16 = 0
  /// The first attempt ends in the suppliers check: dev->driver is never set.
  package var lacksSupplier = false
  /// The first ->probe of the driver defers (really_probe returns +517).
  package var probeDefers = false
  /// The driver looks after its DMA itself (driver_managed_dma): pcieport.
  package var managesDMA = false
  /// Another function of the client's group was bound long ago: the group has its default domain.
  package var sharesGroup = false
  /// The thread registers an IOMMU that is not the client's before it registers the client's.
  package var strangerFirst = false
  package var lives: [Life] = []
  /// Each ->probe of the driver fails.
  var probeFails = false
  /// The driver's ->probe allocates DMA memory.
  package var mapsDMA = false

  package init(_ name: String, _ change: (inout Scenario) -> Void = { _ in }) {
    self.name = name
    change(&self)
  }

  package var description: String { name }
}

extension Scenario {
  /// What `make test` tries.
  package static let all: [Scenario] = [
    Scenario("single"),
    Scenario("single, mapping") { $0.mapsDMA = true },
    Scenario("single, bystander after") { $0.bystander = .after },
    Scenario("single, supplier missing") { $0.lacksSupplier = true },
    Scenario("single, ->probe defers") { $0.probeDefers = true },
    Scenario("two IOMMUs") { $0.client = .multi },
    Scenario("two IOMMUs, bystander after") {
      $0.client = .multi
      $0.bystander = .after
    },
    Scenario("NULL fwnode") { $0.client = .nullFirmware },
    Scenario("NULL fwnode, bound before") {
      $0.client = .nullFirmware
      $0.isBoundBefore = true
    },
    Scenario("gives up in the race") { $0.givesUpAt = 1 },
    Scenario("gave up before") {
      $0.attempts = 2
      $0.givesUpAt = 2
      $0.isBoundBefore = true
    },
    Scenario("gave up, then rebound") {
      $0.attempts = 2
      $0.givesUpAt = 2
      $0.isBoundBefore = true
      $0.rebinds = true
    },
    Scenario("gives up in the race, rebound") {
      $0.givesUpAt = 1
      $0.rebinds = true
    },
    Scenario("refused in the walk") { $0.refusal = -19 },
    Scenario("walk aborted") {
      $0.refusal = -22
      $0.bystander = .after
    },
    Scenario("misuse") { $0.client = .misused },
    Scenario("ACPI, another IOMMU later") {
      $0.client = .acpi
      $0.anotherRegisters = true
    },
    Scenario("6.15.0, single") { $0.kernel = .first },
    Scenario("6.15.0, two IOMMUs") {
      $0.kernel = .first
      $0.client = .multi
    },
    Scenario("6.15.0, refused") {
      $0.kernel = .first
      $0.refusal = -19
    },
    Scenario("two registrations at a time") {
      $0.bystander = .none
      $0.twoRegister = true
    },
    Scenario("6.15.0, two registrations at a time") {
      $0.kernel = .first
      $0.bystander = .none
      $0.twoRegister = true
    },
    Scenario("6.15.0, dma_configure reads twice") { $0.kernel = .firstPCI },
    Scenario("vendor without gate") { $0.kernel = .vendor },
    Scenario("vendor without gate and domain check") { $0.kernel = .vendorOld },
    Scenario("ACPI") { $0.client = .acpi },
    Scenario("cdx") { $0.client = .cdx },
    Scenario("cdx, bound before") {
      $0.client = .cdx
      $0.isBoundBefore = true
    },
    Scenario("driver_managed_dma") { $0.managesDMA = true },
    Scenario("shared group") { $0.sharesGroup = true },
    Scenario("another IOMMU first") { $0.strangerFirst = true },
    Scenario("after a life in order") { $0.lives = [.ordered] },
    Scenario("after a rebind, two IOMMUs") {
      $0.client = .multi
      $0.lives = [.rebound]
    },
    Scenario("after a hotplug") { $0.lives = [.hotplugged] },
    Scenario("after a driver that manages its DMA") { $0.lives = [.managed] },
    Scenario("after its IOMMU went away under it") { $0.lives = [.forsaken] },
    Scenario("after it gave up") { $0.lives = [.gaveUp] },
    Scenario("after it gave up, ACPI") {
      $0.client = .acpi
      $0.lives = [.gaveUp]
    },
    Scenario("after it gave up and failed") { $0.lives = [.gaveUpAndFailed] },
    Scenario("after three lives") { $0.lives = [.gaveUpAndFailed, .ordered, .hotplugged] },
    Scenario("6.12, single") { $0.kernel = .before },
    Scenario("6.12, two IOMMUs") {
      $0.kernel = .before
      $0.client = .multi
    },
  ]
}

extension Scenario {
  /// More for `make accuracy`: two attempts that may run at any time.
  package static let deep: [Scenario] = [
    Scenario("single, two attempts") {
      $0.attempts = 2
      $0.bystander = .none
    },
    Scenario("two IOMMUs, two attempts") {
      $0.client = .multi
      $0.attempts = 2
      $0.bystander = .none
    },
    Scenario("6.15.0, two attempts") {
      $0.kernel = .first
      $0.attempts = 2
      $0.bystander = .none
    },
  ]
}
