import Testing

@testable import Timelines

/// What the logs of one boot come to: each warning, its time and the inputs that it stands in; then whether the order is known.
struct MergedLogTests {
  struct Logs: CustomStringConvertible, Sendable {
    var description: String
    var texts: [String]
    var expected: String
    init(_ description: String, _ texts: [String], _ expected: String) {
      (self.description, self.texts, self.expected) = (description, texts, expected)
    }
  }

  private static let hello =
    "[    0.000000] Booting Linux on physical CPU 0x0\n[    0.000000] Linux version 6.17.1 (x@y) (gcc) #1 SMP\n"

  private static let cases: [Logs] = [
    Logs(
      "one log", [logged("10 pci A: Adding to iommu group 1\n20 pci B: Adding to iommu group 2")],
      "A 10 B 20, in order"),
    Logs(
      "a line that both have is there once",
      [
        logged("10 pci A: Adding to iommu group 1\n20 pci B: Adding to iommu group 2"),
        logged("20 pci B: Adding to iommu group 2\n30 pci C: Adding to iommu group 3"),
      ],
      "A 10 B 20 C 30, in order"),
    Logs(
      "each line in its place by time",
      [
        logged("10 pci A: Adding to iommu group 1\n30 pci C: Adding to iommu group 3"),
        logged("20 pci B: Adding to iommu group 2"),
      ],
      "A 10 B 20 C 30, in order"),
    Logs(
      "a line that stands twice in one log is one line",
      [
        logged("10 pci A: Adding to iommu group 1\n10 pci A: Adding to iommu group 1"),
        logged("30 pci C: Adding to iommu group 3"),
      ],
      "A 10 C 30, in order"),
    Logs(
      "lines without times may belong anywhere",
      [logged("10 pci A: Adding to iommu group 1"), logged("pci B: Adding to iommu group 2")],
      "A 10 B ?, order open"),
    Logs(
      "one log without times has an order",
      [logged("pci A: Adding to iommu group 1\npci B: Adding to iommu group 2")], "A ? B ?, in order"),
  ]

  @Test(arguments: cases)
  func merges(_ row: Logs) {
    let read = Documents(row.texts)
    let merged = MergedLog(read.stories.flatMap(\.logs))
    let told = merged.events.map { logged in
      "\(read.names[LogMoment.subject(logged.event.what)]) \(microseconds(logged.event.time))"
    }
    #expect(told.joined(separator: " ") + (merged.keepsOrder ? ", in order" : ", order open") == row.expected)
  }

  /// A recording's console has nanoseconds, and its text (of the same buffer) microseconds, rounded or cut.
  @Test(arguments: [(-1000, 4), (-999, 2), (-373, 2), (0, 2), (427, 2), (999, 2), (1000, 4)], [0, 1])
  func linesAreTheSameToTheMicrosecond(_ row: (shift: Int64, lines: Int), _ fine: Int) {
    let text = logged("10 pci A: Adding to iommu group 1\n20 pci B: Adding to iommu group 2")
    var logs = Documents([text, text]).stories.flatMap(\.logs)
    for index in logs[fine].events.indices { logs[fine].events[index].time? += row.shift }
    let merged = MergedLog(logs)
    #expect(merged.events.count == row.lines && merged.keepsOrder)
    if row.lines == 2 { #expect(merged.events.allSatisfy { $0.log == 0 }) }
  }

  // MARK: warnings

  private static let warning =
    "pci A: late IOMMU probe at driver bind, something fishy here!"

  @Test(
    arguments: [
      Logs(
        "a warning that two logs have has two places", [logged("20 \(warning)"), logged("20 \(warning)")],
        "A 20 in 0+1"),
      Logs(
        "at two times it is two warnings", [logged("20 \(warning)"), logged("4000020 \(warning)")],
        "A 20 in 0; A 4000020 in 1"),
      Logs(
        "twice in one log at one time it is one line", [logged("20 \(warning)\n20 \(warning)")],
        "A 20 in 0"),
    ])
  func warnings(_ row: Logs) {
    let read = Documents(row.texts)
    var builder = BootBuilder(names: read.names)
    builder.add(read.stories.flatMap(\.logs))
    let told = builder.boot.warnings.map { warning in
      "\(warning.device) \(microseconds(warning.time)) in "
        + warning.places.map { String($0.input) }.joined(separator: "+")
    }
    #expect(told.joined(separator: "; ") == row.expected)
  }

  private static let block = """
    \(warning)
    WARNING: drivers/iommu/iommu.c:654 at __iommu_probe_device+0x4c/0x210, CPU#3: kworker/u8:1/126
    CPU: 3 UID: 0 PID: 126 Comm: kworker/u8:1 Not tainted 7.3.4 #1 PREEMPTLAZY
    Call trace:
     __iommu_probe_device+0x4c/0x210 (P)
     probe_iommu_group+0x30/0x60
    ---[ end trace 0000000000000000 ]---
    """

  /// A daemon gave the lines of one of them no time: the block tells.
  @Test func theSameBlockWithoutATimeIsTheSameWarning() {
    let lines = Self.block.split(separator: "\n").map(String.init)
    let stamped = logged(lines.enumerated().map { "\(20 + $0) \($1)" }.joined(separator: "\n"))
    let boots = Documents([stamped, lines.map { $0 + "\n" }.joined()]).boots
    #expect(boots.count == 1)
    #expect(boots.first?.warnings.map { $0.places.map(\.input) } == [[0, 1]])
  }

  /// A search in a daemon's log has left the message, or the WARNING line too, whose old form has no more than the pid.
  @Test(arguments: [1, 2]) func theRestOfABlockIsTheSameWarning(_ count: Int) {
    let old = Self.block.replacing(
      /WARNING: .*/,
      with: "WARNING: CPU: 3 PID: 126 at drivers/iommu/iommu.c:654 __iommu_probe_device+0x4c/0x210")
    let lines = old.split(separator: "\n").map(String.init)
    let stamped = logged(lines.enumerated().map { "\(20 + $0) \($1)" }.joined(separator: "\n"))
    let rest = lines.prefix(count).map { "Nov 28 10:00:01 board kernel: \($0)\n" }.joined()
    #expect(
      Documents([stamped, rest]).boots.map { $0.warnings.map { $0.places.map(\.input) } } == [[[0, 1]]])
    // Twice it cannot be the one.
    #expect(Documents([stamped, rest + rest]).boots.map(\.warnings.count) == [2])
    let other = rest.replacing("pci A", with: "pci B")
    #expect(Documents([stamped, other]).boots.map(\.warnings.count) == [2])
  }

