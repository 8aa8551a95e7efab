import Testing
import Verdicts

@testable import Scan

/// Allow-lists that hold for some boards alone, and several of them.
struct BaselinePlaceTests {
  private let today = "2026-11-28"

  private func list(_ entry: String) throws -> Baseline {
    try Baseline.parse(
      Array(
        "{\"schema\":\"proberace/baseline@1\",\"entries\":[{\"cause\":\"probe-before-domain\"\(entry)}]}".utf8
      ))
  }

  @Test(arguments: [
    ("", true), (",\"boards\":[\"rpi*\"]", true), (",\"boards\":[\"qemu\",\"rpi4\"]", true),
    (",\"boards\":[\"qemu\"]", false),
    (",\"boards\":[]", false), (",\"hardware\":[\"Raspberry*\"]", true), (",\"hardware\":[\"rpi4\"]", false),
    (",\"kernels\":[\"6.17.*\"]", true), (",\"kernels\":[\"nightly\"]", true),
    (",\"kernels\":[\"6.18.*\"]", false),
    (",\"boards\":[\"rpi4\"],\"kernels\":[\"6.18.*\"]", false),
  ])
  func anEntryHoldsWhereItSays(_ entry: String, _ holds: Bool) throws {
    let boot = BootPlace(
      labels: ["board": "rpi4", "kernel": "nightly"], kernel: "6.17.13", hardware: "Raspberry Pi 4")
    #expect(try #require(list(entry).entries.first).holds(at: boot) == holds)
  }

  @Test func withoutALabelTheMachineIsTheBoard() throws {
    let boot = BootPlace(kernel: "6.17.13", hardware: "QEMU Virtual Machine")
    #expect(try #require(list(",\"boards\":[\"QEMU*\"]").entries.first).holds(at: boot))
    #expect(try !#require(list(",\"boards\":[\"*\"]").entries.first).holds(at: BootPlace()))
  }

  /// A boot that warns calls its machine otherwise than one that does not: either name is the board's.
  @Test(arguments: ["Toy Board", "Toy Board (DT)"])
  func aReportsNameOfTheMachineIsTheBoot(_ name: String) throws {
    let boot = BootPlace(hardware: "Toy Board (DT)")
    for key in ["boards", "hardware"] {
      #expect(try #require(list(",\"\(key)\":[\"\(name)\"]").entries.first).holds(at: boot))
    }
    #expect(boot.board == "Toy Board")
  }

  @Test(arguments: [
    ",\"rate\":1.5", ",\"rate\":-1", ",\"rate\":\"1%\"", ",\"boards\":\"rpi\"", ",\"board\":[\"rpi\"]",
  ])
  func aWrongEntryIsNamed(_ entry: String) { #expect(throws: (any Error).self) { try list(entry) } }

  @Test func mergingLosesNothing() throws {
    let one = try list(",\"boards\":[\"a\"],\"expires\":\"2027-01-01\"")
    let two = try list(",\"boards\":[\"b\"],\"expires\":\"2027-02-01\"")
    let three = try list(",\"device\":\"0000:*\",\"rate\":0.01")
    let merged = one.merged(with: [two, three, one])
    #expect(merged.entries.count == 2)
    let shared = try #require(merged.entries.first { $0.device == nil })
    #expect(shared.boards == ["a", "b"] && shared.expires == "2027-02-01")
    #expect(try merged.merged(with: [merged]).text() == merged.text())
    #expect(try one.merged(with: [list(",\"boards\":[\"a\"]")]).entries.first?.expires == nil)
    #expect(
      merged.pruned("2027-03-01").entries.map(\.rate) == [0.01] && merged.pruned(today).entries.count == 2
    )
  }
}
