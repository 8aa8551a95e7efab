import Bytes
import Records
import TestSupport
import Testing

/// Whole texts through TraceTextReader: what comes out, line by line.
struct TraceTextTests {
  struct Read {
    var records: [String] = []
    var reader = TraceTextReader(input: 0)
    var losses: [String] { reader.losses.map { "\($0.kind.rawValue) \($0.count.map(String.init) ?? "-")" } }
  }

  static func read(_ text: String) -> Read {
    var read = Read()
    withBytes(text) { bytes in
      var records: [String] = []
      read.reader.read(bytes, at: 0) { record, line, place in
        records.append("\(place.line) \(record.tid): \(describe(record, line))")
      }
      read.reader.finish()
      read.records = records
    }
    return read
  }

  private static func describe(_ record: TraceRecord, _ line: Span<UInt8>) -> String {
    switch record.what {
    case .enter(let role, let symbol, let arguments):
      "enter \(role) \(line.string(symbol)) (\(line.string(arguments)))"
    case .leave(let role, let symbol, let caller, _, let result):
      "leave \(role) \(line.string(symbol)) to \(line.string(caller)) = \(result.map(String.init) ?? "?")"
    case .abandon(let role): "abandon \(role)"
    case .call(let role, let symbol, let arguments, let caller):
      "call \(role) \(line.string(symbol)) (\(line.string(arguments))) from \(line.string(caller))"
    case .event(let event, let fields): "event \(event) \(line.string(fields))"
    case .lost(let count): "lost \(count.map(String.init) ?? "?")"
    }
  }

