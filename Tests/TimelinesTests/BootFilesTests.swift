import Testing

@testable import Timelines

/// Which files are one boot: a letter a file, `a+b` for two of one boot, `a b` for two boots.
struct BootFilesTests {
  struct Files: CustomStringConvertible, Sendable {
    var description: String
    var texts: [String]
    var areFound: Bool
    var expected: String
    init(_ description: String, _ texts: [String], areFound: Bool = false, _ expected: String) {
      (self.description, self.texts, self.areFound, self.expected) = (description, texts, areFound, expected)
    }
  }

  private static func hello(_ kernel: String) -> String {
    "[    0.000000] Booting Linux on physical CPU 0x0\n[    0.000000] Linux version \(kernel) (x@y) (gcc) #1 SMP\n"
  }

  /// A boot of sixty lines, `skew` microseconds late.
  private static func whole(_ kernel: String, skew: Int = 0) -> String {
    hello(kernel) + logged((1...60).map { "\($0 * 1000 + skew) simple line \($0)" }.joined(separator: "\n"))
  }

  private static let clockLine = "[    0.000001] sched_clock: 56 bits at 54MHz, resolution 18ns\n"

  /// Stamps of a clock that ticks slowly.
  private static let early = logged((1...10).map { "\($0 * 100) early \($0)" }.joined(separator: "\n"))

  /// What a daemon kept of a boot.
  private static func journal(_ kernel: String, clock: Int? = nil, model: String = "Toy Board") -> String {
    [
      "Linux version \(kernel) (x@y) (gcc) #1 SMP", "Machine model: \(model)",
      clock.map { "rtc-pl031 9010000.pl031: setting system clock to 2026-11-22T13:01:41 UTC (\($0))" } ?? "x",
      "pci A: Adding to iommu group 1",
    ].map { "Nov 22 13:01:45 board kernel: \($0)\n" }.joined()
  }

  private static func groups(_ devices: String, from first: Int = 1, at time: Int) -> String {
    devices.enumerated().map { index, device in
      "\(time + index * 10) pci \(device): Adding to iommu group \(first + index)"
    }.joined(separator: "\n")
  }

  private static func traced(_ devices: String, from first: Int = 1, at time: Int) -> String {
    Traced(
      devices.enumerated().map { index, device in "1 \(time + index * 10) group \(first + index) \(device)" }
        .joined(separator: "\n")
    ).text
  }

  private static let cases: [Files] = [
    Files("a log and its trace", [logged(groups("ABC", at: 13)), traced("ABC", at: 10)], "0+1"),
    Files("in the other order", [traced("ABC", at: 10), logged(groups("ABC", at: 13))], "1+0"),
    Files(
      "a log and a trace in which a device has another group",
      [logged(groups("ABC", at: 13)), traced("ABC", from: 4, at: 10)], "0 1"),
    Files(
      "a log and a trace that have nothing in common",
      [logged("10 pci A: enabling device"), traced("B", at: 10)], "0+1"),
    Files(
      "a log with all of the boot in which the trace's devices are missing",
      [
        hello("6.17.1") + logged("1000 pci X: Adding to iommu group 9\n900000 pci Y: enabling device"),
        traced("ABC", at: 10),
      ], "0 1"),
    Files(
      "the same, but the log ends before the devices got their groups",
      [hello("6.17.1") + logged("5 pci X: Adding to iommu group 9"), traced("ABC", at: 10)], "0+1"),
    Files("two logs that show the same lines at the same times", [whole("6.17.1"), whole("6.17.1")], "0+1"),
    Files(
      "two whole logs of one kernel with other times", [whole("6.17.1"), whole("6.17.1", skew: 7)], "0 1"),
    Files(
      "the same, but for a line that every boot begins with",
      [whole("6.17.1") + clockLine, whole("6.17.1", skew: 7) + clockLine], "0 1"),
    Files(
      "found in an archive, with ten lines that every boot begins with",
      [
        whole("6.17.1", skew: 500) + early, whole("6.17.1", skew: 507) + early,
        whole("6.17.1", skew: 507) + early,
      ], areFound: true, "0 1+2"),
    Files(
      "two logs of two kernels",
      [
        hello("6.17.1") + logged("10 pci A: enabling device"),
        hello("6.17.2") + logged("10 pci A: enabling device"),
      ], "0 1"),
    Files(
      "two journals of one kernel whose clock was set to other times",
      [
        journal("6.17.1", clock: 1_795_352_501), journal("6.17.1", clock: 1_795_352_602),
        journal("6.17.1", clock: 1_795_352_501),
      ], "0+2 1"),
    Files(
      "two boards' journals, without a clock chip",
      [
        journal("6.17.1", model: "Toy"), journal("6.17.1", model: "Other"),
        journal("6.17.1", model: "Toy Bo"),
      ],
      "0+2 1"),
    Files(
      "two parts of logs that somebody named as one boot's",
      [logged("10 pci A: enabling device"), logged("20 pci B: enabling device")], "0+1"),
    Files(
      "the same, found in an archive: nobody says so",
      [logged("10 pci A: enabling device"), logged("20 pci B: enabling device")], areFound: true, "0 1"),
    Files(
      "a trace goes to the log with which it has most in common",
      [
        whole("6.17.1") + logged(groups("ABC", at: 100_003)),
        whole("6.17.1", skew: 7) + logged(groups("ABC", at: 200_003)), traced("ABC", at: 200_000),
      ], "0 1+2"),
    Files("two traces of one boot", [traced("ABC", at: 10), traced("DE", from: 4, at: 50)], "0+1"),
    Files(
      "two traces in which a device has other groups",
      [traced("ABC", at: 10), traced("ABC", from: 4, at: 50)], "0 1"),
  ]

