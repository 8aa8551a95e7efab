import Bytes
import Events
import Records

/// Who did something.
public struct KernelTask: Hashable, Sendable, CustomStringConvertible {
  public var comm: String
  public var tid: Int32
  public init(comm: String, tid: Int32) {
    self.comm = comm
    self.tid = tid
  }

  /// `kworker/u16:3-38`, as ftrace writes it.
  public var description: String { comm.isEmpty ? "tid \(tid)" : "\(comm)-\(tid)" }
}

/// A stretch of a thread's time with a result, on the boot's clock (integer nanoseconds).
public struct Phase: Sendable {
  public var start: Int64
  public var end: Int64?
  public var result: Int64?
  public var task: KernelTask
  public var place: Place
  public var endPlace: Place?
  /// The function itself, e.g. `pci_dma_configure`.
  public var function: String
  public var caller: String

  /// Tells calls apart. The place alone does not: in a compressed trace.dat it is that of a whole chunk.
  public struct Key: Hashable, Sendable {
    var start: Int64
    var tid: Int32
    var place: Place
  }
  public var key: Key { Key(start: start, tid: task.tid, place: place) }

  public func contains(_ time: Int64) -> Bool { start <= time && time <= (end ?? .max) }
  public func overlaps(_ other: Phase) -> Bool {
    start <= (other.end ?? .max) && other.start <= (end ?? .max)
  }
}

/// A moment that matters to a device, on the boot's clock.
public struct Moment: Sendable {
  public var time: Int64
  public var tid: Int32
  public var place: Place
  public init(time: Int64, tid: Int32, place: Place) {
    self.time = time
    self.tid = tid
    self.place = place
  }
}

/// One bind attempt: a call of really_probe() for the device (drivers/base/dd.c).
public struct Bind: Sendable {
  public var phase: Phase
  public var driver: String
  /// `<bus>_dma_configure` called by this attempt.
  public var dmaConfigure: Phase?
  public var firmware: Phase?
  public var ofIOMMU: Phase?
  /// The bus's ->probe: from here on the driver runs.
  public var busProbe: Phase?
  /// Direct calls of of_dma_configure_id from driver code inside this attempt.
  public var direct: [Phase] = []
  /// First moment after which dev->driver is certainly set: dma_configure or pinctrl entry.
  public var setBy: Int64?
  public var isWithoutReturn = false
  /// Its return was not recorded: the end is the latest that it can have had.
  public var endIsLost = false

  /// The attempt ended by leaving the device without a driver. Positive results are ->probe's own errors.
  public var failed: Bool { phase.result.map { $0 != 0 } ?? false }
  public var succeeded: Bool { phase.result == 0 }
  public var deferred: Bool { phase.result == -517 || dmaConfigure?.result == -517 }
  /// It never came to dev->driver: suppliers were missing.
  public func neverSetDriver(tracesDMAConfigure: Bool) -> Bool {
    phase.result == -517 && dmaConfigure == nil && tracesDMAConfigure
  }
  /// When the driver's ->probe began, or the earliest it can have: nil if it did not get that far.
  public var driverProbe: (time: Int64, place: Place, isExact: Bool)? {
    if let busProbe { return (busProbe.start, busProbe.place, true) }
    guard let dmaConfigure, let end = dmaConfigure.end, dmaConfigure.result == 0 else { return nil }
    return (end, dmaConfigure.endPlace ?? dmaConfigure.place, false)
  }
}

/// From where `__iommu_probe_device` was reached (docs/kernel.md#callers).
public enum Side: String, Sendable {
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
public struct Visit: Sendable {
  public enum Outcome: Sendable {
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
  public var side: Side
  public var phase: Phase
  /// The visit ran the bus's dma_configure itself: dev->driver was not set when it looked.
  public var ownDMAConfigure: Phase?
  public var ownOFIOMMU: Phase?
  public var driverProbeDevice: Phase?
  public var outcome: Outcome
  /// No call of its own in the trace: known only by the dma_configure that the walk made for it.
  public var isInferred: Bool
  /// The function that called of_dma_configure_id, for a direct call.
  public var culprit: String
  public var registration: Int?
}

/// One call of iommu_device_register().
public struct Registration: Sendable {
  public var phase: Phase
  /// The IOMMU's own device; empty if the trace does not tell.
  public var iommu: String
}
