import Bytes
import Events
import Facts
import OrderedCollections
import Records

/// A late-IOMMU-probe warning as printed, wherever it was seen.
package struct Warning: Sendable {
  /// As printed; `(unknown device)` if the message is not there, or is damaged.
  package var device: String
  /// As printed: the bus's name, if the driver was not set any more; "" if the message is not there.
  package var driver: String
  /// The message's, in nanoseconds of the boot's clock; nil in a log without stamps.
  package var time: Int64?
  /// Position in the boot's merged log.
  package var order: Int
  /// By what way the probe was reached, as its frames tell.
  package var stack: StackSide
  /// Functions, innermost first, without suffixes and offsets; `WarningBlock.hole` where some were cut out.
  package var frames: [String]
  /// Lines of another thread's report may stand between its own.
  package var isMixed: Bool
  /// Frames of it may be missing.
  package var isCut: Bool
  /// Who ran into it; nil if the block does not say.
  package var task: KernelTask?
  /// N of `at drivers/iommu/iommu.c:N`; 0 if the header does not say.
  package var sourceLine: Int32
  /// The message was there; without it another WARNING of the same function looks the same.
  package var hasMessage: Bool
  /// The message in every input that has it.
  package var places: [Place]
  /// The line of the frame that decided the side; nil if none did.
  package var selectorPlace: Place?
  /// The logs of the boot that have it, by their number.
  var logs: Set<Int> = []
}

/// An oops or a hung task, as far as it tells about IOMMU probes.
package struct Trouble: Sendable {
  /// An oops or a hung task.
  package var kind: WarningBlock.Kind
  /// Nanoseconds of the boot's clock; nil in a log without stamps.
  package var time: Int64?
  /// Position in the boot's merged log.
  package var order: Int
  /// Where it oopsed; empty if not said.
  package var function: String
  /// The address that it died of; nil if not said.
  package var address: UInt64?
  /// As a warning's.
  package var frames: [String]
  /// Who died, or hangs; nil if the report does not say.
  package var task: KernelTask?
  /// Hung task: who owns the mutex it waits for, where the kernel says so (6.16 and newer).
  package var owner: Int32?
  /// Of the report's first line.
  package var place: Place
}

/// What is known of the trace of a boot.
package struct TraceCoverage: Sendable {
  /// The number of its input; of one that was put together, that of the first.
  package var input: Int
  /// First and last event, on the boot's clock.
  package var first: Int64
  /// Its last event, on the boot's clock.
  package var last: Int64
  /// Its first bind, on the boot's clock: probes may be made, and events enabled, at any time. Nil if it has none.
  package var firstBind: Int64?
  /// Which roles were seen at all.
  package var seen: Set<Role>
  /// How its times became those of the boot.
  package var clock: ClockJoin
  /// Its times are ticks: an order, no seconds.
  package var isOrderOnly: Bool
  /// Its times are those of the boot, not of the buffer.
  package var isOfBoot: Bool
  /// When events were lost, on the clock of the trace itself.
  package var gaps: [TraceStory.Gap]
  /// `iommu:add_device_to_group` was traced, and seen.
  package var hasGroups: Bool
  /// Parts of it are gone, nobody knows where.
  package var isIncomplete: Bool
  /// Its stamps put no two threads in order.
  package var isCoarse: Bool
  /// Of which roles a return was seen.
  package var returning: Set<Role>
  /// All that it was put together from: `per_cpu/cpuN/trace` are one trace.
  package var inputs: Set<Int32>

  /// Both sides of a race: binds from beginning to end, and IOMMU probes or what comes of them.
  package var showsRaces: Bool {
    !isCoarse && returning.contains(.reallyProbe)
      && (hasGroups
        || !seen.isDisjoint(with: [.iommuProbeDevice, .innerIOMMUProbe, .innerIOMMUProbeTail, .walkVisit]))
  }
}

/// One boot: its devices, registrations, warnings, and what it lacks.
package struct BootTimeline: Sendable {
  /// The release; nil if no input says it.
  package var kernel: String?
  /// What the machine is called; nil if no log says it.
  package var hardware: String?
  /// `iommu: Default domain type:`: whether DMA addresses are translated by default; nil if not said.
  package var translated: Bool?
  /// By name, in the order in which they were first seen. Names come from the inputs.
  package var devices: OrderedDictionary<String, DeviceTimeline> = [:]
  /// By time.
  package var registrations: [Registration] = []
  /// In the order of the log; one that several inputs have is here once.
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
  /// Of this boot; empty if there is only a log.
  package var traces: [TraceCoverage] = []
  /// What joining the inputs left open; what a single input lacks is kept with that input.
  package var losses: [Loss] = []
  /// What the live board said of itself, in one moment of this boot.
  package var facts: BoardFacts?
  /// A kernel log of this boot is there, or the messages in a trace are.
  package var hasLog = false
  /// The log is the messages that a trace holds.
  package var logIsTraces = false
  /// Where its logs begin.
  package var logBegins: [Place] = []
  var hasLogTimes = false
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
  /// What the names in `LogEvent.What` stand for.
  package var names = NameTable()

  init() {}

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