  // swift-format-ignore
  static let rows: [Row<[String]>] = [
    Row("kprobe", "            init-156     [001] d....    18.524545: rp: (really_probe+0x0/0x3a0) dev=\"0000:00:10.5\" drv=\"nvme\"",
      ["1 156: enter reallyProbe really_probe (dev=\"0000:00:10.5\" drv=\"nvme\")"]),
    Row("kretprobe", "            init-156     [001] d..1.    18.524633: pdc_ret: (really_probe+0x7c/0x3a0 <- pci_dma_configure) ret=-517",
      ["1 156: leave busDMAConfigure pci_dma_configure to really_probe = -517"]),
    Row("fprobe, behind the patch site", "  kworker/u16:14-176     [003] .....   150.083190: rp: (really_probe+0x4/0x3a0) dev=\"0000:00:10.1\"",
      ["1 176: enter reallyProbe really_probe (dev=\"0000:00:10.1\")"]),
    Row("return into an unknown caller", "          insmod-144     [000] d..1.    17.304643: odc_ret: (0xffffab671aa3f188 <- of_dma_configure_id) ret=0",
      ["1 144: leave firmwareDMAConfigure of_dma_configure_id to 0xffffab671aa3f188 = 0"]),
    Row("return into a trampoline", "  kworker/u16:14-176     [003] ...1.   150.083384: odc_ret: ([unknown/kretprobe'd] <- of_dma_configure_id) ret=0",
      ["1 176: leave firmwareDMAConfigure of_dma_configure_id to  = 0"]),
    Row("unsigned return value", "            init-156     [001] d..1.    18.524633: x: (really_probe+0x7c/0x3a0 <- pci_dma_configure) arg1=0xfffffdfb",
      ["1 156: leave busDMAConfigure pci_dma_configure to really_probe = -517"]),
    Row("function without the compiler's suffix", "            init-1     [003] d....    22.658204: x: (__iommu_probe_device.part.0+0x0/0x560) dev=\"a\"",
      ["1 1: enter innerIOMMUProbeTail __iommu_probe_device.part.0 (dev=\"a\")"]),
    // The user may call an event what he likes: the function is in the parentheses.
    Row("event called really_probe, on another function", "            init-156     [001] d....    18.524545: really_probe: (pci_dma_configure+0x0/0x120) dev=\"a\"",
      ["1 156: enter busDMAConfigure pci_dma_configure (dev=\"a\")"]),
    Row("event called really_probe, on a function of no interest", "            init-156     [001] d....    18.524545: really_probe: (vfs_open+0x0/0x120) dev=\"a\"", []),
    Row("return event called really_probe", "            init-156     [001] d....    18.5: really_probe: (driver_register+0x7c/0x3a0 <- bus_add_driver) ret=0", []),
    Row("event named after a trace event, on a probed function", "            init-156     [001] d....    18.524545: cpu_idle: (really_probe+0x0/0x3a0) dev=\"a\"",
      ["1 156: enter reallyProbe really_probe (dev=\"a\")"]),
    Row("probe in the middle of a function", "            init-156     [001] d....    18.524545: rp: (really_probe+0x84/0x3a0) dev=\"a\"", []),
    Row("function tracer", "              sh-114     [001] d....    14.536947: really_probe <-__driver_probe_device",
      ["1 114: call reallyProbe really_probe () from __driver_probe_device"]),
    Row("function tracer, func-args", "       swapper/0-1       (      1) [000] ...1.     2.014794: really_probe(dev=0xfff0, drv=0xffff) <-__driver_probe_device",
      ["1 1: call reallyProbe really_probe (dev=0xfff0, drv=0xffff) from __driver_probe_device"]),
    Row("function tracer, no arguments", "       swapper/0-1       [000] ...1.     2.014794: really_probe() <-x", ["1 1: call reallyProbe really_probe () from x"]),
    Row("function tracer, print-parent off", "              sh-114     [001] .....    19.099286: really_probe", ["1 114: call reallyProbe really_probe () from "]),
    Row("trace-cmd function", "   kworker/u16:2-37    [003] .....    13.682540: function:             really_probe <-- __driver_probe_device",
      ["1 37: call reallyProbe really_probe () from __driver_probe_device"]),
    Row("group", "            init-1       [003] .....    22.675094: add_device_to_group: IOMMU: groupID=3 device=0000:00:03.2",
      ["1 1: event addDeviceToGroup IOMMU: groupID=3 device=0000:00:03.2"]),
    Row("domain", "            init-1       [003] .....    22.676725: attach_device_to_domain: IOMMU: device=0000:00:03.2",
      ["1 1: event attachDeviceToDomain IOMMU: device=0000:00:03.2"]),
    Row("console", "          <idle>-0       [000] d..1.     0.000000: console: [    0.000000] Linux version 6.17.13",
      ["1 0: event console [    0.000000] Linux version 6.17.13"]),
    Row("other event", "          <idle>-0       [000] d..1.   379.045554: cpu_idle: state=4294967295 cpu_id=0", []),
    Row("stack", "          insmod-688     [000] .....   391.477704: <stack trace>\n => really_probe\n => [FTRACE TRAMPOLINE]\n => __driver_attach",
      []),
    Row("trace-cmd stack", " ld-linux-144   [000]   109.310420: kernel_stack:         <stack trace >\n=> update_se (ffffffff899ed590)", []),
    Row("graph, entry and return", " 0)               |  really_probe(dev=0x1, drv=0x2) {\n 0) # 1.100 us    |  } /* really_probe ret=-517 */",
      ["1 -2: enter reallyProbe really_probe (dev=0x1, drv=0x2)", "2 -2: leave reallyProbe really_probe to  = -517"]),
    Row("graph, brace without a name", " 0)               |  really_probe() {\n 0)   0.100 us    |    vfs_open();\n 0) # 1.100 us    |  }",
      ["1 -2: enter reallyProbe really_probe ()", "3 -2: leave reallyProbe  to  = ?"]),
    Row("graph, leaf", " 0)   7.248 us    |  of_iommu_configure(dev=0xf, master_np=0x1, id=0x0);",
      ["1 -2: enter ofIOMMUConfigure of_iommu_configure (dev=0xf, master_np=0x1, id=0x0)", "1 -2: leave ofIOMMUConfigure of_iommu_configure to  = ?"]),
    Row("graph, a return that was lost", " 0)               |  really_probe() {\n 0)               |    pci_dma_configure() {\n 0) # 1.100 us    |  }",
      ["1 -2: enter reallyProbe really_probe ()", "2 -2: enter busDMAConfigure pci_dma_configure ()", "3 -2: abandon busDMAConfigure", "3 -2: leave reallyProbe  to  = ?"]),
    Row("graph, two threads on one CPU", " 0)               |  really_probe() {\n ------------------------------------------\n 0)   rcu_pre-15   =>    kworker-38   \n ------------------------------------------\n\n 0)               |  really_probe() {\n 0) # 1.100 us    |  }",
      ["1 -2: enter reallyProbe really_probe ()", "6 38: enter reallyProbe really_probe ()", "7 38: leave reallyProbe  to  = ?"]),
    Row("graph, event as comment", " 0)    init-1     |               |  /* add_device_to_group: IOMMU: groupID=3 device=a */", ["1 1: event addDeviceToGroup IOMMU: groupID=3 device=a"]),
    Row("graph of trace-cmd", "cpus=2\n              sh-133   [001]   103.931213: funcgraph_entry:                   |      really_probe() {\n              sh-133   [001]   103.931454: funcgraph_entry:        4.677 us   |        acpi_dma_configure_id();\n              sh-133   [001]   104.388229: funcgraph_exit:       # 457015.671 us |      }",
      ["2 133: enter reallyProbe really_probe ()", "3 133: enter firmwareDMAConfigure acpi_dma_configure_id ()", "3 133: leave firmwareDMAConfigure acpi_dma_configure_id to  = ?", "4 133: leave reallyProbe  to  = ?"]),
    Row("graph of trace-cmd, 3.4 with arguments", "cpus=2\n              sh-127   [000] ...1.    15.943885: funcgraph_entry:                   |      really_probe(dev=0xff12, drv=0xffff) {",
      ["2 127: enter reallyProbe really_probe (dev=0xff12, drv=0xffff)"]),
    Row("CRLF", "            init-156     [001] d....    18.524545: rp: (really_probe+0x0/0x3a0) dev=\"a\"\r\n", ["1 156: enter reallyProbe really_probe (dev=\"a\")"]),
    Row("lost events", "CPU:1 [LOST 45044 EVENTS]", ["1 -1: lost 45044"]),
    Row("lost events, number unknown", "CPU:0 [LOST EVENTS]", ["1 -1: lost ?"]),
    Row("dropped events of trace-cmd", "CPU:0 [1282 EVENTS DROPPED]", ["1 -1: lost 1282"]),
    Row("dropped events, number unknown", "CPU:0 [EVENTS DROPPED]", ["1 -1: lost ?"]),
  ]

