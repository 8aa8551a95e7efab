import Analysis
import Bytes
import Foundation
import Reading
import Records
import Scan
import Synchronization
import TestSupport
import Testing
import Verdicts

struct InputFormatTests {
  private static func recognise(_ bytes: [UInt8]) -> String? {
    Analysis.run(texts: [bytes]).inputs[0].format?.id
  }

  private static func recognise(file: URL) throws -> String? {
    recognise([UInt8](try Data(contentsOf: file)))
  }

  // swift-format-ignore
  static let rows: [Row<String?>] = [
    Row("kprobe text", "# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:4\n", "ftrace-text"),
    Row("trace_pipe", "  init-156     [001] d....    18.524545: rp: (really_probe+0x0/0x3a0) dev=\"a\"\n", "ftrace-text"),
    Row("trace_pipe, returns only", "  init-156     [001] d....    18.524545: rp: (a+0x0/0x3a0 <- really_probe) ret=0\n", "ftrace-text"),
    Row("function_graph", "# tracer: function_graph\n#\n# CPU  DURATION                  FUNCTION CALLS\n", "function-graph-text"),
    Row("function_graph, no header", " 0)               |  bus_probe_device() {\n 0) ! 136.922 us  |    a();\n", "function-graph-text"),
    Row("function", "# tracer: function\n#\n", "function-text"),
    Row("function, no header", "   sh-114     [001] d....    14.536947: a <-b\n   sh-114     [001] d....    14.536948: b <-c\n", "function-text"),
    Row("trace-cmd report", "cpus=2\n   sh-133   [001]   103.931213: funcgraph_entry:                   |      really_probe() {\n", "trace-cmd-report"),
    Row("old trace-cmd report", "version = 6\ncpus=2\n   sh-133   [001]   103.931213: x: y\n", "trace-cmd-report"),
    Row("dmesg", "[    0.000000] Booting Linux on physical CPU 0x0\n", "kernel-log"),
    Row("dmesg with caller ids", "[    0.000000][    T0] Booting Linux\n", "kernel-log"),
    Row("dmesg -x", "kern  :warn  : [    2.360729] exynos-decon 19471000.drmdecon: late IOMMU probe\n", "kernel-log"),
    Row("dmesg -r", "<4>[    6.246790] reg-dummy reg-dummy: late IOMMU probe\n", "kernel-log"),
    Row("dmesg -t", "exynos-decon 19471000.drmdecon: Adding to iommu group 1\nWARNING: CPU: 1 PID: 1 at x\n", "kernel-log"),
    Row("behind blank lines", String(repeating: "\n", count: 200) + "[    0.000000] Booting Linux on physical CPU 0x0\n", "kernel-log"),
    Row("CRLF", "[    0.000000] Booting Linux on physical CPU 0x0\r\n[    0.000000] x\r\n", "kernel-log"),
    Row("board facts", "proberace board-facts 1\nend\n", "board-facts"),
    Row("prose", "Dear colleagues,\n\nthe meeting is at nine.\n", nil),
    Row("nothing", "", nil),
    Row("a source file", "#include <stdio.h>\nint main(void) { return 0; }\n", nil),
    Row("JSON", "{ \"schema\": \"proberace/report@1\" }\n", nil),
  ]

  @Test(arguments: rows)
  func heads(_ row: Row<String?>) throws {
    #expect(Self.recognise(Array(row.line.utf8)) == row.expected)
    let folder = try TemporaryFolder()
    let states = Mutex<[LogResult.State]>([])
    ScanRun.run(
      FileWalk([try folder.file("input", row.line)]), gate: Gate(today: "2026-11-22"), claims: KernelClaims(),
      workers: 1, into: [LogResult.State]()
    ) {
      $0.append($1.state)
    } sink: { found in
      states.withLock { $0 += found }
    }
    // What a scan's search passes over nobody judges there.
    #expect(row.expected == nil || states.withLock { !$0.isEmpty && !$0.contains(.noKernelLog) })
  }

  /// What is compressed may look like anything.
  @Test(arguments: [[0x92, 0x03], [0xaa, 0x08]] as [[UInt8]])
  func aRecordingThatBeginsCompressed(_ tag: [UInt8]) {
    let payload = [0x78, 0x9c] + [UInt8](repeating: UInt8(ascii: "a"), count: 20_000)
    let field = tag + [0xa2, 0x9c, 0x01] + payload
    func recognised(_ length: [UInt8]) -> Recognised {
      let bytes = Array(([0x0a] + length + field).prefix(Recognised.sniffed))
      return Recognised(bytes.span)
    }
    #expect(recognised([0xa7, 0x9c, 0x01]) == .format(.perfettoTrace))
    #expect(recognised([0xa8, 0x9c, 0x01]) == .text)
  }

  @Test func randomBytesAreNothing() {
    var state: UInt64 = 7
    for _ in 0..<200 {
      let bytes = (0..<4096).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
      #expect(Self.recognise(bytes) == nil)
    }
  }

  private static func expected(_ folder: String, _ file: String) -> String {
    if file == "facts.txt" { return "board-facts" }
    if file.contains("report") { return "trace-cmd-report" }
    if !file.hasPrefix("trace") { return "kernel-log" }
    return folder.contains("fgraph")
      ? "function-graph-text"
      : folder.contains("function") ? "function-text" : "ftrace-text"
  }

  private static let texts: Set<String> = [
    "dmesg.txt", "dmesg-r.txt", "serial.log", "trace.txt", "facts.txt",
  ]

  /// The formats that were seen.
  @discardableResult private static func check(_ folders: [URL]) throws -> Set<String> {
    var seen: Set<String> = []
    for folder in folders {
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        .sorted()
      {
        guard texts.contains(file) || file.hasSuffix(".report.txt") || file.hasPrefix("trace-"),
          file != "trace-nocontext.txt", file != "trace-raw.txt", !file.hasSuffix(".pftrace")
        else { continue }
        let path = folder.appending(path: file)
        let size =
          try FileManager.default.attributesOfItem(atPath: path.path(percentEncoded: false))[.size] as? Int
          ?? 0
        // The lab saved an empty trace with a nop header beside captures without one, and serial logs of 35 bytes.
        guard size > 600 else { continue }
        let format = try recognise(file: path)
        #expect(format == expected(folder.lastPathComponent, file), "\(folder.lastPathComponent)/\(file)")
        if let format { seen.insert(format) }
      }
    }
    return seen
  }

  /// A format that neither a sample nor a row has is held by nothing.
  @Test func everySampleAndEveryFormat() throws {
    var seen = try Self.check(Here.captures(in: Here.samples))
    for file in ["natural-7.3.4-cmdline/trace.dat", "perfetto/fgraph.pftrace", "perfetto/kprobe_events.txt"] {
      try seen.formUnion([Self.recognise(file: Here.samples.appending(path: file))].compactMap(\.self))
    }
    seen.formUnion(Self.rows.compactMap { Self.recognise(Array($0.line.utf8)) })
    #expect(InputFormat.allCases.map(\.id).filter { !seen.contains($0) } == [])
  }

  @Test(.enabled(if: Here.hasShared, "../shared/captures is not here"))
  func everySharedCapture() throws { try Self.check(Here.captures(in: Here.shared)) }
}
