import Bytes
import Events
import OrderedCollections
import Records

/// A late-IOMMU-probe warning as printed, wherever it was seen.
package struct Warning: Sendable {
  package var device: String
  package var driver: String
  package var time: Int64?
  /// Position in the boot's merged log.
  package var order: Int
  package var stack: StackSide
  package var frames: [String]
  /// Lines of another thread's report may stand between its own.
  package var isMixed: Bool
  /// Frames of it may be missing.
  package var isCut: Bool
  package var task: KernelTask?
  package var sourceLine: Int32
  /// The message was there; without it another WARNING of the same function looks the same.
  package var hasMessage: Bool
  /// The message in every input that has it.
  package var places: [Place]
  package var selectorPlace: Place?
  /// The logs of the boot that have it, by their number.
  var logs: Set<Int> = []
}

/// An oops or a hung task, as far as it tells about IOMMU probes.
package struct Trouble: Sendable {
  package var kind: WarningBlock.Kind
  package var time: Int64?
  package var order: Int
  /// Where it oopsed; empty if not said.
  package var function: String
  package var frames: [String]
  package var task: KernelTask?
  /// Hung task: who owns the mutex it waits for, where the kernel says so (6.16 and newer).
  package var owner: Int32?
  package var place: Place
}

/// What is known of the trace of a boot.
package struct TraceCoverage: Sendable {
  package var input: Int
  /// First and last event, on the boot's clock.
  package var first: Int64
  package var last: Int64
  package var seen: Set<Role>
  package var clock: ClockJoin
  package var isOrderOnly: Bool
  /// Its times are those of the boot, not of the buffer.
  package var isOfBoot: Bool
  package var gaps: [TraceStory.Gap]
  package var hasGroups: Bool
  /// Parts of it are gone, nobody knows where.
  package var isIncomplete: Bool
  /// Of which roles a return was seen.
  package var returning: Set<Role>
  /// All that it was put together from: `per_cpu/cpuN/trace` are one trace.
  package var inputs: Set<Int32>

  /// Both sides of a race: binds from beginning to end, and IOMMU probes or what comes of them.
  package var showsRaces: Bool {
    returning.contains(.reallyProbe)
      && (hasGroups
        || !seen.isDisjoint(with: [.iommuProbeDevice, .innerIOMMUProbe, .innerIOMMUProbeTail, .walkVisit]))
  }
}

/// One boot: its devices, registrations, warnings, and what it lacks.
package struct BootTimeline: Sendable {
  package var kernel: String?
  package var hardware: String?
  /// `iommu: Default domain type:`: whether DMA addresses are translated by default; nil if not said.
  package var translated: Bool?
  package var devices: OrderedDictionary<String, DeviceTimeline> = [:]
  package var registrations: [Registration] = []
  package var warnings: [Warning] = []
  /// Lines of no single device: the unuse warning and the like.
  package var general: [LogMoment] = []
  /// Oopses and hung tasks.
  package var troubles: [Trouble] = []
  /// Memory that the firmware keeps, first and last byte.
  package var reserved: [ClosedRange<UInt64>] = []
  /// Devices that are named as IOMMUs are in device trees (`9050000.smmuv3`, `15000000.iommu`), also those of which nothing
  /// else is known.
  package var iommus: [String] = []
  /// A kernel that kexec started after a crash: devices keep their IOMMU's old tables until they first map something.
  package var isCrashKernel = false
  /// What the kernel was started with, as its log says.
  package var commandLine: String?
  /// The machine describes itself with ACPI.
  package var isACPI = false
  package var traces: [TraceCoverage] = []
  /// What joining the inputs left open; what a single input lacks is kept with that input.
  package var losses: [Loss] = []
  package var hasLog = false
  /// The log is the messages that a trace holds.
  package var logIsTraces = false
  /// Where its logs begin.
  package var logBegins: [Place] = []
  package var hasLogTimes = false
  /// The log's lines stand as the kernel printed them: where one stands shows which thread came first.
  package var logKeepsOrder = true
  /// It begins with the boot.
  package var logSaysHello = false
  /// It begins with the boot, and no message is known to be missing: that a line is not there proves something.
  package var logIsWhole = false
  /// Messages of it are known to be missing.
  package var logHasDropped = false
  /// Kernel log's first and last stamp, nanoseconds.
  package var logSpan: ClosedRange<Int64>?
  package var names = NameTable()

  package init() {}

  /// The trace that a place is in; nil for one of a log.
  package func trace(of place: Place) -> TraceCoverage? {
    traces.first { $0.inputs.contains(place.input) }
  }

  /// Times of the log and of the traces may be compared.
  package var isOfOneClock: Bool { !hasLog || logIsTraces || traces.allSatisfy { $0.clock.slack != nil } }

  /// The inputs whose times are of one clock with those at a place: one, but for a trace that was put together.
  package func inputs(with place: Place) -> Set<Int32> { trace(of: place)?.inputs ?? [place.input] }

  /// An IOMMU, by its name, that said it still waits for something and was not seen to come after that.
  package var lacksIOMMU: Bool {
    iommus.contains { name in
      guard case .probePending? = devices[name]?.log.last?.what else { return false }
      return !registrations.contains { $0.iommu == name }
    }
  }
}
