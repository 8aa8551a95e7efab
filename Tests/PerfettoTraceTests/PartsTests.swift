import Bytes
import Events
import TestSupport
import Testing

@testable import PerfettoTrace

/// Several recordings in one file, and several data sources in one recording.
struct PartsTests {
  private static func recording(_ time: Int64, head: [UInt8]) -> [UInt8] {
    head + Proto.start() + Proto.bundle(cpu: 1, Proto.enter(time) + Proto.entry) + Proto.end()
  }
  private static func uuid(_ number: Int64) -> [UInt8] {
    Proto.packet(Proto.bytes(89, Proto.number(1, number) + Proto.number(2, 7)), sequence: 1)
  }
  private static func system(_ release: String) -> [UInt8] {
    Proto.packet(Proto.bytes(45, Proto.bytes(1, Proto.text(3, release))), sequence: 1)
  }
  private static let started = Proto.packet(
    Proto.bytes(69, Proto.number(2, 1)) + Proto.number(8, 10), sequence: 1)
  /// Seconds of the boot's and the wall's clock.
  private static func clocks(_ boot: Int64, _ wall: Int64) -> [UInt8] {
    func clock(_ id: Int64, _ time: Int64) -> [UInt8] {
      Proto.bytes(1, Proto.number(1, id) + Proto.number(2, time * 1_000_000_000))
    }
    return Proto.packet(Proto.bytes(6, clock(6, boot) + clock(1, wall)), sequence: 1)
  }

  /// What tells that another recording begins.
  @Test(arguments: [
    (uuid(1), uuid(2)), (started, started), (system("6.6.1"), system("6.6.2")), ([], []),
    (clocks(30, 1_700_000_030), clocks(20, 1_700_000_500)), (uuid(1), uuid(1) + started),
    (started + clocks(30, 1_700_000_030), clocks(40, 1_700_000_500)),
  ])
  func recordingsStandBehindEachOther(_ first: [UInt8], _ second: [UInt8]) {
    let told = Told.parts(Self.recording(1000, head: first) + Self.recording(2000, head: second))
    #expect(told.map { $0.events.map(\.time) } == [[1000], [2000]])
    #expect(told.allSatisfy { !$0.isIncomplete && $0.losses.isEmpty })
  }

  /// Nothing of one is the other's: neither its clock, nor its kernel, nor where its probes are.
  @Test func partsShareNothing() {
    let moved = Proto.event(500, 5, 65536, Proto.number(1, -81920) + Proto.text(2, "0000:00:02.0"))
    let second =
      Self.uuid(2) + Self.system("6.6.2") + Proto.start()
      + Proto.bundle(cpu: 1, Proto.number(5, 3) + moved + Proto.entry)
    let told = Told.parts(Self.recording(1000, head: Self.uuid(1) + Self.system("6.6.1")) + second)
    #expect(told.map(\.kernel) == ["6.6.1", "6.6.2"])
    #expect(told.map { $0.lines.count } == [1, 1])
    #expect(told.map(\.isIncomplete) == [false, true])
    #expect(told[1].says("no statistics of the recording's end"))
  }

  /// Snapshots of one recording, its clock set on the way, and tracks for the viewer behind it.
  @Test func oneRecordingStaysOne() {
    let head = Self.uuid(1) + Self.started + Self.clocks(10, 1_700_000_000)
    let viewer = Proto.packet(Proto.bytes(60, Proto.number(1, 3)), sequence: 9)
    let told = Told.parts(
      Self.recording(1000, head: head + Self.clocks(20, 1_800_000_000)) + Self.clocks(30, 1_800_000_010)
        + viewer)
    #expect(told.count == 1 && told[0].losses.isEmpty)
  }

