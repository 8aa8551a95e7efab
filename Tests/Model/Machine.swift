// The shared state of the model, and what happened in it that the truth is told from.

/// What the kernel keeps in struct device of the client.
struct Device: Hashable, Sendable {
  var driver = false
  /// dev->iommu is allocated
  var iommu = false
  var fwspec = false
  var group = false
  /// The group has its default domain.
  var domain = false
}

/// Where a thread is. Everything between two steps is either private or atomic to the other thread.
enum Step: UInt8, Hashable, Sendable {
  case idle, done
  // iommu_device_register
  case list, visit, domains, ready, returned
  // __iommu_probe_device (docs/kernel.md#probe): 1–2 and 3a; 3b; the relock and 3c–3d; 4; 5–7
  case probeLock, readOne, relock, answer, readTwo, addGroup
  // <bus>_dma_configure (docs/kernel.md#of_iommu_configure, docs/kernel.md#dma_configure)
  case configure, configureLock, useDomain
  // really_probe (docs/kernel.md#really_probe): 4; 9; 10; 11
  case setDriver, busProbe, driverWork, bound, clear, leaveBind, unbind
}

struct Worker: Hashable, Sendable {
  /// Who called dma_configure.
  enum Context: UInt8, Hashable, Sendable { case walk, bind, direct }
  var step = Step.idle
  var context = Context.walk
  /// Inside iommu_probe_device, called by of_iommu_configure.
  var replays = false
  /// Inside iommu_probe_device, called by the bus's notifier.
  var isNotified = false
  /// dev->driver as <bus>_dma_configure read it.
  var sawDriver = false
  /// The visit ran dma_configure itself.
  var ranConfigure = false
  /// of_iommu_configure went on although the registration had not finished.
  var bypassed = false
  var result: Int16 = 0
  var attempt: UInt8 = 0
  /// Next device of the walk.
  var next: UInt8 = 0
  /// Registrations that have ended.
  var registrations: UInt8 = 0
  /// It set the mark of the device that it visits (P1).
  var marks = false
}

/// Facts that the truth is told from; written when they happen, never read by the threads.
struct History: Hashable, Sendable {
  struct Warned: Hashable, Sendable {
    var side: Truth.Side
    /// The walk's visit ran dma_configure itself.
    var ranConfigure = false
    var isRegistering = false
    /// …and before the registration began.
    var boundBeforeRegister = false
    /// A bind had completed without a group before, in this life.
    var ranBefore = false
    var refusedBefore = false
    var skippedBefore = false
  }
  var warned: [Warned] = []
  /// A driver that was bound had begun its ->probe without a domain. What a ->probe that failed had set up went with it.
  var exposed = false
  /// …and DMA was mapped before the domain came.
  var mapped = false
  /// The same of the ->probe that runs.
  var isEarly = false
  var isMapping = false
  /// Such a ->probe came to nothing.
  var isUndone = false
  /// In an earlier life a driver ran without its domain.
  var ranEarlier = false
  /// A bind completed without a group.
  var boundWithout = false
  var boundBeforeRegister = false
  /// use_default_domain let a bind pass that had a group and no domain.
  var flipped = false
  /// A driver that manages its DMA was bound, and the domain came after its ->probe began.
  var managedEarly = false
  /// The walk left the client alone while a bind was in flight, or was refused by the IOMMU driver.
  var skippedInFlight = false
  var refused = false
  /// The group was set twice; dev->iommu was gone when the walk came back.
  var probedTwice = false
  var lostIOMMU = false
}

struct Machine: Hashable, Sendable {
  var client = Device()
  var isLocked = false
  /// The IOMMU can be found; it has finished registering; its driver is bound.
  var listed = false
  var ready = false
  var isOver = false
  /// The walking thread died of an oops: the registration never ends.
  var isCrashed = false
  var isRegistering = false
  var bystanderAdded = false
  var isBound = false
  var walkAdded = false
  /// Who holds the client's device_lock, where the walk asks for it.
  var lockedBy: Happening.Who?
  /// The client is visited (P1); by whom, while iommu_probe_device_lock is dropped (P2); a walk skipped it (P4).
  var isMarked = false
  var prober: Happening.Who?
  var wasSkipped = false
  var registerResult: Int16 = 0
  var walker = Worker(context: .walk)
  var binder = Worker(context: .bind)
  var history = History()

  subscript(_ who: Happening.Who) -> Worker {
    get { who == .walker ? walker : binder }
    set { if who == .walker { walker = newValue } else { binder = newValue } }
  }
}

let deferral: Int16 = -517
let noDevice: Int16 = -19
let timedOut: Int16 = -110
