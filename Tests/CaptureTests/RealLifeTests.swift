import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// Captures as real life changes them: what is no longer in them must not be taken for proven. Each was once a wrong
/// "certain", or silence.
struct RealLifeTests {
  static func lines(_ sample: String) throws -> [String] {
    try String(contentsOf: Here.root.appending(path: "sample-traces/\(sample)"), encoding: .utf8)
      .components(separatedBy: "\n")
  }

  static func findings(_ texts: [String]...) -> [Finding] {
    // The header's count would say that lines are missing.
    let texts = texts.map { lines in
      Array(lines.filter { !$0.contains("entries-in-buffer") }.joined(separator: "\n").utf8)
    }
    return Analysis.run(texts: texts).boots.flatMap(\.findings)
  }

  static func said(_ findings: [Finding], _ device: String) -> [String] {
    findings.filter { $0.device == device }.map {
      "\($0.cause?.id ?? "undetermined") \($0.confidence.map(\.rawValue) ?? "-")"
    }
  }

  // MARK: call traces

  /// Tracing and BPF put frames of their own between the bus and what it calls.
  @Test(arguments: [
    "return_to_handler", "arch_rethook_trampoline", "bpf_trampoline_6442536573", "ftrace_call",
    "0xffffab671aa3f188",
  ])
  func aTrampolineIsNoDriver(_ frame: String) throws {
    let log = try Self.lines("bind-loops-7.3.4/dmesg.txt").flatMap { line in
      line.contains("]  pci_dma_configure+0x")
        ? [line.prefix { $0 != "]" } + "]  \(frame)+0x0/0x34", line] : [line]
    }
    let found = Self.findings(log)
    #expect(found.count == 2 && found.allSatisfy { $0.cause?.id == "skipped-by-walk-then-replayed" })
  }

  /// A driver's WARNING that another CPU prints at the same time, and no caller ids: the driver's function stands where
  /// the caller of of_dma_configure_id is looked for.
  @Test(arguments: ["begun before", "begun within"])
  func framesOfAnotherCPU(_ order: String) throws {
    func line(_ text: String) -> String { "[    1.000000] \(text)" }
    let warning = [
      "------------[ cut here ]------------",
      "WARNING: CPU: 1 PID: 77 at drivers/net/foo.c:12 foo_open+0x10/0x20",
    ]
    let head = ["CPU: 1 UID: 0 PID: 77 Comm: ifconfig Not tainted 7.3.4 #1", "Call trace:"]
    var log: [String] = []
    for text in try Self.lines("bind-loops-7.3.4/dmesg.txt") {
      if order == "begun before", text.contains("[ cut here ]") { log += (warning + head).map(line) }
      if text.contains("]  pci_dma_configure+0x") { log += [" foo_open+0x10/0x20 (P)"].map(line) }
      log.append(text)
      if order == "begun within", text.contains(" Comm: init ") { log += head.prefix(1).map(line) }
    }
    let found = Self.findings(log)
    #expect(found.count == 2)
    #expect(found.allSatisfy { $0.cause?.id == "skipped-by-walk-then-replayed" && $0.confidence == .likely })
    #expect(found.allSatisfy { $0.missing.contains { $0.hasPrefix("a call trace by itself") } })
  }

