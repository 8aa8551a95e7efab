// What a dialect must leave alone, and what comes out of a wrapper byte for byte.
import Bytes
import TestSupport
import Testing

@testable import Records

struct DialectShapeTests {
  /// No case names another one's dialect: with the exhaustive switch none can be left out.
  @Test func everyDialectIsItsOwn() {
    for kind in LogDialect.Kind.allCases { #expect(kind.dialect.kind == kind) }
    for kind in LogEnvelope.Kind.allCases { #expect(kind.envelope.kind == kind) }
    #expect(LogDialect.all.count == LogDialect.Kind.allCases.count)
    #expect(LogEnvelope.all.count == LogEnvelope.Kind.allCases.count)
  }

  /// Ordinary messages without a stamp, and with one, of which nothing may be taken.
  @Test(arguments: [
    "usb 1-1: new high-speed USB device number 2 using xhci_hcd", "1-1: new device", "4-0038: read failed",
    "0000:00:05.1: late", "00:05.1: late IOMMU probe", "12:34 is a time", "8139too 0000:01:00.0: eth0",
    "c1 12 blocks of it", "c1: CPU clock is off", "c1 CPU capacity is 1024", "64-bit DMA is on", "32-bit PCI",
    "|   0 |  1.5 us |   3 |", "|------|", "Name | Value", "slot-a | 12", "I/O scheduler: none",
    "I/O error, dev sda",
    "W/o a cable: no link", "E820: 0x1", "drivers/iommu/iommu.c:612: failed", "lib/x.rs:12: failed",
    "b1000000.toyipa:smmu_ap: attached", "soc:regulator-toy: on", "ftrace: allocating 50000 entries",
    "kernel BUG at mm/slub.c:12!", "Kernel: arm64", "data: 12 bytes", "[pod] x", "[00:11:22:33:44:55] up",
    "[drm] Initialized", "[0:0:0:0] disk", "[1.5] x", "Dec 12 is a day", "May I ask: no", "** not one **",
    "random: crng init done", "{ a list }", "------ 8< ------", "------ setup done ------",
    "------ SETUP DONE ------", "-- no journal --", "\"quoted\" words, and more", "a, \"b\" and c",
  ])
  func leavesAlone(_ message: String) {
    #expect(Self.messages(message) == [message])
    #expect(Self.messages("[    1.000000] \(message)") == [message])
  }

  /// Behind a stamp: what looks like a vendor's is a message's.
  @Test(arguments: [
    "[1:2] x", "[1:2:3] x", "[0:0:0:0] x", "(0) x", ".x", "[pid:1] x", "c1 12 x", "c12 is x",
    "[2016:01:01] x", "(1 of 3) x", "(cpu0) x", "[c000000003b93a90] x", "[CONNECTOR:95:eDP-1] x",
    "[name:core] x",
    "[mem 0x0-0x1fff] x", "(NULL device *): x", "[drm:foo [bar]] x",
  ])
  func vendorsNeedTheirShape(_ message: String) {
    #expect(Self.messages("[    1.000000] \(message)") == [message])
  }

  /// What programs print, with a stamp as printk's in front: a file of such lines is no kernel's log.
  @Test(arguments: [
    "[    4.100001] toydump[811]: x", "[    5.223456] (udev-worker)[211]: x",
    "[    5.223456] (sd-mkdcreds)[211]: x",
    "[    5.223456] systemd-modules-load[211]: x", "[    5.223456] my.daemon[211]: x",
    "[    5.223456] toyhost systemd[1]: x", "[    5.223456] toyhost (udev-worker)[211]: x",
    "[    25.123] (II) x",
  ])
  func isAPrograms(_ line: String) {
    let isKernels = withBytes(line) { LogPrefix.parse($0).isOfKernel($0) }
    #expect(!isKernels)
  }

  @Test(arguments: [
    "[    4.100001] toy-dump 811]: x", "[    4.100001] virtio-pci 0000:00:03.0: x[1]: y",
    "[    4.100001]  sym+0x1/0x2 [toy]: x", "[    4.100001] toy[1] x", "[    4.100001] x: y[1]: z",
    "[    4.100001] x",
  ])
  func isAKernels(_ line: String) {
    let isKernels = withBytes(line) { LogPrefix.parse($0).isOfKernel($0) }
    #expect(isKernels)
  }

  /// Stamps that are none.
  @Test(arguments: ["[    1.000000,x] a", "[    1.000000@] a", "[    1.000000s] a", "[    1.000000,12345] a"])
  func noStamp(_ line: String) {
    withBytes(line) { #expect(LogPrefix.parse($0).clock == .none) }
  }

  private static func messages(_ text: String) -> [String] {
    TextRecords(text + "\n").logs.map(\.message)
  }

  /// What an envelope yields, exactly.
  private static func opened(_ lines: String...) -> [String] {
    var state = LogEnvelope.State()
    var out: [String] = []
    for line in lines {
      withBytes(line) { bytes in
        let at = bytes.skipBlanks(from: 0, to: bytes.count)
        guard LogEnvelope.open(bytes, at, &state, depth: 0) else { return }
        var start = 0
        for message in state.messages {
          out.append(state.text.span.string(start..<message.end))
          start = message.end
        }
      }
    }
    if state.flush() { out.append(state.text.span.string(0..<state.text.count)) }
    return out
  }

  @Test func tracesComeOutWhole() {
    let event = "            init-1       [000] d....     5.893914: ipd: (f+0x0/0x550) dev=\"0000:00:01.0\"\t"
    let escaped = event.replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
    #expect(Self.opened("{\"log\":\"\(escaped)\",\"x\":1}") == [event])
    #expect(Self.opened("- {dt: 'x', lvl: target, msg: '\(event)'}") == [event])
    #expect(Self.opened("- {\"dt\": \"x\", \"lvl\": \"target\", \"msg\": \"\(escaped)\"}") == [event])
    #expect(Self.opened("2026-11-27T10:00:00.123456789Z stdout F \(event)") == [event])
    #expect(Self.opened("12;\"\(event.replacing("\"", with: "\"\""))\"") == [event])
    #expect(Self.opened("    \"message\": \"\(escaped)\",") == [event])
    for prefix in [
      "> ", "| ", "12:", "t/trace.txt:12:", "   12\t", "web-1  | ", "Nov 27 10:00:00 ", "[10:00:00.123] ",
    ] {
      withBytes(prefix + event) { line in
        #expect(line.string(LogPrefix.parse(line).text..<line.count) == event)
      }
    }
  }

  @Test func escapesOfJSONAndYAML() {
    #expect(Self.opened(#"{"msg":"a\b\f\u00e9\ud83d\ude00\/\\"}"#) == ["a\u{8}\u{c}é😀/\\"])
    #expect(Self.opened(#"- {lvl: target, msg: "\e[1m\x41\_b"}"#) == ["\u{1b}[1mA\u{a0}b"])
    #expect(Self.opened("- {lvl: target, msg: plain words}") == ["plain words"])
    #expect(Self.opened("- {'lvl': 'target', 'msg': 'it''s, {so}'}") == ["it's, {so}"])
    #expect(Self.opened("- {lvl: info, msg: 'no'}") == [])
  }

  @Test func piecesThatNothingFollows() {
    #expect(Self.opened("2026-11-27T10:00:00.123456789Z stdout P a b: late") == ["a b: late"])
    #expect(
      Self.opened(
        "{\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":\"x\"}",
        "{\"log\":\"b\",\"stream\":\"stdout\",\"time\":\"x\"}")
        == ["a\n", "b"])
  }

  @Test(arguments: [
    ("W virtio-pci 0000: 00:05.1: late IOMMU probe", "virtio-pci 0000:00:05.1: late IOMMU probe"),
    (
      "W reg-dummy soc: regulator-toy: Adding to iommu group 3",
      "reg-dummy soc:regulator-toy: Adding to iommu group 3"
    ),
    ("W toy PNP0C14: 00: bound", "toy PNP0C14:00: bound"),
    ("W arm-smmu a1.iommu: probing: now", "arm-smmu a1.iommu: probing: now"),
    ("W mmc0    : card: gone", "mmc0: card: gone"),
    ("W pc      : f+0x1/0x2", "pc : f+0x1/0x2"),
    ("W Call trace:  ", "Call trace:"),
    ("W         : WARNING: CPU: 2 PID: 1", "WARNING: CPU: 2 PID: 1"),
    ("I kernel  : a b: late", "a b: late"),
  ])
  func whatLogdCutIsJoined(_ line: String, _ message: String) {
    #expect(Self.opened("04-01 12:00:00.000     0     0 \(line)") == [message])
  }

  /// Whose line it is, by what was named before.
  @Test func buffersOfLogcat() {
    let program = "04-01 12:00:00.000  1407  1407 D Game    : hello"
    let kernel = "04-01 12:00:00.000   119   119 W iommu   : hello"
    let zero = "04-01 12:00:00.000     0     0 W iommu   : hello"
    #expect(Self.opened("--------- beginning of kernel", kernel) == ["iommu: hello"])
    #expect(Self.opened("--------- beginning of main", program, zero) == [])
    #expect(
      Self.opened("--------- switch to kernel", kernel, "--------- switch to main", zero) == ["iommu: hello"])
    #expect(Self.opened(zero, kernel, program) == ["iommu: hello"])
    // Named once each, then mixed.
    #expect(
      Self.opened("--------- beginning of kernel", "--------- beginning of main", program, zero)
        == ["iommu: hello"])
    // A report's lines by its thread, until it ends.
    let report = [": ------------[ cut here ]------------", "x: y", ": ---[ end trace 0 ]---", "x: z"]
      .map { "04-01 12:00:00.000   119   119 W \($0)" }
    #expect(Self.opened(report[0], report[1], program, report[2], report[3]).count == 3)
  }

  @Test func whatTerminalsEat() {
    func clean(_ line: String) -> String {
      var text: [UInt8] = []
      withBytes(line) { LineCleaner.clean($0, into: &text) }
      return String(decoding: text, as: UTF8.self)
    }
    #expect(clean("\u{1b}_bk;t=1700000000000\u{7}a\u{1b}[0m") == "a")
    #expect(clean("\u{1b}]8;;https://x\u{1b}\\a\u{1b}]8;;\u{1b}\\b") == "ab")
    #expect(clean("\u{1b}(Ba\u{1b}%Gb\u{1b}cd") == "abd")
    // One that has no end takes nothing with it.
    #expect(clean("\u{1b}]0;a b\u{1b}[1mc") == "0;a bc")
    #expect(clean("a\u{1b}") == "a")
  }

  @Test func printedAgain() {
    withBytes("** replaying previous printk message **") { line in
      #expect(LogPrefix.parse(line).isReplay)
    }
  }
}
