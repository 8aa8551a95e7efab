import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// What a hunt for wrong certainty has found: inputs that a kernel can print, and each was once "certain" and wrong.
struct HuntedTests {
  private static func lines(_ path: String) throws -> [String] {
    try String(contentsOf: Here.root.appending(path: path), encoding: .utf8).components(separatedBy: "\n")
  }

  private static func said(_ texts: [[String]]) -> [String] {
    let texts = texts.map { lines in
      Array(lines.filter { !$0.contains("entries-in-buffer") }.joined(separator: "\n").utf8)
    }
    return Analysis.run(texts: texts).boots.flatMap(\.findings).map {
      "\($0.device) \($0.cause?.id ?? "undetermined") \($0.confidence.map(\.rawValue) ?? "-")"
    }
  }

  /// In Tests/Hunted: what may be said of each.
  @Test(arguments: [
    // Drivers configure devices that have no driver; the trace does not tell.
    ("unbound-child", ["3d6a000.gmu dma-configure-outside-bus likely"]),
    // The client's own IOMMU refused it; another one's walk, later, found it being bound.
    ("refused-then-skipped-by-another", ["5000000.gpu iommu-registered-too-early likely"]),
    ("refused-looks-multi", ["5000000.gpu iommu-registered-too-early likely"]),
    // The own IOMMU may have registered before the trace began.
    ("late-trace", ["5000000.gpu skipped-by-walk-then-replayed likely"]),
    // Another IOMMU's registration is in flight.
    ("unrelated-flight", ["5000000.gpu multi-iommu-replay-bypass likely"]),
    // The graph's depth hides the walk's dma_configure, and the walk's alone.
    ("graph-depth-f1-as-f2", ["0000:00:10.5 undetermined -"]),
    (
      "graph-depth-t2-as-f4",
      ["0000:00:10.4 undetermined -", "0000:00:10.5 skipped-by-walk-then-replayed likely"]
    ),
    // The client's own SMMU still waits for its supply.
    ("two-smmus-own-never-came", ["0000:01:00.0 silent-late-iommu likely"]),
    // After a crash devices keep the old tables until they first map something.
    ("kdump-deferred-attach-6.12.0", []),
  ])
  func byHand(_ name: String, _ said: [String]) throws {
    let folder = Here.root.appending(path: "Tests/Hunted/\(name)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(Self.said(try files.map { try Self.lines("Tests/Hunted/\(name)/\($0)") }) == said)
  }

  /// Without the log nobody knows that it is a crash kernel.
  @Test func aTraceThatMayBeOfACrashKernel() throws {
    let trace = try Self.lines("Tests/Hunted/kdump-deferred-attach-6.12.0/trace.txt")
    // Its domain comes after the registration, by the thread that binds: no walk's default domain.
    #expect(Self.said([trace]).isEmpty)
  }

  private static func bindLoops(_ edit: (inout [String], Int) -> Void) throws -> [String] {
    var log = try lines("sample-traces/bind-loops-7.3.4/dmesg.txt")
    let frame = try #require(log.firstIndex { $0.contains("]  pci_dma_configure+0x") })
    edit(&log, frame)
    return said([log])
  }

  /// Where messages were dropped inside a call trace, or frames of another one stand in it, nobody called what comes next.
  @Test func framesThatAreMissing() throws {
    for frame in ["__device_attach_async_helper", "labmis_probe"] {
      let dropped = try Self.bindLoops { log, at in
        let stamp = log[at].prefix { $0 != "]" }
        log.replaceSubrange(
          at..<at + 5, with: ["** 5 printk messages dropped **", "\(stamp)]  \(frame)+0x34/0x40"])
      }
      #expect(dropped.count == 2 && dropped[0] == "0000:00:10.6 undetermined -")
    }
    let foreign = try Self.bindLoops { log, at in
      log.insert("\(log[at].prefix { $0 != "]" })]  folio_wait_bit_common+0x140/0x300", at: at)
    }
    #expect(foreign.count == 2 && foreign[0] == "0000:00:10.6 undetermined -")
  }

  /// A client that gave up and worked has a life behind it that was not in order, whatever its next bind does.
  @Test func anEarlierLife() throws {
    var log = try Self.lines("sample-traces/race-bind-6.17.13-kprobe/dmesg.txt")
    let trace = try Self.lines("sample-traces/race-bind-6.17.13-kprobe/trace.txt")
    let before = Self.said([log, trace])
    #expect(before.contains { $0.hasPrefix("0000:00:10.5 walk-bind-toctou certain") })
    log.insert(
      contentsOf: [
        "[    3.000000] nvme 0000:00:10.5: deferred probe timeout, ignoring dependency",
        "[    3.001000] nvme 0000:00:10.5: enabling device (0000 -> 0002)",
      ], at: try #require(log.firstIndex { $0.hasPrefix("[    3.") }))
    #expect(
      !Self.said([log, trace]).contains { $0.hasPrefix("0000:00:10.5") && $0.hasSuffix("toctou certain") })
  }

  /// The returns of one CPU are missing (tracing_cpumask): what begins for another device inside tells that a call is over.
  @Test func aReturnOfAnotherDevice() throws {
    let trace = try Self.lines("sample-traces/two-iommus-7.2.13/trace.txt").filter { !$0.contains(" [002] ") }
    let log = try Self.lines("sample-traces/two-iommus-7.2.13/dmesg.txt")
    let said = Self.said([log, trace])
    #expect(said.count == 5 && !said.contains { $0.hasPrefix("lab-cl05") })
  }
}
