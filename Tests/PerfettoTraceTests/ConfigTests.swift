import Testing

@testable import PerfettoTrace

/// What a recording was asked to leave out.
struct ConfigTests {
  private static let cpus = (0..<4).flatMap { Proto.bytes(2, Proto.number(1, Int64($0))) }

  private static func told(_ ftrace: [UInt8]) -> Told {
    let source = Proto.bytes(2, Proto.bytes(1, Proto.text(1, "linux.ftrace") + Proto.bytes(100, ftrace)))
    return Told(
      Proto.packet(Proto.bytes(33, source), sequence: 1) + Proto.start(cpus: cpus)
        + Proto.bundle(cpu: 1, Proto.enter(1000) + Proto.entry) + Proto.end(cpus: cpus))
  }

  @Test(arguments: [
    ("d", ["1"]), ("f", []), ("0x3", ["2", "3"]), ("00000000,0000000b", ["2"]), ("", []), ("any", []),
  ])
  func cpusThatAreNotInTheMaskHaveAHole(_ mask: String, _ missing: [String]) {
    let told = Self.told(Proto.text(37, mask))
    #expect(told.lines.filter { $0.hasSuffix("lost") }.count == missing.count)
    #expect(told.says("(tracing_cpumask): \(missing.joined(separator: ", "));") == !missing.isEmpty)
    #expect(told.losses.count == (missing.isEmpty ? 0 : 1))
  }

  @Test func otherThreadsAreMissing() {
    let told = Self.told(Proto.number(35, 5))
    #expect(told.isIncomplete && told.says("tids_to_trace"))
    #expect(!Self.told([]).isIncomplete)
  }
}
