import Bytes
import Events
import Records

/// Who did something.
package struct KernelTask: Hashable, Sendable, CustomStringConvertible {
  /// The thread's name; "" if the input does not say.
  package var comm: String
  /// The thread's id; below zero for one that a trace does not name.
  package var tid: Int32
  package init(comm: String, tid: Int32) {
    self.comm = comm
    self.tid = tid
  }

  /// `kworker/u16:3-38`, as ftrace writes it.
  package var description: String { comm.isEmpty ? "tid \(tid)" : "\(comm)-\(tid)" }
}

/// A stretch of a thread's time with a result, on the boot's clock (integer nanoseconds).
package struct Phase: Sendable {
  /// The call's entry.
  package var start: Int64
  /// Its return; nil if none was seen.
  package var end: Int64?
  /// What it returned, -errno for an error; nil if that was not seen.
  package var result: Int64?
  /// The thread that ran it.
  package var task: KernelTask
  /// Of its entry.
  package var place: Place
  /// Of its return; nil if none was seen, or `end` is concluded from other calls.
  package var endPlace: Place?
  /// The function itself, e.g. `pci_dma_configure`.
  package var function: String
  /// The function that called it; "" if the trace does not tell.
  package var caller: String

  /// Tells calls apart. The place alone does not: in a compressed trace.dat it is that of a whole chunk.
  package struct Key: Hashable, Sendable {
    var start: Int64
    var tid: Int32
    var place: Place
  }
  /// Equal for the same call, seen twice.
  package var key: Key { Key(start: start, tid: task.tid, place: place) }

  /// From its entry to its return, both included; one without a return goes on for ever.
  package func contains(_ time: Int64) -> Bool { start <= time && time <= (end ?? .max) }
  /// They have a moment in common.
  package func overlaps(_ other: Phase) -> Bool {
    start <= (other.end ?? .max) && other.start <= (end ?? .max)
  }
}

/// A moment that matters to a device, on the boot's clock.
package struct Moment: Sendable {
  /// Nanoseconds.
  package var time: Int64
  /// The thread in which it happened.
  package var tid: Int32
  /// Of its event.
  package var place: Place
  init(time: Int64, tid: Int32, place: Place) {
    self.time = time
    self.tid = tid
    self.place = place
  }
}

/// One bind attempt: a call of really_probe() for the device (drivers/base/dd.c).
package struct Bind: Sendable {
  /// The call of really_probe().
  package var phase: Phase
  /// Which driver was tried; "" if the trace does not tell.
  package var driver: String
  /// `<bus>_dma_configure` called by this attempt.
  package var dmaConfigure: Phase?
  /// of_dma_configure_id or acpi_dma_configure_id, called by the bus; nil if not seen.
  package var firmware: Phase?
  /// of_iommu_configure inside the attempt; nil if not seen.
  package var ofIOMMU: Phase?
  /// The bus's ->probe: from here on the driver runs.
  package var busProbe: Phase?
  /// ->probe began anew in the same attempt: CONFIG_DEBUG_TEST_DRIVER_REMOVE removes each driver once and probes it again, and what the
  /// first one had set up is gone.
  package var probedAgain: Phase?
  /// Direct calls of of_dma_configure_id from driver code inside this attempt.
  package var direct: [Phase] = []
  /// First moment after which dev->driver is certainly set: dma_configure or pinctrl entry.
  package var setBy: Int64?
  /// The function tracer saw it: no return, and so no result, is ever known.
  package var isWithoutReturn = false
  /// Its return was not recorded: the end is the latest that it can have had.
  package var endIsLost = false
  /// Its call gives the device's address alone. The memory of a device that was removed is the next one's.
  package var isByAddress = false

  /// The attempt ended by leaving the device without a driver. Positive results are ->probe's own errors.
  package var failed: Bool { phase.result.map { $0 != 0 } ?? false }
  /// It returned 0: the device has this driver.
  package var succeeded: Bool { phase.result == 0 }
  /// It, or its dma_configure, returned -EPROBE_DEFER (-517): it will be tried again.
  package var deferred: Bool { phase.result == -517 || dmaConfigure?.result == -517 }
  /// It never came to dev->driver: suppliers were missing.
  package func neverSetDriver(tracesDMAConfigure: Bool) -> Bool {
    phase.result == -517 && dmaConfigure == nil && tracesDMAConfigure
  }
  /// When the driver's ->probe began, or the earliest it can have: nil if it did not get that far.
  package var driverProbe: (time: Int64, place: Place, isExact: Bool)? {
    if let busProbe { return (busProbe.start, busProbe.place, true) }
    guard let dmaConfigure, let end = dmaConfigure.end, dmaConfigure.result == 0 else { return nil }
    return (end, dmaConfigure.endPlace ?? dmaConfigure.place, false)
  }
}

/// From where `__iommu_probe_device` was reached (docs/kernel.md#callers).
package enum Side: String, Sendable {
  /// iommu_device_register's bus walk
  case walk
  /// the replay inside a bind
  case bind
  /// driver code that called of_dma_configure itself
  case direct
  /// BUS_NOTIFY_ADD_DEVICE
  case notifier
  case none
}

/// One IOMMU probe of one device, by the walk, a bind's replay, or driver code.
package struct Visit: Sendable {
  /// What came of it; errors are negative, as the kernel has them.
  package enum Outcome: Sendable {
    /// The IOMMU driver took it: a group came, or the code behind the acceptance ran.
    case accepted
    /// It already had a group.
    case already
    /// No IOMMU answered for it: left alone with -ENODEV, silently.
    case skipped
    /// The IOMMU driver's probe_device was asked and said no.
    case refused(Int64)
    case failed(Int64)
    case unknown
  }
  /// From where the probe was reached.
  package var side: Side
  /// The call that shows it: of the functions on the way there the outermost that was traced.
  package var phase: Phase
  /// The visit ran the bus's dma_configure itself: dev->driver was not set when it looked.
  package var ownDMAConfigure: Phase?
  /// of_iommu_configure, called inside the visit; nil if not seen.
  package var ownOFIOMMU: Phase?
  var driverProbeDevice: Phase?
  /// As the calls inside it and the groups after it tell.
  package var outcome: Outcome
  /// No call of its own in the trace: known only by the dma_configure that the walk made for it.
  package var isInferred: Bool
  /// The function that called of_dma_configure_id, for a direct call.
  package var culprit: String
  /// Of a walk's visit: the place of its registration in the boot's; while one trace is read, in that trace's. Nil if not known.
  package var registration: Int?
}

/// One call of iommu_device_register().
package struct Registration: Sendable {
  /// The call; its walk over the buses is inside.
  package var phase: Phase
  /// The IOMMU's own device; empty if the trace does not tell.
  package var iommu: String
}