  @Test(arguments: rows)
  func lines(_ row: Row<[String]>) {
    #expect(Self.read(row.line).records == row.expected)
  }

  @Test func lostEventsAreLossesWithTheirCPU() {
    let read = Self.read(
      "CPU:1 [LOST 45044 EVENTS]\nCPU:0 [EVENTS DROPPED]\n##### CPU 1 buffer started ####\n")
    #expect(read.losses == ["lost-events 45044", "lost-events -"])
    #expect(read.reader.losses.first?.detail.contains("CPU 1") == true)
  }

  @Test func overrunOfTheRingBufferIsALossAndNoDamage() {
    let read = Self.read("# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/31   #P:4\n#\n")
    #expect(read.losses == ["lost-events 31"])
    #expect(!read.reader.losses.contains { $0.isDamage })
  }

  @Test func fewerEntriesThanPromisedMeansCut() {
    let line = "            init-156     [001] d....    18.524545: rp: (really_probe+0x0/0x3a0) dev=\"a\"\n"
    let other = line.replacing("[001]", with: "[002]")
    let header = "# tracer: nop\n#\n# entries-in-buffer/entries-written: 3/3   #P:4\n#\n"
    #expect(Self.read(header + line + line + other).losses.isEmpty)
    let cut = Self.read(header + line + other)
    #expect(cut.losses == ["truncated 1"])
    #expect(cut.reader.losses.contains { $0.isDamage })
    // Entries of one CPU alone are a file of per_cpu, whose header counts those of all.
    #expect(Self.read(header + line + line).losses.isEmpty)
  }

  @Test func clocks() {
    let body = ": rp: (really_probe+0x0/0x3a0) dev=\"a\"\n"
    #expect(Self.read("  init-1     [001] d....    18.524545" + body).reader.clock == .nanoseconds)
    let ticks = Self.read("  init-1     [001] d....    155163581461" + body)
    #expect(ticks.reader.clock == .ticks)
    #expect(ticks.losses == ["no-times -"])
    #expect(Self.read("  init-1       2d.... 147883us!" + body).reader.clock == .relative)
  }

  @Test func rawAndContextlessEventsAreSaidToBeUseless() {
    #expect(Self.read("rp: (really_probe+0x0/0x3a0) dev=\"a\" drv=\"nvme\"\n").losses == ["no-context 1"])
    #expect(Self.read("442 3 155507676448 type: 1529\n").losses == ["no-context 1"])
    let addresses = "cpus=2\n  sh-145   [000]   109.433932: rp:              (ffffffff8a44d300) dev=0xff12\n"
    #expect(Self.read(addresses).losses == ["no-context 1"])
  }

