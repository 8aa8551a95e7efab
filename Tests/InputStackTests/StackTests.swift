import Foundation
import TestSupport
import Testing

/// What people hold is packed in what they hold it with: any three layers around a log or a trace, and the findings stay.
struct StackTests {
  /// A log or a trace of a few KB.
  struct Core: Sendable {
    var name: String
    var isLog: Bool
    var bytes: [UInt8]
    var answer: Answer
  }

  /// The samples' warnings, each with the kernel's hello, what stands around it, and the first program.
  static func cutLog(_ sample: String) throws -> [UInt8] {
    let lines = try Files.lines("\(sample)/dmesg.txt")
    var kept: [Int] = []
    for (index, line) in lines.enumerated() {
      if line.contains("] Linux version ") || line.contains("] Machine model: ") || line.contains("Run /init")
      {
        kept.append(index)
      }
      if line.contains(": late IOMMU probe") { kept += max(0, index - 8)...min(index + 52, lines.count - 1) }
      if line.contains("iommu: ") || line.contains("ignoring dependency") { kept.append(index) }
    }
    var text = Set(kept).sorted().prefix(260).map { lines[$0] }
    // What the cut has left of another warning would be damage of its own.
    while text.last?.contains("[ cut here ]") == true { text.removeLast() }
    return Array(text.map { $0 + "\n" }.joined().utf8)
  }

  static let logs = [
    "natural-6.17.13-4", "late-rebind-7.3.4", "real-misuse-7.2.13-kprobe", "race-bind-7.2.13-kprobe",
    "misuse-7.3.4", "natural-6.16.12-1", "natural-7.2.13",
  ]
  static let traces = [
    "real-misuse-7.2.13-kprobe", "late-smmu-rebind-6.17.13-kprobe", "misuse-7.2.13", "misuse-7.3.4",
  ]

  /// What has no finding: around these nothing may be made up.
  static let clean: Set<String> = [
    "clean-7.3.4/dmesg.txt", "fg-base.txt", "late-smmu-rebind-6.17.13-kprobe/trace.txt",
  ]

  static let cores: [Core] = {
    var cores: [Core] = []
    func add(_ name: String, isLog: Bool, _ bytes: [UInt8]) {
      cores.append(Core(name: name, isLog: isLog, bytes: bytes, answer: .report(bytes)))
    }
    for sample in logs {
      if let bytes = try? cutLog(sample) { add("\(sample)/dmesg.txt", isLog: true, bytes) }
    }
    for sample in traces {
      let path = Here.sample("\(sample)/trace.txt")
      if let bytes = try? Files.bytes(path) { add("\(sample)/trace.txt", isLog: false, bytes) }
    }
    for name in ["trace-base.txt", "fg-base.txt"] {
      if let bytes = try? Files.bytes(Files.field(name)) { add(name, isLog: false, bytes) }
    }
    if let lines = try? Files.lines("clean-7.3.4/dmesg.txt") {
      let short = lines.prefix(40) + lines.filter { $0.contains("iommu") } + lines.suffix(20)
      add("clean-7.3.4/dmesg.txt", isLog: true, Array(short.map { $0 + "\n" }.joined().utf8))
    }
    return cores
  }()

  /// Without this the stacks might be around nothing.
  @Test func thePlainFilesHaveTheirFindings() {
    #expect(Self.cores.count == Self.logs.count + Self.traces.count + 3)
    for core in Self.cores {
      #expect(core.answer.exit != 2, "\(core.name): \(core.answer)")
      #expect(
        core.answer.findings.isEmpty == Self.clean.contains(core.name),
        "\(core.name) (\(core.bytes.count) bytes): \(core.answer)")
    }
  }

  struct Stack: CustomStringConvertible {
    var seed: UInt64
    var core: Core
    var layers: [Layer] = []
    var bytes: [UInt8]

    init(_ seed: UInt64) {
      var dice = Random(seed &* 0x9e37_79b9_7f4a_7c15 &+ 1)
      self.seed = seed
      core = StackTests.cores[Int.random(in: 0..<StackTests.cores.count, using: &dice)]
      bytes = core.bytes
      var shape = Shape.kernelLines
      while layers.count < 3 {
        // A family first: else the many ways to write a text would leave no room for the rest.
        let family =
          [Layer.prefixes, Layer.envelopes, Layer.sections, Layer.forms, Layer.containers]
          .randomElement(using: &dice) ?? []
        let fitting = family.filter { layer in
          layer.around.contains(shape) && (core.isLog || !layer.isForLogs)
            && !layers.contains { $0.name == layer.name }
        }
        guard let layer = fitting.randomElement(using: &dice) else { continue }
        bytes = layer.wrap(bytes, &dice)
        shape = max(shape, layer.makes)
        if layer.makes == .form { shape = .form }
        layers.append(layer)
      }
    }

    var description: String {
      "seed \(seed): \(core.name) in \(layers.map(\.name).joined(separator: ", in "))"
    }
  }

  /// A build that is not optimised is slower by far.
  private static var count: UInt64 {
    if let seed = ProcessInfo.processInfo.environment["PROBERACE_STACKS"].flatMap(UInt64.init) { return seed }
    #if DEBUG
      return 200
    #else
      return 4000
    #endif
  }

  @Test func aStackSaysWhatThePlainFileSays() throws {
    let folder = try TemporaryFolder()
    // PROBERACE_STACK=seed looks at that one alone, and leaves its bytes where they can be looked at.
    if let seed = ProcessInfo.processInfo.environment["PROBERACE_STACK"].flatMap(UInt64.init) {
      let stack = Stack(seed)
      try Data(stack.bytes).write(to: URL(filePath: "/tmp/stack-\(seed)"))
      return try check(stack, folder)
    }
    for seed in 1...Self.count { try check(Stack(seed), folder) }
  }

  private func check(_ stack: Stack, _ folder: TemporaryFolder) throws {
    let report = Answer.report(stack.bytes)
    #expect(report == stack.core.answer, "report, \(stack)")
    let scan = try Answer.scan(stack.bytes, in: folder)
    #expect(scan == stack.core.answer, "scan, \(stack)")
  }

  /// Every layer comes up, and so does every pair of families: else the seeds test less than they seem to.
  @Test func everyLayerComesUp() {
    var seen: Set<String> = []
    for seed in 1...600 as ClosedRange<UInt64> { for layer in Stack(seed).layers { seen.insert(layer.name) } }
    #expect(seen == Set(Layer.all.map(\.name)))
  }
}
