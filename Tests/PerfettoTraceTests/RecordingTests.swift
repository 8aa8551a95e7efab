import Bytes
import Events
import Foundation
import TestSupport
import Testing

@testable import PerfettoTrace

struct RecordingTests {
  private static let whole =
    Proto.start() + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.leave(3000) + Proto.entry + Proto.exit)
    + Proto.end()

  @Test func descriptorsMayStandBehindTheirEvents() {
    let told = Told(Self.whole)
    #expect(
      told.lines == [
        "1000 [1] <...>-5 enter really_probe 0000:00:01.0 ", "3000 [1] <...>-5 leave really_probe -517",
      ])
    #expect(told.losses.isEmpty && !told.isIncomplete)
  }

  /// In whatever runs the bytes come.
  @Test(arguments: [1, 2, 3, 7, 64]) func runsDoNotMatter(_ step: Int) throws {
    #expect(Told(Self.whole, step: step).lines == Told(Self.whole).lines)
    let sample = try Samples.bytes("dense-deflate")
    #expect(Told(sample, step: step).lines == Told(sample).lines)
  }

  @Test func theOldEncodingNamesItsFields() {
    func field(_ name: String, _ value: [UInt8]) -> [UInt8] { Proto.bytes(2, Proto.text(1, name) + value) }
    let enter = Proto.event(
      1000, 5, 327,
      Proto.text(1, "rp") + field("__probe_ip", Proto.number(5, -4096)) + field("dev", Proto.text(3, "a")))
    let leave = Proto.event(
      2000, 5, 327,
      Proto.text(1, "rpr") + field("__probe_func", Proto.number(5, -4096))
        + field("ret", Proto.number(4, -19)))
    let group = Proto.event(
      3000, 5, 327,
      Proto.text(1, "add_device_to_group") + field("gid", Proto.number(4, 7))
        + field("device", Proto.text(3, "a")))
    let told = Told(Proto.start() + Proto.bundle(cpu: 0, enter + leave + group) + Proto.end())
    #expect(
      told.lines == [
        "1000 [0] <...>-5 enter really_probe a ", "2000 [0] <...>-5 leave really_probe -19",
        "3000 [0] <...>-5 group 7 a",
      ])
  }

  @Test func cpusAreMergedByTime() {
    let told = Told(
      Proto.start() + Proto.bundle(cpu: 1, Proto.enter(5000) + Proto.entry)
        + Proto.bundle(cpu: 0, Proto.enter(1000, 6)) + Proto.end())
    #expect(told.events.map(\.time) == [1000, 5000])
  }

  @Test func threadsHaveNames() {
    let tree = Proto.packet(
      Proto.bytes(
        2,
        Proto.bytes(2, Proto.number(1, 5) + Proto.text(2, "kworker/u16:0-events_unbound"))
          + Proto.bytes(1, Proto.number(1, 6) + Proto.text(3, "/init"))), sequence: 3)
    let told = Told(
      Proto.start() + Proto.bundle(cpu: 1, Proto.enter(1000, 5) + Proto.enter(2000, 6) + Proto.entry)
        + Proto.end() + tree)
    #expect(told.events.map { told.names[$0.comm] } == ["kworker/u16:0", "init"])
  }

  @Test func functionsOfTheGraphHaveTheSequencesNumbers() {
    let symbols = Proto.bytes(12, Proto.bytes(26, Proto.number(1, 3) + Proto.text(2, "really_probe")))
    let events =
      Proto.event(1000, 5, 437, Proto.number(2, 3)) + Proto.event(2000, 5, 437, Proto.number(2, 4))
      + Proto.event(3000, 5, 438, Proto.number(3, 3))
    let told = Told(Proto.start() + Proto.bundle(cpu: 0, events, rest: symbols) + Proto.end())
    #expect(
      told.lines == ["1000 [0] <...>-5 enter really_probe  ", "3000 [0] <...>-5 leave really_probe 0"])
    #expect(told.says("symbolize_ksyms"))
  }

  @Test func anotherMachinesPacketsAreLeftOut() {
    let other = Proto.bundle(cpu: 0, Proto.enter(500) + Proto.entry, rest: Proto.number(98, 3))
    let told = Told(Self.whole + other)
    #expect(told.events.count == 2 && told.says("another machine"))
  }

  // MARK: probes

  @Test func theKernelsGroupIsOursOnlyIfAllNamesAre() {
    func group(_ second: String) -> Told {
      Told(
        Proto.start()
          + Proto.bundle(
            cpu: 0,
            Proto.enter(1000) + Proto.leave(2000)
              + Proto.descriptor(65536, "kprobes", "ipd", [("__probe_ip", 4), ("dev", 9)])
              + Proto.descriptor(65537, "kprobes", second, [("__probe_func", 4), ("x", 4), ("ret", 3)]))
          + Proto.end())
    }
    #expect(group("ipdr").events.count == 2)
    let strange = group("ipd_ret")
    #expect(strange.events.isEmpty && strange.says("--probe ipd=FUNCTION"))
  }

  @Test func aNameBesideADeviceIsAnotherOnes() {
    let fields = [("__probe_ip", Int64(4)), ("name", 9), ("device", 9)].map { (name: $0.0, type: $0.1) }
    let event = Proto.event(
      1000, 5, 65536, Proto.number(1, -4096) + Proto.text(2, "nvme") + Proto.text(3, "0000:00:01.0"))
    let told = Told(
      Proto.start() + Proto.bundle(cpu: 0, event + Proto.descriptor(65536, "proberace", "rp", fields))
        + Proto.end())
    #expect(told.lines == ["1000 [0] <...>-5 enter really_probe 0000:00:01.0 "])
  }

  @Test func definitionsWin() {
    var definitions = ProbeDefinitions()
    definitions.read(line: "p:kprobes/rp driver_bound dev=+0(+0($arg1)):string")
    // The return stands at the same address: one of the two is wrong.
    #expect(Told(Self.whole, definitions: definitions).events.isEmpty)
    var said = ProbeDefinitions()
    said.read(
      commandLine:
        "quiet kprobe_event=p:rp,__iommu_probe_device,dev=+0(+0($arg1)):string;r:rpr,__iommu_probe_device,ret=$retval:s32"
    )
    #expect(Told(Self.whole, definitions: said).lines.first?.contains("__iommu_probe_device") == true)
    said.say("rp", is: "really_probe")
    said.say("rpr", is: "really_probe")
    #expect(Told(Self.whole, definitions: said).lines.first?.contains("enter really_probe") == true)
  }

  /// One address under two functions: one of the names is wrong.
  @Test func aContradictionNamesNothing() {
    var definitions = ProbeDefinitions()
    definitions.say("rpr", is: "pci_dma_configure")
    let told = Told(Self.whole, definitions: definitions)
    #expect(told.events.isEmpty && told.says("rp=FUNCTION"))
  }

  // MARK: losses

  @Test func lostEventsAreAHoleBeforeTheNext() {
    let told = Told(
      Proto.start() + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry)
        + Proto.bundle(cpu: 1, Proto.number(3, 1) + Proto.enter(9000)) + Proto.end())
    #expect(told.lines[1] == "9000 [1] --1 lost")
    #expect(told.says("lost on CPU 1"))
  }

  @Test func droppedPacketsAreAHoleOnEveryCPU() {
    let told = Told(
      Proto.start() + Proto.bundle(cpu: 0, Proto.enter(1000) + Proto.entry)
        + Proto.bundle(cpu: 1, Proto.enter(1500))
        + Proto.bundle(cpu: 0, Proto.enter(2000), rest: Proto.number(42, 1)) + Proto.end())
    #expect(told.events.count { if case .lost = $0.body { true } else { false } } == 2)
    // On a sequence's first packet the mark is always set.
    let first = Told(
      Proto.bundle(cpu: 0, Proto.enter(1) + Proto.entry, rest: Proto.number(42, 1)) + Proto.end())
    #expect(!first.says("dropped"))
  }

  @Test func overrunBeforeTheRecordingIsAMissingBeginning() {
    let cpu = Proto.bytes(2, Proto.number(1, 1) + Proto.number(3, 4711))
    let told = Told(
      Proto.start(cpus: cpu) + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry) + Proto.end(cpus: cpu))
    #expect(told.lines.first?.hasSuffix("lost") == true && told.says("beginning is missing"))
    #expect(!told.isIncomplete)
  }

  /// All of it may have been what was lost.
  @Test func aCPUWithoutEventsHasAHoleAllAlong() {
    let cpus = Proto.bytes(2, Proto.number(1, 3)) + Proto.bytes(2, Proto.number(1, 1))
    let bundles =
      Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry)
      + Proto.bundle(cpu: 1, Proto.enter(2000), rest: Proto.number(42, 1))
    let dropped = Told(Proto.start(cpus: cpus) + bundles + Proto.end(cpus: cpus))
    #expect(dropped.lines.filter { $0.hasSuffix("lost") } == ["2000 [1] --1 lost", "2001 [3] --1 lost"])
    let overrun = Proto.bytes(2, Proto.number(1, 3) + Proto.number(3, 4711))
    let over = Told(
      Proto.start(cpus: overrun) + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry)
        + Proto.end(cpus: overrun))
    #expect(over.lines.last == "1001 [3] --1 lost" && over.says("events of CPU 3 were overwritten"))
  }

  @Test func whatAFilterTookAwayIsSaid() {
    let bare = Proto.bytes(2, Proto.number(1, 2000) + Proto.number(2, 5))
    let told = Told(
      Proto.start() + Proto.bundle(cpu: 1, Proto.enter(1000) + bare + Proto.entry) + Proto.end())
    #expect(told.events.count == 1 && told.isIncomplete && told.says("a trace filter"))
  }

  @Test func eachWriterOfEventsHasToTellItsEnd() {
    let other = Proto.bundle(cpu: 0, Proto.enter(500) + Proto.entry, sequence: 7)
    let silent = Told(Self.whole + other)
    #expect(silent.events.count == 3 && silent.isIncomplete && silent.says("no statistics"))
    let told = Told(Self.whole + Proto.start(sequence: 7) + other + Proto.end(sequence: 7))
    #expect(told.events.count == 3 && !told.isIncomplete)
  }

  @Test func withoutTheEndsNumbersNothingIsKnownToBeWhole() {
    let told = Told(Proto.start() + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry))
    #expect(told.isIncomplete && told.says("no statistics"))
  }

  @Test func whatIsOlderThanTheRecordingCountsOnlyIfItWasTakenOver() {
    let started = Proto.packet(Proto.bytes(69, Proto.number(2, 1)) + Proto.number(8, 2000), sequence: 1)
    let bundle = Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.enter(3000) + Proto.entry)
    let fresh = Told(started + Proto.start(preserves: false) + bundle + Proto.end())
    #expect(fresh.events.map(\.time) == [3000] && fresh.says("preserve_ftrace_buffer"))
    #expect(Told(started + Proto.start() + bundle + Proto.end()).events.count == 2)
  }

  // MARK: damage

  /// Every cut is said, and what stands before it is read: the whole packets, and no more.
  @Test(arguments: ["dense-deflate", "missing-event", "fgraph-nosyms"]) func cutsAreSaid(_ name: String)
    throws
  {
    let bytes = try Samples.bytes(name)
    let edges = Self.edges(bytes)
    #expect(edges.last == bytes.count)
    var seen: [Int64] = [0]
    var whole = PerfettoRecording(input: 0)
    var names = NameTable()
    for (start, end) in zip([0] + edges, edges) {
      whole.feed(bytes.span.extracting(start..<end), &names)
      seen.append(whole.events)
    }
    for cut in 1..<bytes.count where cut % 13 == 0 || edges.contains(cut) || edges.contains(cut - 1) {
      let told = Told(Array(bytes[..<cut]))
      #expect(told.says("the recording ends inside the packet") == !edges.contains(cut), "\(cut)")
      #expect(told.seen == seen[edges.count { $0 <= cut }], "\(cut)")
    }
  }

  private static func edges(_ bytes: [UInt8]) -> [Int] {
    var edges: [Int] = []
    var at = 0
    while at < bytes.count {
      var (length, shift) = (0, 0)
      at += 1
      while bytes[at] & 0x80 != 0 {
        length |= Int(bytes[at] & 0x7f) << shift
        (at, shift) = (at + 1, shift + 7)
      }
      length |= Int(bytes[at]) << shift
      at += 1 + length
      edges.append(at)
    }
    return edges
  }

  @Test func garbageEndsTheReading() {
    let told = Told(Self.whole + Array("Trailing text".utf8))
    #expect(told.events.count == 2 && told.says("no packet begins at byte \(Self.whole.count)"))
  }

  /// Any bytes at all: nothing is asked but that it ends.
  @Test func mutationsAreRead() throws {
    var random = Random(18)
    for name in ["dense-deflate", "oldgeneric", "fgraph"] {
      let bytes = try Samples.bytes(name)
      for _ in 0..<60 {
        var changed = bytes
        for _ in 0..<20 {
          changed[Int.random(in: 0..<changed.count, using: &random)] = .random(in: 0...255, using: &random)
        }
        _ = Told(changed, step: 4096)
      }
    }
  }
}