  /// `dmesg | grep -i iommu` before the log that it is of: the warning's call trace is the log's.
  @Test func theFullerBlockIsTheWarning() {
    let lines = Self.block.split(separator: "\n").map(String.init)
    let whole = lines.enumerated().map { "\(20 + $0) \($1)" }
    let part = whole.filter { $0.lowercased().contains("iommu") && !$0.contains("probe_iommu_group") }
    for texts in [[part, whole], [whole, part]] {
      let boots = Documents(texts.map { logged($0.joined(separator: "\n")) }).boots
      #expect(boots.map { $0.warnings.map(\.frames.count) } == [[2]])
      #expect(boots.first?.warnings.first?.places.map(\.input).sorted() == [0, 1])
    }
  }

  // MARK: a whole log beside a copy

  @Test(
    arguments: [
      Logs(
        "what a daemon kept is in the whole log: it adds nothing",
        [
          "10 pci A: Adding to iommu group 1\n20 pci B: Adding to iommu group 2",
          "500 pci B: Adding to iommu group 2",
        ],
        "A 10 B 20, in order"),
      Logs(
        "a line that only the copy has is taken, and then the order is open",
        [
          "10 pci A: Adding to iommu group 1",
          "500 pci A: Adding to iommu group 1\n600 pci C: Adding to iommu group 3",
        ],
        "A 10 C 600, order open"),
      Logs(
        "a second copy has it all once more, too",
        [
          "10 pci A: Adding to iommu group 1\n20 pci B: Adding to iommu group 2",
          "500 pci A: Adding to iommu group 1\n600 pci B: Adding to iommu group 2",
          "700 pci A: Adding to iommu group 1\n800 pci B: Adding to iommu group 2",
        ],
        "A 10 B 20, in order"),
      Logs(
        "a line that only the copies have is taken once",
        [
          "10 pci A: Adding to iommu group 1", "600 pci C: Adding to iommu group 3",
          "800 pci C: Adding to iommu group 3",
        ],
        "A 10 C 600, order open"),
      Logs(
        "a warning that the copy has too comes once more, for its place",
        ["10 \(warning)\n20 pci B: Adding to iommu group 2", "500 \(warning)"], "A 10 B 20 A 500, in order"),
    ])
  func copies(_ row: Logs) {
    let read = Documents([Self.hello + logged(row.texts[0])] + row.texts.dropFirst().map { logged($0) })
    var logs = read.stories.flatMap(\.logs)
    for index in logs.indices.dropFirst() { logs[index].unordered = 1 }
    let merged = MergedLog(logs)
    let told = merged.events.map { logged in
      "\(read.names[LogMoment.subject(logged.event.what)]) \(microseconds(logged.event.time))"
    }
    #expect(told.joined(separator: " ") + (merged.keepsOrder ? ", in order" : ", order open") == row.expected)
  }

  // MARK: what is said of the log

  @Test func aLogThatBeginsWithTheBootIsWhole() {
    let line = logged("10 pci A: Adding to iommu group 1")
    let whole = Documents([Self.hello + line]).boots.first
    #expect(whole?.logIsWhole == true)
    #expect(whole?.kernel == "6.17.1")
    #expect(whole?.losses.isEmpty == true)
    let part = Documents([line]).boots.first
    #expect(part?.logIsWhole == false)
    #expect(part?.losses.map(\.kind) == [.noBeginning])
  }
}