  /// Two warn at once, one in the walk and one in a bind: nobody can tell whose frame is whose.
  @Test func twoMixedStacksDecideNothing() throws {
    var log = try Self.lines("natural-6.17.13-4/dmesg.txt")
    let starts = log.indices.filter { log[$0].contains("[ cut here ]") }
    let blocks = starts.map { start in
      start...(log[start...].firstIndex { $0.contains("---[ end trace") } ?? start)
    }
    let walk = try #require(
      blocks.first { block in log[block].contains { $0.contains("probe_iommu_group") } })
    let bind = try #require(
      blocks.first { block in log[block].contains { $0.contains("pci_dma_configure") } })
    let other = Array(log[bind])
    let mixed =
      log[walk].enumerated().flatMap { at, line in
        [line] + (at < other.count ? [other[at]] : [])
      } + other.dropFirst(walk.count)
    let whole = Set(Self.findings(log).map(\.device))
    for block in [walk, bind].sorted(by: { $0.lowerBound > $1.lowerBound }) { log.removeSubrange(block) }
    log.insert(contentsOf: mixed, at: min(walk.lowerBound, bind.lowerBound))
    let found = Self.findings(log)
    #expect(Set(found.map(\.device)) == whole)
    let open = found.filter { $0.verdict == .undetermined }
    #expect(open.count == 2 && open.allSatisfy { $0.side == .none })
    #expect(open.allSatisfy { $0.missing.contains { $0.hasPrefix("a call trace by itself") } })
  }

  // MARK: traces

  /// kprobes without kretprobes: a call of which no return can come does not go on for ever.
  @Test(arguments: ["<-", "<- really_probe)"]) func callsThatAreNotSeenToReturn(_ returns: String) throws {
    for sample in ["late-rebind-7.3.4", "natural-7.3.4"] {
      let log = try Self.lines("\(sample)/dmesg.txt")
      let trace = try Self.lines("\(sample)/trace.txt").filter { !$0.contains(returns) }
      let printed = Self.findings(log).filter { $0.kind == .lateIOMMUProbe }.map(\.device)
      let joined = Self.findings(log, trace).filter { $0.kind == .lateIOMMUProbe }.map(\.device)
      #expect(joined.sorted() == printed.sorted(), "\(sample)")
      // That clients ran without their IOMMU it shows all the same.
      let raced = Self.findings(trace).filter { $0.kind == .lateIOMMUProbe }
      #expect(Set(raced.map(\.device)).isSubset(of: printed), "\(sample)")
      let analysis = Analysis.run(texts: [Array(trace.joined(separator: "\n").utf8)])
      #expect(
        analysis.inputs[0].losses.contains {
          $0.kind == .noContext && $0.detail.contains("trace returns too")
        })
    }
  }

  /// attach_device_to_domain was not recorded then, but is when somebody changes the group's type an hour later.
  @Test func aDomainOfAnHourLaterIsAnotherOne() throws {
    var trace = try Self.lines("race-bind-6.17.13-kprobe/trace.txt").filter {
      !$0.contains("attach_device_to_domain")
    }
    let log = try Self.lines("race-bind-6.17.13-kprobe/dmesg.txt")
    trace.insert(
      "              sh-310     [000] .....  3625.100000: attach_device_to_domain: IOMMU: device=0000:00:10.5",
      at: trace.count - 1)
    #expect(Self.said(Self.findings(log, trace), "0000:00:10.5") == ["walk-bind-toctou likely"])
  }

  @Test func anUnplugIsNoDoubleProbe() throws {
    func event(_ micros: Int, _ text: String) -> String {
      "              sh-410     [000] d....    61.\(micros): \(text)"
    }
    let trace =
      try Self.lines("natural-7.3.4-cmdline/trace.txt").filter { !$0.isEmpty } + [
        event(316100, #"ipd: (iommu_probe_device+0x0/0xc8) dev="0000:00:10.7""#),
        event(316590, "add_device_to_group: IOMMU: groupID=14 device=0000:00:10.7"),
        event(316690, "attach_device_to_domain: IOMMU: device=0000:00:10.7"),
        event(316890, "ipdr: (iommu_bus_notifier+0x48/0x78 <- iommu_probe_device) ret=0"),
      ]
    let log = try Self.lines("natural-7.3.4-cmdline/dmesg.txt").filter { !$0.isEmpty }
    // device_add() announces a device once in a life.
    #expect(Self.said(Self.findings(trace), "0000:00:10.7") == [])
    let unplugged = "[   60.104610] pci 0000:00:10.7: Removing from iommu group 14"
    #expect(Self.said(Self.findings(log + [unplugged], trace), "0000:00:10.7") == [])
  }

  /// Some drivers look after their DMA themselves, and may run before their domain.
  @Test func withoutADriversNameNothingIsCertainlyTooEarly() throws {
    let trace = try Self.lines("natural-6.17.13-4/trace.txt").map { line in
      line.range(of: " drv=").map { String(line[..<$0.lowerBound]) } ?? line
    }
    #expect(Self.said(Self.findings(trace), "0000:00:05.1") == ["probe-before-domain likely"])
  }

  /// Port drivers and VFIO look after their DMA themselves: to run before the domain is what they are meant to do.
  @Test(arguments: ["pcieport", "vfio-pci", "mlx5_vfio_pci"])
  func aDriverThatManagesItsDMAIsNotTooEarly(_ driver: String) throws {
    func renamed(_ file: String) throws -> [String] {
      try Self.lines("natural-6.17.13-4/\(file)").map { $0.replacing("virtio-pci", with: driver) }
    }
    let found = try Self.said(Self.findings(renamed("dmesg.txt"), renamed("trace.txt")), "0000:00:05.1")
    #expect(found == [driver == "pcieport" ? "managed-dma-before-domain certain" : "undetermined -"])
    func event(_ micros: Int, _ text: String) -> String {
      "          swapper/0-1     [000] .....     2.\(100_000 + micros): \(text)"
    }
    func flip(_ driver: String) -> [String] {
      Self.said(
        Self.findings([
          "# tracer: nop", event(1, "add_device_to_group: IOMMU: groupID=1 device=0000:00:01.0"),
          event(2, #"rp: (really_probe+0x0/0x3f8) dev="0000:00:01.0" drv="\#(driver)""#),
          event(3, #"dc: (pci_dma_configure+0x0/0x128) dev="0000:00:01.0""#),
          event(4, "dcr: (really_probe+0x7c/0x3f8 <- pci_dma_configure) ret=0"),
          event(5, #"p: (pci_device_probe+0x0/0x160) dev="0000:00:01.0""#),
          event(6, "attach_device_to_domain: IOMMU: device=0000:00:01.0"),
          event(7, "rpr: (__driver_probe_device+0x16c/0x1e0 <- really_probe) ret=0"), "",
        ]), "0000:00:01.0")
    }
    #expect(flip("nvme") == ["default-domain-flip likely"])
    #expect(flip(driver) == [])
  }

  /// The bind of a host bridge adds the devices behind it, and the notifier probes those.
  @Test func aHostBridgesBindIsNotItsChildrens() {
    func event(_ micros: Int, _ text: String) -> String {
      "          swapper/0-1     [000] .....     2.\(100_000 + micros): \(text)"
    }
    let trace = [
      "# tracer: nop",
      event(0, #"reg: (iommu_device_register+0x0/0x2a0) hw="9050000.smmuv3""#),
      event(1, #"pig: (probe_iommu_group+0x0/0x78) dev="40000000.dma""#),
      event(2, #"pdc: (platform_dma_configure+0x0/0x120) dev="40000000.dma""#),
      event(3, "pdcr: (__iommu_probe_device+0x7c/0x3f8 <- platform_dma_configure) ret=0"),
      event(4, "add_device_to_group: IOMMU: groupID=0 device=40000000.dma"),
      event(5, "pigr: (bus_for_each_dev+0x90/0xf8 <- probe_iommu_group) ret=0"),
      event(6, "attach_device_to_domain: IOMMU: device=40000000.dma"),
      event(7, "regr: (arm_smmu_device_probe+0xeb4/0x1540 <- iommu_device_register) ret=0"),
      event(10, #"rp: (really_probe+0x0/0x3f8) dev="4010000000.pcie""#),
      event(11, #"pp: (platform_probe+0x0/0xc0) dev="4010000000.pcie""#),
      event(12, #"ipd: (iommu_probe_device+0x0/0x88) dev="0000:00:01.0""#),
      event(13, #"cdc: (pci_dma_configure+0x0/0x128) dev="0000:00:01.0""#),
      event(14, "cdcr: (__iommu_probe_device+0x7c/0x3f8 <- pci_dma_configure) ret=0"),
      event(15, "add_device_to_group: IOMMU: groupID=1 device=0000:00:01.0"),
      event(16, "attach_device_to_domain: IOMMU: device=0000:00:01.0"),
      event(17, "ipdr: (iommu_bus_notifier+0x38/0x90 <- iommu_probe_device) ret=0"),
      event(18, "rpr: (__driver_probe_device+0x16c/0x1e0 <- really_probe) ret=0"), "",
    ]
    #expect(Self.findings(trace).isEmpty)
  }

  /// Another walk, seconds after the first, looks at the client too: it did not print the warning.
  @Test func aLaterWalkIsNotTheOneThatWarned() throws {
    func event(_ time: String, _ text: String) -> String {
      "    kworker/u16:9-99      [001] d....    \(time): \(text)"
    }
    let trace = [
      "# tracer: nop",
      event("26.000000", #"rp: (really_probe+0x0/0x3a0) dev="0000:00:10.5" drv="nvme""#),
      event("26.000100", #"pdc: (pci_dma_configure+0x0/0x128) dev="0000:00:10.5""#),
      event("26.000200", "pdc_ret: (really_probe+0x7c/0x3a0 <- pci_dma_configure) ret=0"),
      event("26.000400", "rp_ret: (__driver_probe_device+0x16c/0x1e0 <- really_probe) ret=0"),
      event("40.700000", #"reg: (iommu_device_register+0x0/0x290) hw="9060000.smmuv3""#),
      event("40.700100", #"ipd: (__iommu_probe_device+0x0/0x550) dev="0000:00:10.5""#),
      event("40.700200", "ipd_ret: (probe_iommu_group+0x48/0x78 <- __iommu_probe_device) ret=0"),
      event("40.700300", "reg_ret: (arm_smmu_device_probe+0xeb4/0x1540 <- iommu_device_register) ret=0"), "",
    ]
    let log = try Self.lines("race-bind-6.17.13-kprobe/dmesg.txt")
    let found = Self.findings(log, trace).filter { $0.device == "0000:00:10.5" }
    #expect(!found.isEmpty && found.allSatisfy { $0.cause?.id != "iommu-late-after-bind" })
  }

  /// Two instances with clocks of their own: the order of their events is not known.
  @Test func clocksThatNothingTiesProveNothing() throws {
    let all = try Self.lines("race-bind-6.17.13-kprobe/trace.txt").filter { !$0.contains("console:") }
    func isGroup(_ line: String) -> Bool { line.contains("device_to_") }
    let late = try all.filter { !isGroup($0) }.map { line -> String in
      guard let stamp = line.firstMatch(of: try Regex(#"(\d+)(\.\d{6}): "#)),
        let seconds = Int(stamp[1].substring ?? "")
      else { return line }
      return line.replacingCharacters(in: stamp.range, with: "\(seconds - 8)\(stamp[2].substring ?? ""): ")
    }
    let groups = all.filter { $0.hasPrefix("#") || isGroup($0) }
    let found = Self.findings(try Self.lines("race-bind-6.17.13-kprobe/dmesg.txt"), groups, late)
    #expect(found.contains { $0.device == "0000:00:10.5" })
    #expect(found.allSatisfy { $0.confidence != .certain })
  }
}
