import Bytes
import Events
import OrderedCollections
import Records

/// A late-IOMMU-probe warning as printed, wherever it was seen.
public struct Warning: Sendable {
  public var device: String
  public var driver: String
  public var time: Int64?
  /// Position in the boot's merged log.
  public var order: Int
  public var stack: StackSide
  public var frames: [String]
  /// Lines of another thread's report may stand between its own.
  public var isMixed: Bool
  /// Frames of it may be missing.
  public var isCut: Bool
  public var task: KernelTask?
  public var sourceLine: Int32
  /// The message was there; without it another WARNING of the same function looks the same.
  public var hasMessage: Bool
  /// The message in every input that has it.
  public var places: [Place]
  public var selectorPlace: Place?
  /// The logs of the boot that have it, by their number.
  var logs: Set<Int> = []
}

/// An oops or a hung task, as far as it tells about IOMMU probes.
public struct Trouble: Sendable {
  public var kind: WarningBlock.Kind
  public var time: Int64?
  public var order: Int
  /// Where it oopsed; empty if not said.
  public var function: String
  public var frames: [String]
  public var task: KernelTask?
  /// Hung task: who owns the mutex it waits for, where the kernel says so (6.16 and newer).
  public var owner: Int32?
  public var place: Place
}

/// What is known of the trace of a boot.
public struct TraceCoverage: Sendable {
  public var input: Int
  /// First and last event, on the boot's clock.
  public var first: Int64
  public var last: Int64
  public var seen: Set<Role>
  public var clock: ClockJoin
  public var isOrderOnly: Bool
  /// Its times are those of the boot, not of the buffer.
  public var isOfBoot: Bool
  public var gaps: [TraceStory.Gap]
  public var hasGroups: Bool
  /// Parts of it are gone, nobody knows where.
  public var isIncomplete: Bool
  /// Of which roles a return was seen.
  public var returning: Set<Role>
  /// All that it was put together from: `per_cpu/cpuN/trace` are one trace.
  public var inputs: Set<Int32>

  /// Both sides of a race: binds from beginning to end, and IOMMU probes or what comes of them.
  public var showsRaces: Bool {
    returning.contains(.reallyProbe)
      && (hasGroups
        || !seen.isDisjoint(with: [.iommuProbeDevice, .innerIOMMUProbe, .innerIOMMUProbeTail, .walkVisit]))
  }
}

/// One boot: its devices, registrations, warnings, and what it lacks.
public struct BootTimeline: Sendable {
  public var kernel: String?
  public var hardware: String?
  /// `iommu: Default domain type:`: whether DMA addresses are translated by default; nil if not said.
  public var translated: Bool?
  public var devices: OrderedDictionary<String, DeviceTimeline> = [:]
  public var registrations: [Registration] = []
  public var warnings: [Warning] = []
  /// Lines of no single device: the unuse warning and the like.
  public var general: [LogMoment] = []
  /// Oopses and hung tasks.
  public var troubles: [Trouble] = []
  /// Memory that the firmware keeps, first and last byte.
  public var reserved: [ClosedRange<UInt64>] = []
  /// Devices that are named as IOMMUs are in device trees (`9050000.smmuv3`, `15000000.iommu`), also those of which nothing
  /// else is known.
  public var iommus: [String] = []
  /// A kernel that kexec started after a crash: devices keep their IOMMU's old tables until they first map something.
  public var isCrashKernel = false
  /// The machine describes itself with ACPI.
  public var isACPI = false
  public var traces: [TraceCoverage] = []
  /// What joining the inputs left open; what a single input lacks is kept with that input.
  public var losses: [Loss] = []
  public var hasLog = false
  /// The log is the messages that a trace holds.
  public var logIsTraces = false
  /// Where its logs begin.
  public var logBegins: [Place] = []
  public var hasLogTimes = false
  /// The log's lines stand as the kernel printed them: where one stands shows which thread came first.
  public var logKeepsOrder = true
  /// It begins with the boot, and no message is known to be missing: that a line is not there proves something.
  public var logIsWhole = false
  /// Messages of it are known to be missing.
  public var logHasDropped = false
  /// Kernel log's first and last stamp, nanoseconds.
  public var logSpan: ClosedRange<Int64>?
  public var names = NameTable()

  public init() {}

  /// The trace that a place is in; nil for one of a log.
  public func trace(of place: Place) -> TraceCoverage? {
    traces.first { $0.inputs.contains(place.input) }
  }

  /// Times of the log and of the traces may be compared.
  public var isOfOneClock: Bool { !hasLog || logIsTraces || traces.allSatisfy { $0.clock.slack != nil } }

  /// The inputs whose times are of one clock with those at a place: one, but for a trace that was put together.
  public func inputs(with place: Place) -> Set<Int32> { trace(of: place)?.inputs ?? [place.input] }

  /// An IOMMU, by its name, that said it still waits for something and was not seen to come after that.
  public var lacksIOMMU: Bool {
    iommus.contains { name in
      guard case .probePending? = devices[name]?.log.last?.what else { return false }
      return !registrations.contains { $0.iommu == name }
    }
  }
}