  @Test(arguments: cases)
  func sorts(_ row: Files) {
    let read = Documents(row.texts, areFound: row.areFound)
    var stories = read.stories
    for input in stories.indices {
      for log in stories[input].logs.indices { stories[input].logs[log].anchors.index() }
    }
    let boots = BootFiles.sorted(stories, read.names).map { files in
      files.logs.compactMap { $0.begins.map { Int($0.input) } } + files.traces.map(\.input.input)
    }
    #expect(boots.map { $0.map(String.init).joined(separator: "+") }.joined(separator: " ") == row.expected)
  }

  @Test func aTraceThatFitsNoOtherFileIsSaidToBeAnotherBoot() {
    let boots = Documents([logged(Self.groups("ABC", at: 13)), Self.traced("ABC", from: 4, at: 10)]).boots
    #expect(boots.count == 2)
    #expect(boots.map { $0.losses.contains { $0.kind == .anotherBoot } } == [false, true])
  }

  @Test func oneRecordingInTwoFormsIsUsedOnce() {
    let visits = (0..<8).map {
      "1 \($0 * 10) probe_iommu_group A\($0)\n1 \($0 * 10 + 5) } probe_iommu_group = 0"
    }
    let text = Traced(visits.joined(separator: "\n")).text
    let boots = Documents([text, text]).boots
    #expect(boots.count == 1)
    #expect(boots.first?.devices["A3"]?.visits.count == 1)
    #expect(boots.first?.losses.contains { $0.kind == .repeated } == true)
  }

  /// Two ring buffers, into which the kernel writes each event one after the other: what both hold counts once, what one holds stays.
  @Test(arguments: [false, true])
  func twoBuffersOfOneBootAreOne(_ isSwapped: Bool) throws {
    let devices = (1...6).map { (name: "A\($0)", at: 1000 * $0) }
    let groups = devices.map { name, at in
      """
      1 \(at) probe_iommu_group \(name)
      1 \(at + 500) group \(at) \(name)
      1 \(at + 600) } probe_iommu_group = 0
      """
    }
    let calls = devices.map { name, at in
      """
      1 \(at + 7) probe_iommu_group \(name)
      1 \(at + 100) platform_dma_configure \(name)
      1 \(at + 200) } platform_dma_configure = 0
      1 \(at + 607) } probe_iommu_group = 0
      """
    }
    let texts = [groups, calls].map { Traced($0.joined(separator: "\n")).text }
    let boot = try #require(Documents(isSwapped ? texts.reversed() : texts).boots.first)
    let device = try #require(boot.devices["A3"])
    #expect(device.visits.count == 1)
    #expect(device.visits.first?.ownDMAConfigure != nil)
    #expect(device.groups.count == 1)
    #expect(boot.traces.map(\.inputs) == [[0, 1]])
    #expect(boot.losses.map(\.kind) == [.repeated])
  }

  /// Whichever trace comes first, and whichever of its registrations.
  @Test(arguments: [[100, 500], [500, 100]])
  func visitsOfTwoTracesNameTheirOwnRegistrations(_ times: [Int]) throws {
    let texts = times.map { time in
      Traced(
        """
        1 \(time) iommu_device_register S\(time)
        1 \(time + 2) probe_iommu_group A\(time)
        1 \(time + 6) } probe_iommu_group = 0
        1 \(time + 9) } iommu_device_register = 0
        """
      ).text
    }
    let boot = try #require(Documents(texts).boots.first)
    #expect(boot.registrations.map { microseconds($0.phase.start) } == ["100", "500"])
    for time in times {
      let visit = try #require(boot.devices["A\(time)"]?.visits.first)
      let number = try #require(visit.registration)
      #expect(boot.registrations[number].phase.contains(visit.phase.start))
    }
  }

  /// Of two recordings, of which one holds the other, whichever comes first.
  @Test(arguments: [(8, 9), (9, 8)])
  func theFullerRecordingIsUsed(_ first: Int, _ second: Int) {
    func text(_ count: Int) -> String {
      let visits = (0..<count).map {
        "1 \($0 * 10) probe_iommu_group A\($0)\n1 \($0 * 10 + 5) } probe_iommu_group = 0"
      }
      return Traced(visits.joined(separator: "\n")).text
    }
    let boots = Documents([text(first), text(second)]).boots
    #expect(boots.map { $0.devices["A8"]?.visits.count } == [1])
  }

  @Test(arguments: [("6.17.1", "6.17.1", 1), ("6.17.1", "6.17.2", 2), ("6.17.1", nil, 1)])
  func tracesOfTwoKernelsAreTwoBoots(_ one: String?, _ other: String?, _ boots: Int) {
    let read = Documents([Self.traced("A", at: 10), Self.traced("B", from: 2, at: 50)])
    var stories = read.stories
    for (input, kernel) in [one, other].enumerated() {
      for trace in stories[input].traces.indices { stories[input].traces[trace].kernel = kernel }
    }
    #expect(BootFiles.sorted(stories, read.names).count == boots)
  }

  @Test func messagesOfATraceAreTheLogWhereThereIsNoOther() {
    let read = Documents([Self.traced("B", at: 10), logged(Self.groups("A", at: 13))])
    var story = read.stories[0]
    for trace in story.traces.indices { story.traces[trace].messages = read.stories[1].logs }
    let boot = Assembly.boots([story], read.names).first
    #expect(boot?.logIsTraces == true)
    #expect(boot?.devices["A"]?.adding.count == 1)
  }
}
