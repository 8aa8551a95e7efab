import Bytes
import Records
import TestSupport
import Testing

/// What stands left of a kernel message, docs/formats/kernel-log.md#printk.
struct LogPrefixTests {
  /// time caller [level] message
  private static func describe(_ line: String) -> String {
    withBytes(line) { text in
      let prefix = LogPrefix.parse(text)
      let caller =
        switch prefix.caller {
        case .none: "-"
        case .task(let id): "T\(id)"
        case .cpu(let id): "C\(id)"
        }
      let time = prefix.time.map { String($0) } ?? "-"
      return "\(time) \(caller)\(prefix.hasLevel ? " level" : "")|\(text.string(prefix.text..<text.count))"
    }
  }

  // swift-format-ignore
  static let rows: [Row<String>] = [
    Row("stamp", "[    3.993045] adreno 3d00000.gpu: late", "3993045000 -|adreno 3d00000.gpu: late"),
    Row("wide stamp", "[901320.960000] INFO: lockdep", "901320960000000 -|INFO: lockdep"),
    Row("no padding", "[148.272996] Unable", "148272996000 -|Unable"),
    Row("three decimals", "[  148.272] Unable", "148272000000 -|Unable"),
    Row("boot loader", "[0000.2] I> BR-BCT relocated", "- -|[0000.2] I> BR-BCT relocated"),
    Row("caller", "[    2.360561][    T1] ------------[ cut here ]------------", "2360561000 T1|------------[ cut here ]------------"),
    Row("caller, CPU", "[  457.053325][    C1]  ? clear_bhb_loop+0x60/0xb0", "457053325000 C1| ? clear_bhb_loop+0x60/0xb0"),
    Row("caller behind a blank", "[94794.664620] [ T246165] pcieport 0000:01:00.0: Unable", "94794664620000 T246165|pcieport 0000:01:00.0: Unable"),
    Row("caller behind a blank, CPU", "[  333.337544] [      C0] mce: DEBUG", "333337544000 C0|mce: DEBUG"),
    Row("level", "<4>[    6.246790] reg-dummy reg-dummy: late", "6246790000 - level|reg-dummy reg-dummy: late"),
    Row("level of a facility", "<30>[  254.414788][    T1] shutdown[1]: All", "254414788000 T1 level|shutdown[1]: All"),
    Row("dmesg -x", "kern  :warn  : [    2.360729] exynos-decon 19471000.drmdecon: late", "2360729000 - level|exynos-decon 19471000.drmdecon: late"),
    Row("dmesg -x, caller", "kern  :warn  : [    3.078160] [      T0] ------------", "3078160000 T0 level|------------"),
    Row("dmesg -x, no stamp", "kern  :emerg : call_irq_handler: 2.55 No irq", "- - level|call_irq_handler: 2.55 No irq"),
    Row("none", "exynos-decon 19471000.drmdecon: late IOMMU probe", "- -|exynos-decon 19471000.drmdecon: late IOMMU probe"),
    Row("frame behind a stamp", "[   25.330192]  really_probe+0x7c/0x3a0", "25330192000 -| really_probe+0x7c/0x3a0"),
    Row("empty message", "[   28.557007]", "28557007000 -|"),
    Row("empty message, blank", "[   28.557007] ", "28557007000 -|"),
    Row("a bracket in the message", "[   28.557007] [drm] Initialized", "28557007000 -|[drm] Initialized"),
    Row("a device list in the message", "[   28.557007] [T] x", "28557007000 -|[T] x"),
    Row("lower case, no dmesg -x", "usb 1-1: new high-speed USB device", "- -|usb 1-1: new high-speed USB device"),
    Row("not a level", "<stack trace>", "- -|<stack trace>"),
    Row("boot loader, three digits", "[0000.209] I> BR-BCT relocated to 0xd7020000", "- -|[0000.209] I> BR-BCT relocated to 0xd7020000"),
    Row("MediaTek", "[    2.175972]  (0)[74:kworker/0:1]mmcblk0: mmc0:0001", "2175972000 T74|mmcblk0: mmc0:0001"),
    Row("MediaTek, irqs off", "[  590.270011] -(1)[0:swapper/1]Power/swap CNT", "590270011000 C1|Power/swap CNT"),
    Row("Samsung", "<6>[    0.000000]  [0:        swapper:    0] Initializing cgroup", "0 C0 level|Initializing cgroup"),
    Row("Samsung, I", "<3>[22583.237409] I[5:   RenderThread: 4595] netio", "22583237409000 T4595 level|netio"),
    Row("LGE", "<6>[    0.000000 / 01-01 00:00:00.000][0] Initializing", "0 - level|Initializing"),
    Row("Qualcomm", "[    0.479428] [    0.479414]@0 audit: init", "479428000 -|audit: init"),
    Row("dmesg -d", "[    2.360729 <    0.000168>] x", "2360729000 -|x"),
    Row("kmsg", "6,1234,2360729,-,caller=T1;msg", "2360729000 T1 level|msg"),
    Row("prompt", "root@smarc-rzg3e:~# [   21.382260] PM: suspend", "21382260000 -|PM: suspend"),
    Row("prompt, caller", "login: [   59.806466][ T6792] BUG: x", "59806466000 T6792|BUG: x"),
    Row("interleaved", "   68.938106][ T[   69.319571][ T2742] ALSA: x", "69319571000 T2742|ALSA: x"),
    Row("dropped", "** 2395 printk messages dropped ** [   96.027166] BUG", "96027166000 -|BUG"),
    Row("dropped, no number", "** printk messages dropped **", "- -|** printk messages dropped **"),
    Row("mail", "> > [    3.994058] WARNING: CPU: 9", "3994058000 -|WARNING: CPU: 9"),
    Row("U+00A0", "[ 2583.485126]\u{a0} uacce_fops_release+0x44/0xdc", "2583485126000 -| uacce_fops_release+0x44/0xdc"),
    Row("syslog", "Dec  4 11:16:33 ubuntu-phablet kernel: [    1.556131] loop: x", "1556131000 -|loop: x"),
    Row("a date in a message", "December is a month: x", "- -|December is a month: x"),
    Row("a time in a message", "rtc: 12:10:58 set", "- -|rtc: 12:10:58 set"),
    Row("cut stamps", "[    2.36", "- -|[    2.36"),
    Row("cut dates", "2026-04-01T12:1", "- -|2026-04-01T12:1"),
    Row("cut kmsg", "6,1234,23", "- -|6,1234,23"),
    Row("cut Samsung", "[    0.000000]  [0:     ", "0 -| [0:     "),
  ]