  @Test func latencyHeaderNamesTheKernel() {
    let read = Self.read("# tracer: nop\n#\n# nop latency trace v1.1.5 on 6.17.13+deb13-arm64\n")
    #expect(read.reader.kernel == "6.17.13+deb13-arm64")
  }

  @Test func bytesThatNoTracePrintsAreDamage() {
    let read = Self.read("# tracer: nop\n\u{0}\u{1}\u{2}\u{3}\n")
    #expect(read.losses == ["damaged 1"])
  }

  /// The fast path skips most lines by their columns; it must not skip one that is needed or lose count.
  @Test func fastPathCountsAndKeeps() {
    var text = "# tracer: nop\n#\n# entries-in-buffer/entries-written: 2001/2001   #P:4\n#\n"
    for index in 0..<1000 {
      text += "          <idle>-0       [000] d..1.   379.\(100_000 + index): cpu_idle: state=1 cpu_id=0\n"
      text += "              sh-114     [001] d....   379.\(100_000 + index): mutex_unlock <-do_syscall_64\n"
    }
    text += "            init-156     [001] d....   380.000000: rp: (really_probe+0x0/0x3a0) dev=\"a\"\n"
    let read = Self.read(text)
    #expect(read.records == ["2005 156: enter reallyProbe really_probe (dev=\"a\")"])
    #expect(read.reader.entries == 2001)
    #expect(read.losses.isEmpty)
  }

  @Test func placesPointAtTheLine() {
    let first = "  init-1     [001] d....    18.5: x: (really_probe+0x0/0x3a0) dev=\"a\"\n"
    var places: [Place] = []
    var reader = TraceTextReader(input: 3)
    withBytes(first + first) { bytes in reader.read(bytes, at: 1000) { _, _, place in places.append(place) } }
    #expect(
      places == [
        Place(input: 3, line: 1, offset: 1000), Place(input: 3, line: 2, offset: 1000 + first.utf8.count),
      ])
  }

  /// No machine has so many CPUs: the number is damaged, and with it the line.
  @Test(arguments: [65_536, 2_147_483_647, 2_147_483_648, 4_294_967_299, 9_223_372_036_854_775_807])
  func absurdCPUs(_ cpu: Int) {
    func records(_ cpu: Int) -> [[String]] {
      [
        "            init-156     [\(cpu)] d....    18.524545: rp: (really_probe+0x0/0x3a0) dev=\"a\"\n",
        "            init-156       \(cpu)d.... 18346us+: rp: (really_probe+0x0/0x3a0) dev=\"a\"\n",
        " \(cpu))               |  really_probe() {\n",
        "   18.524545 |   \(cpu))               |  really_probe() {\n",
      ].map { Self.read($0).records }
    }
    #expect(records(65_535).allSatisfy { $0.count == 1 })
    #expect(records(cpu).allSatisfy { $0.isEmpty })
    // The task that is switched to runs on no CPU that is known.
    let switched = Self.read(" \(cpu))    init-1    =>   kworker-36\n 3)               |  really_probe() {\n")
    #expect(switched.records == ["2 -5: enter reallyProbe really_probe ()"])
    let lost = Self.read("CPU:\(cpu) [LOST 17 EVENTS]\n")
    #expect(lost.losses == ["lost-events 17"] && lost.reader.losses[0].detail == "events lost on CPU ?")
  }

  /// Fields are looked at once, however many there are and however long they are.
  @Test(arguments: ["=", "=(fault", "=\"", "x=1,"])
  func fieldsWithoutEnd(_ field: String) {
    let fields = String(repeating: field, count: (1 << 17) / field.utf8.count)
    let start = ContinuousClock.now
    let read = Self.read(
      "            init-156     [001] d..1.    18.524633: x: (a+0x7c/0x3a0 <- really_probe) y\(fields) z=-19\n"
    )
    #expect(read.records.count == 1 && read.records[0].hasSuffix(field == "x=1," ? " = 1" : " = -19"))
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  /// A line that the source hands out in pieces is one line.
  @Test func longLinesAreCountedOnce() throws {
    let folder = try TemporaryFolder()
    let bind = "            init-156     [001] d....    18.524545: rp: (really_probe+0x0/0x3a0) dev=\"a\"\n"
    let long = String(repeating: "x", count: 3 * LineSource.longestLine) + "\n"
    let source = try LineSource(path: folder.file("trace.txt", bind + long + bind + bind))
    var read = TextRecords()
    while try source.next({ text, offset in read.read(text, at: offset) }) {}
    read.finish()
    #expect(read.traces.map(\.place.line) == [1, 3, 4])
  }
}
