/// printk, dmesg, and vendors' printk.
extension Dialect {
  static let kernel: [Dialect] = [
    Dialect("plain") { "[\($0.stamp)] \($0.message)" },
    Dialect("no padding") { "[\(PlainLine.seconds($0.micros, width: 0))] \($0.message)" },
    Dialect("nine digits") { "[\($0.stamp)000] \($0.message)" },
    Dialect("three digits") { "[\($0.stamp.dropLast(3))] \($0.message)" },
    Dialect("caller") { "[\($0.stamp)][    T1] \($0.message)" },
    Dialect("caller behind a blank") { "[\($0.stamp)] [      T1] \($0.message)" },
    Dialect("level") { "<4>[\($0.stamp)] \($0.message)" },
    Dialect("crash's log -m") { "[\($0.stamp)] <4>\($0.message)" },
    Dialect("level and caller") { "<30>[\($0.stamp)][    T1] \($0.message)" },
    Dialect("kmsg") { "6,12,\($0.micros),-;\($0.message)\n SUBSYSTEM=platform\n DEVICE=+platform:x" },
    Dialect("printed again") {
      "** replaying previous printk message **\n[\($0.stamp)] \($0.message)"
    },
    Dialect("netconsole with the release") { "6.17.13+deb13-arm64,6,12,\($0.micros),-;\($0.message)" },
    Dialect("kmsg with caller") { "6,12,\($0.micros),-,caller=T1;\($0.message)" },
  ]

  static let dmesg: [Dialect] = [
    Dialect("dmesg -x") { "kern  :warn  : [\($0.stamp)] \($0.message)" },
    Dialect("dmesg -x, caller") { "kern  :warn  : [\($0.stamp)] [      T1] \($0.message)" },
    Dialect("dmesg -T", .order, coarse: true) { "[Wed Apr  1 \($0.clock(0)) 2026] \($0.message)" },
    Dialect("dmesg -T, German", .order, coarse: true) { "[Mi Apr  1 \($0.clock(0)) 2026] \($0.message)" },
    Dialect("dmesg -T, Japanese", .order, coarse: true) { "[水  4月  1 \($0.clock(0)) 2026] \($0.message)" },
    Dialect("dmesg -T -d", .order, coarse: true) {
      "[Wed Apr  1 \($0.clock(0)) 2026 <\(PlainLine.seconds($0.delta, width: 12))>] \($0.message)"
    },
    Dialect("dmesg -x -T", .order, coarse: true) {
      "kern  :warn  : [Wed Apr  1 \($0.clock(0)) 2026] \($0.message)"
    },
    Dialect("dmesg, two formats") { "[\($0.stamp)] [Wed Apr  1 \($0.clock(0)) 2026] \($0.message)" },
    Dialect("dmesg, two formats, date first") {
      "[Wed Apr  1 \($0.clock(0)) 2026] [\($0.stamp)] \($0.message)"
    },
    Dialect("dmesg, stamp and delta") {
      "[\($0.stamp)] [<\(PlainLine.seconds($0.delta, width: 12))>] \($0.message)"
    },
    Dialect("dmesg, date and delta", .order, coarse: true) {
      "[Wed Apr  1 \($0.clock(0)) 2026] [<\(PlainLine.seconds($0.delta, width: 12))>] \($0.message)"
    },
    Dialect("crash's log -T", .order, coarse: true) { "[Wed Apr  1 \($0.clock(0)) CEST 2026] \($0.message)" },
    Dialect("dmesg iso", .order, coarse: true) {
      "2026-04-01T\($0.clock().replacing(".", with: ","))+00:00 \($0.message)"
    },
    Dialect("dmesg -x iso", .order, coarse: true) {
      "kern  :warn  : 2026-04-01T\($0.clock().replacing(".", with: ","))+00:00 \($0.message)"
    },
    Dialect("dmesg -d") { "[\($0.stamp) <\(PlainLine.seconds($0.delta, width: 12))>] \($0.message)" },
    Dialect("dmesg -e", .order, coarse: true) { log in
      "[Apr01 12:10] the first line\n"
        + log.text { "[  +\(PlainLine.seconds($0.delta, width: 0))] \($0.message)" }
    },
    Dialect("dmesg delta", .order) { "[<\(PlainLine.seconds($0.delta, width: 12))>] \($0.message)" },
    Dialect("dmesg -t", .order) { $0.message },
    Dialect("dmesg -L") { coloured($0) },
    Dialect("dmesg -J") { log in document(log) { log.lines[$0].message } },
    Dialect("dmesg -J, one line") { log in
      document(log) { log.lines[$0].message }.replacing("\n", with: "") + "\n"
    },
    Dialect("dmesg -J that swallows") { log in
      document(log) { index in
        let tail = log.lines[index...].dropFirst().prefix(40).map { "<4>[\($0.stamp)] \($0.message)" }
        return ([log.lines[index].message] + tail).joined(separator: "\n")
      }
    },
  ]