  @Test(arguments: rows)
  func variants(_ row: Row<String>) {
    #expect(Self.describe(row.line) == row.expected)
  }
}

struct LogLinesTests {
  private static func read(_ text: String) -> (messages: [String], losses: [Loss], stamped: Int64) {
    let read = TextRecords(text)
    let stamped = read.logs.count { $0.record.clock != .none }
    return (read.logs.map { "\($0.place.line):\($0.message)" }, read.losses, Int64(stamped))
  }

  @Test func lineEndsOfEveryKind() {
    let read = Self.read("[    1.000000] one\r\n[    2.000000] two\r\r\n\n[    3.000000] three")
    #expect(read.messages == ["1:one", "2:two", "4:three"])
    #expect(read.stamped == 3)
    #expect(read.losses.isEmpty)
  }

  @Test func droppedMessagesAreALossAndNoDamage() {
    let read = Self.read("** 2395 printk messages dropped ** [   96.027166] BUG fasync_cache\n")
    #expect(read.losses.map(\.kind) == [.droppedPrintk])
    #expect(read.losses.map(\.count) == [2395])
    #expect(!read.losses.contains { $0.isDamage })
    #expect(Self.read("[    1.0000] ** 12 printk messages dropped **\n").losses.map(\.count) == [12])
  }

  /// Every line of the table, cut at every byte and with every byte broken: no crash, and the message is in the line.
  @Test func brokenPrefixes() {
    for row in LogPrefixTests.rows {
      for length in 0...row.line.utf8.count {
        let bytes = Array(row.line.utf8)
        for broken in [Array(bytes[..<length]), bytes[..<length] + [0xff] + bytes[length...]] {
          let prefix = LogPrefix.parse(broken.span)
          #expect(prefix.text <= broken.count)
        }
      }
    }
  }

  @Test func resolutionAndClock() {
    func stamp(_ line: String) -> String {
      withBytes(line) { bytes in
        let prefix = LogPrefix.parse(bytes)
        return "\(prefix.clock) \(prefix.resolution)\(prefix.keepsOrder ? "" : " unordered")"
      }
    }
    #expect(stamp("[    1.000000] x") == "boot 1000")
    #expect(stamp("[    1.000] x") == "boot 1000000")
    #expect(stamp("[Sun Nov 22 07:08:41 2026] x") == "wall 1000000000")
    #expect(stamp("2026-11-22T07:08:41,360729+00:00 x y: z") == "wall 1000")
    #expect(stamp("[    2.360729] komodo kernel: x") == "received 1000 unordered")
    #expect(stamp("Apr 01 12:11:00 komodo kernel: x") == "wall 1000000000 unordered")
    #expect(stamp("2024-05-01T10:00:00.123456Z 00O x") == "none 0")
    #expect(stamp("x") == "none 0")
  }

  /// A line that the source hands out in pieces is one line, whether carriage returns are in it or not.
  @Test(arguments: ["x", "x\r"], [1, 3])
  func longLinesAreCountedOnce(_ filling: String, _ times: Int) throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: filling, count: times * LineSource.longestLine)
    let source = try LineSource(
      path: folder.file("log.txt", "[    1.000000] one\n\(long)\n[    2.000000] two\n[    3.000000] three\n"))
    var read = TextRecords()
    while try source.next({ text, offset in read.read(text, at: offset) }) {}
    read.finish()
    let lines = read.logs.filter { $0.record.time != nil }.map { "\($0.place.line):\($0.message)" }
    #expect(lines == ["1:one", "3:two", "4:three"])
  }

  /// Whether they damage a boot is for the one to say who knows where it ends.
  @Test func nulBytesAreToldWithTheNextLine() {
    let read = TextRecords("[    1.000000] one\n[    2.000000] t\u{0}o\n\u{0}\u{0}\u{0}")
    #expect(read.logs.map(\.message) == ["one", "to"])
    #expect(read.logs.map { $0.record.hole?.bytes } == [nil, 1])
    #expect(read.losses.map(\.kind) == [.openEnd] && read.losses[0].count == 3)
  }
}