  /// The service writes a recording's first clocks before its uuid.
  @Test func clocksBeforeTheUUIDAreTheNextOnes() {
    func whole(_ number: Int64, _ boot: Int64, _ began: Int64) -> [UInt8] {
      Self.clocks(boot, began + boot)
        + Self.recording(1000, head: Self.uuid(number) + Self.clocks(boot + 5, began + boot + 5))
    }
    var recording = PerfettoRecording(input: 0)
    var names = NameTable()
    let behind = Self.clocks(50, 1_800_000_050)
    let file = whole(1, 30, 1_700_000_000) + whole(2, 40, 1_800_000_000) + behind
    recording.feed(file.span, &names)
    #expect(
      recording.parts().map { $0.wallClock?.began } == [
        1_700_000_000...1_700_000_000, 1_800_000_000...1_800_000_000,
      ])
  }

  /// With every flush a source writes its start's numbers once more, and an end.
  @Test func aRecordingGoesOnBehindAFlush() {
    func cpu(_ read: Int64) -> [UInt8] { Proto.bytes(2, Proto.number(1, 1) + Proto.number(9, read)) }
    func flush(_ read: Int64) -> [UInt8] {
      Proto.start(preserves: false, cpus: cpu(7)) + Proto.end(cpus: cpu(read))
    }
    func bundle(_ time: Int64) -> [UInt8] { Proto.bundle(cpu: 1, Proto.enter(time) + Proto.entry) }
    func service(_ field: Int) -> [UInt8] {
      Proto.packet(Proto.bytes(69, Proto.number(field, 1)), sequence: 1)
    }
    let flushed = (1...30).flatMap { bundle(Int64($0)) + flush(Int64($0)) }
    let told = Told.parts(Proto.start() + flushed)
    #expect(told.map { $0.events.map(\.time) } == [(1...30).map { Int64($0) }])
    #expect(told.allSatisfy { !$0.isIncomplete && $0.losses.isEmpty })
    // The rest was cut off at a packet's edge.
    let cut = Told(Proto.start() + flushed + bundle(99))
    #expect(cut.isIncomplete && cut.says("no statistics of the recording's end"))
    #expect(Told(Proto.start() + flushed + bundle(99).dropLast()).isIncomplete)
    #expect(!Told(Proto.start() + flushed + service(5) + service(4) + bundle(99).dropLast()).isIncomplete)
    // The service ended it, and has read all that was there.
    #expect(!Told(Proto.start() + flushed + service(5) + bundle(99) + service(4)).isIncomplete)
    #expect(Told(Proto.start() + flushed + service(4) + service(5) + bundle(99)).isIncomplete)
    let another = Proto.start(preserves: false, cpus: cpu(8)) + bundle(500) + Proto.end(cpus: cpu(9))
    #expect(Told.parts(Proto.start() + flushed + another).map(\.events.count) == [30, 1])
  }

  @Test func moreThanAnybodyPutsTogether() {
    let many = (1...40).flatMap { Self.recording(Int64($0) * 1000, head: Self.uuid(Int64($0))) }
    let told = Told.parts(many)
    #expect(told.count == 16 && told.flatMap(\.events).count == 16)
    #expect(told[15].isIncomplete && told[15].says("give them one by one"))
  }

  @Test func twoBootsByTheWallsClock() throws {
    func moment(_ boot: Int64, _ wall: Int64) -> WallClock? {
      WallClock(wall: wall * 1_000_000_000, boot: boot * 1_000_000_000)
    }
    let first = try #require(moment(30, 1_700_000_030))
    #expect(try first.isOfAnotherBoot(than: #require(moment(20, 1_700_000_120))))
    #expect(try #require(moment(20, 1_700_000_120)).isOfAnotherBoot(than: first))
    // Set by less than the system was up.
    #expect(try !first.isOfAnotherBoot(than: #require(moment(90, 1_700_000_110))))
    // A chip that has lost its power tells a day before 2020.
    #expect(moment(30, 30) == nil && moment(-1, 1_700_000_000) == nil && moment(30, 1_358_499_003) == nil)
    #expect(first.began == 1_700_000_000...1_700_000_000)
    #expect(try first.agrees(with: #require(moment(90, 1_700_000_090))))
    #expect(try !first.agrees(with: #require(moment(90, 1_700_000_091))))
    // It was set while it ran: then it is everybody's.
    var both = first
    both.add(try #require(moment(40, 1_800_000_000)))
    #expect(!both.agrees(with: first))
  }

  // MARK: data sources

  /// Each source tells of its own losses; another one's zeros take nothing back.
  @Test func sourcesLoseForThemselves() {
    func cpu(_ field: Int, _ count: Int64) -> [UInt8] {
      Proto.bytes(2, Proto.number(1, 1) + Proto.number(field, count))
    }
    func told(_ end: [UInt8], other: [UInt8]) -> Told {
      Told(
        Proto.start() + Proto.start(preserves: false, sequence: 7)
          + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry) + Proto.end(cpus: end) + other)
    }
    let whole = Proto.end(sequence: 7)
    #expect(!told([], other: whole).isIncomplete)
    for field in [3, 4, 8] {
      let lost = told(cpu(field, 4711), other: Proto.end(cpus: cpu(field, 0), sequence: 7))
      #expect(lost.isIncomplete && lost.says("CPU 1"))
    }
    let missed = told(Proto.bytes(10, Proto.number(2, 77)), other: whole)
    #expect(missed.isIncomplete && missed.says("kprobe hits were missed"))
    #expect(told([], other: []).says("no statistics"))
  }

  /// The service's numbers only rise: a later packet with zeros says nothing.
  @Test func theServicesLossesStay() {
    func stats(_ overwritten: Int64) -> [UInt8] {
      Proto.packet(Proto.bytes(35, Proto.bytes(1, Proto.number(3, overwritten))), sequence: 1)
    }
    let told = Told(Self.recording(1000, head: []) + stats(55) + stats(0))
    #expect(told.isIncomplete && told.says("Perfetto's own buffer"))
  }

  /// Of a buffer that was taken over all counts that was lost since it was made.
  @Test(arguments: [true, false]) func lossesFromBeforeTheStart(_ preserves: Bool) {
    let lost: [(start: [UInt8], words: String)] = [
      (Proto.bytes(2, Proto.number(1, 1) + Proto.number(8, 4711)), "dropped on CPU 1"),
      (Proto.bytes(2, Proto.number(1, 1) + Proto.number(4, 4711)), "dropped on CPU 1"),
      (Proto.bytes(10, Proto.number(1, 9000) + Proto.number(2, 77)), "missed"),
    ]
    for (numbers, words) in lost {
      let told = Told(
        Proto.start(preserves: preserves, cpus: numbers)
          + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry) + Proto.end(cpus: numbers))
      #expect(told.isIncomplete == preserves && told.says(words) == preserves)
    }
  }

  @Test func whatTwoSourcesRecordedCountsOnce() {
    let events = Proto.enter(1000) + Proto.enter(1000) + Proto.enter(3000) + Proto.entry
    let told = Told(
      Proto.start() + Proto.start(sequence: 7) + Proto.bundle(cpu: 1, events)
        + Proto.bundle(cpu: 1, events, sequence: 7) + Proto.end() + Proto.end(sequence: 7))
    // Two events of one source at one time are two: clocks may be coarse.
    #expect(told.events.map(\.time) == [1000, 1000, 3000])
    #expect(told.says("two data sources") && !told.isIncomplete)
  }

  /// A buffer that outlived a reboot has the events of the boot before; all else is of this one.
  @Test(arguments: [true, false]) func whatOutlivedARebootIsOfAnotherBoot(_ hasLive: Bool) {
    func source(_ config: Int) -> [UInt8] { Proto.bytes(2, Proto.bytes(1, Proto.bytes(config, []))) }
    let config = Proto.packet(
      Proto.bytes(33, source(136) + (hasLive ? source(100) : [])), sequence: 1)
    let cpus = Proto.bytes(2, Proto.number(1, 1) + Proto.number(9, 3))
    let frozen =
      Proto.start(sequence: 7) + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry, sequence: 7)
      + Proto.end(cpus: cpus, sequence: 7)
    let live =
      Proto.start() + Proto.bundle(cpu: 1, Proto.enter(2000) + Proto.entry)
      + Proto.start(preserves: false, cpus: cpus) + Proto.end(cpus: cpus)
    let file = Self.clocks(30, 1_700_000_030) + config + Self.system("6.6.1") + frozen + (hasLive ? live : [])
    #expect(Told.parts(file).map { $0.events.map(\.time) } == [[1000], hasLive ? [2000] : []])
    var recording = PerfettoRecording(input: 0)
    var names = NameTable()
    recording.feed(file.span, &names)
    #expect(recording.parts().map(\.isOfBootBefore) == [true, false])
    #expect(recording.parts().map(\.kernelRelease) == [nil, "6.6.1"])
    #expect(recording.parts().map { $0.wallClock == nil } == [true, false])
  }

  @Test func eventsOnAnotherClockAreAHoleNobodyKnowsOf() {
    let told = Told(
      Proto.start() + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry)
        + Proto.bundle(cpu: 2, Proto.number(5, 3) + Proto.enter(1000)) + Proto.end())
    #expect(told.isIncomplete && told.says("another clock"))
  }

  /// However many writers there are, those of ftrace are known.
  @Test func aDropBehindThousandsOfOtherSequences() {
    let others = (100..<4300).flatMap { Proto.packet(Proto.number(87, 1), sequence: $0) }
    let dropped = Proto.bundle(cpu: 1, Proto.enter(2000), rest: Proto.number(42, 1))
    let told = Told(
      others + Proto.start() + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry) + dropped + Proto.end())
    #expect(told.says("were dropped"))
    #expect(told.events.contains { if case .lost = $0.body { true } else { false } })
  }

  /// A name of several functions is not mended by saying one.
  @Test func aProbeOfSeveralAddressesAsksForNothing() {
    let other = Proto.event(2000, 5, 65536, Proto.number(1, -81920) + Proto.text(2, "0000:00:02.0"))
    let told = Told(
      Proto.start() + Proto.bundle(cpu: 1, Proto.enter(1000) + other + Proto.entry) + Proto.end())
    #expect(told.says("several addresses") && !told.says("--probe"))
  }
}