  private static func document(_ log: PlainLog, _ message: (Int) -> String) -> String {
    let records = log.lines.indices.map { index in
      """
            {
               "pri": 4,
               "time": \(log.lines[index].stamp),
               "msg": \(json(message(index)))
            }
      """
    }
    return "{\n   \"dmesg\": [\n" + records.joined(separator: ",\n") + "\n   ]\n}\n"
  }

  /// dmesg takes what stands before the first colon for a subsystem, `WARNING: ` too.
  private static func coloured(_ line: PlainLine) -> String {
    let stamp = "\u{1b}[32m[\(line.stamp)] \u{1b}[0m"
    guard let colon = line.message.range(of: ": ") else {
      return stamp + "\u{1b}[1m\(line.message)\u{1b}[0m"
    }
    let left = line.message[..<colon.upperBound]
    return stamp + "\u{1b}[33m\(left)\u{1b}[0m\u{1b}[1m\(line.message[colon.upperBound...])\u{1b}[0m"
  }

  static let vendors: [Dialect] = [
    Dialect("MediaTek") { "[\($0.stamp)]  (0)[74:kworker/0:1]\($0.message)\r" },
    Dialect("MediaTek, irqs off") { "<6>[\($0.stamp)] -(1)[0:swapper/1]\($0.message)" },
    Dialect("MediaTek, module") { "[\($0.stamp)]  (0)[74:kworker/0:1][name:core&]\($0.message)" },
    Dialect("MediaTek, module and caller") { "[\($0.stamp)][  T123] [name:mtk_iommu&]\($0.message)" },
    Dialect("Samsung") { "<6>[\($0.stamp)]  [0:        swapper:    0] \($0.message)" },
    Dialect("Samsung, I") { "<3>[\($0.stamp)] I[5:   RenderThread: 4595] \($0.message)" },
    Dialect("LGE") { "<6>[\($0.stamp) / 01-01 00:00:00.000][0] \($0.message)" },
    Dialect("Qualcomm") { "[\($0.stamp)] [\($0.stamp)]@0 \($0.message)" },
    Dialect("MediaTek, UART asleep") { "[\($0.stamp)].(2)[119:kworker/u16:4]\($0.message)" },
    Dialect("MediaTek, many CPUs") { "<4>[\($0.stamp)] (a)[119:kworker/u16:4]\($0.message)" },
    Dialect("Qualcomm, CPU in the stamp") { "[\($0.stamp),2] \($0.message)" },
    Dialect("Amlogic") { "[\($0.stamp)@1] \($0.message)" },
    Dialect("Amlogic, flags") { "[\($0.stamp)@1-d] \($0.message)" },
    Dialect("Meizu") { "[\($0.stamp)][1:119:kworker/u16:4] \($0.message)" },
    Dialect("Meizu, plain comm") { "[\($0.stamp)] [1:1:init] \($0.message)" },
    Dialect("Unisoc") { "<6>[\($0.stamp)] c1    119 \($0.message)" },
    Dialect("Huawei") { "[\($0.stamp)s][pid:1,cpu1,init]\($0.message)" },
    Dialect("Huawei, blank") { "<6>[\($0.stamp)s][pid:1,cpu1 swapper/0]\($0.message)" },
    Dialect("Huawei, date") { "[\($0.stamp)s][2016:01:01 00:00:00][pid:1,cpu1,in irq]\($0.message)" },
    Dialect("ASUS") { "[\($0.stamp)]  (CPU:0-pid:1:swapper/0) \($0.message)" },
    Dialect("pid and comm") { "[\($0.stamp)] [1:swapper/0] \($0.message)" },
    Dialect("CPU, pid and comm, blanks") { "[\($0.stamp)][c0  119 kworker/u16:4]\($0.message)" },
    Dialect("CPU and pid, dashes") { "[\($0.stamp)] [0-119:kworker/u16:4] \($0.message)" },
    Dialect("thread and CPU") { "[\($0.stamp)][ T119@C0] \($0.message)" },
  ]
}
