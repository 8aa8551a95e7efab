import Foundation

/// The journal, syslog, CI systems, Android.
extension Dialect {
  private static func journal(_ name: String, _ date: @escaping @Sendable (PlainLine) -> String) -> Dialect {
    Dialect(name, .nothing, coarse: true) { log in
      "Apr 01 12:10:58 komodo sshd[1]: virtio-pci 0000:00:05.1: not the kernel's\n"
        + log.text { "\(date($0)) komodo kernel: \($0.message)" }
    }
  }

  static let journal: [Dialect] = [
    journal("journal short") { "Apr 01 \($0.clock(0))" },
    journal("journal short-precise") { "Apr 01 \($0.clock())" },
    journal("journal short-full") { "Wed 2026-04-01 \($0.clock(0)) UTC" },
    journal("journal short-iso") { "2026-04-01T\($0.clock(0))+0000" },
    journal("journal short-iso-precise") { "2026-04-01T\($0.clock())+0000" },
    journal("journal short-monotonic") { "[\($0.stamp)]" },
    journal("journal short-unix") { "\(1_775_045_458 + $0.micros / 1_000_000).\($0.stamp.suffix(6))" },
    Dialect("journal cat", .order) { $0.message },
    Dialect("journal json") { entry($0, json($0.message)) },
    Dialect("journal json, bytes") { line in
      entry(line, "[" + line.message.utf8.map { "\($0)" }.joined(separator: ",") + "]")
    },
    Dialect("journal json, no source stamp", .nothing, coarse: true) {
      entry($0, json($0.message)).replacing("_SOURCE_MONOTONIC", with: "_X")
    },
  ]

  private static func anonymous(_ name: String, _ date: @escaping @Sendable (PlainLine) -> String) -> Dialect
  {
    Dialect("\(name), no host", .nothing, coarse: true) { log in
      "Apr 01 12:10:58 sshd[1]: virtio-pci 0000:00:05.1: late IOMMU probe at driver bind, no\n"
        + log.text { "\(date($0)) kernel: \($0.message)" }
    }
  }

  static let daemons: [Dialect] = [
    anonymous("journal short") { "Apr 01 \($0.clock(0))" },
    anonymous("journal short-precise") { "Apr 01 \($0.clock())" },
    anonymous("journal short-full") { "Wed 2026-04-01 \($0.clock(0)) UTC" },
    anonymous("journal short-iso") { "2026-04-01T\($0.clock(0))+0000" },
    anonymous("journal short-iso-precise") { "2026-04-01T\($0.clock())+00:00" },
    anonymous("journal short-monotonic") { "[\($0.stamp)]" },
    anonymous("journal short-unix") { "\(1_775_045_458 + $0.micros / 1_000_000).\($0.stamp.suffix(6))" },
    journal("syslog, Tagalog") { "Hul 29 \($0.clock(0))" },
    journal("syslog, French") { "févr. 03 \($0.clock(0))" },
    journal("syslog, Russian") { "нояб. 27 \($0.clock(0))" },
    journal("syslog, Japanese") { "11月 27 \($0.clock(0))" },
    journal("syslog, one digit") { "Mai 4 \($0.clock(0))" },
    journal("syslog, day first") { "27 nov. \($0.clock(0))" },
    journal("syslog, day with a point") { "4. Mär \($0.clock())" },
    journal("syslog, year") { "Nov 27 2026 \($0.clock(0))" },
    Dialect("logread", .nothing, coarse: true) {
      "Fri Nov 27 \($0.clock(0)) 2026 kern.warn kernel: \($0.message)"
    },
    Dialect("logread, stamps") {
      "Fri Nov 27 \($0.clock(0)) 2026 kern.warn kernel: [\($0.stamp)] \($0.message)"
    },
    Dialect("logread -t", .nothing, coarse: true) {
      "Fri Nov 27 \($0.clock(0)) 2026 [1775045460.123] kern.warn kernel: \($0.message)"
    },
    Dialect("logread -t, stamps") {
      "Fri Nov 27 \($0.clock(0)) 2026 [1775045460.123] kern.warn kernel: [\($0.stamp)] \($0.message)"
    },
    Dialect("RFC 5424", .nothing, coarse: true) { line in
      """
      <4>1 2026-11-27T\(line.clock(3))Z host kernel - - - \(line.message)
      <38>1 2026-11-27T\(line.clock(3))Z host sshd 12 - [x y="z"] a b: late IOMMU probe at driver bind, x
      """
    },
    Dialect("busybox, no host", .nothing, coarse: true) {
      "Dec  3 \($0.clock(0)) kern.warn kernel: \($0.message)"
    },
    Dialect("netconsole behind a daemon") {
      "Dec  3 \($0.clock(0)) 10.0.0.12 4,12,\($0.micros),-,caller=T1;\($0.message)"
    },
    Dialect("busybox, no name", .nothing, coarse: true) {
      "Dec  3 \($0.clock(0)) (none) kern.warn kernel: \($0.message)"
    },
    Dialect("syslog-ng, a chain of hosts", .nothing, coarse: true) {
      "Dec  3 \($0.clock(0)) s_net@10.0.0.12/board kernel: \($0.message)"
    },
    Dialect("syslog that repeats", .nothing, coarse: true) {
      "Dec  3 \($0.clock(0)) host kernel: \($0.message)\n"
        + "Dec  3 \($0.clock(0)) host last message repeated 2 times\n"
        + "Dec  3 \($0.clock(0)) host kernel: message repeated 2 times: [ \($0.message)]"
    },
    Dialect("anaconda", .nothing, coarse: true) {
      "\($0.clock(3).replacing(".", with: ",")) INFO kernel: \($0.message)"
    },
    Dialect("anaconda, stamps", .all) {
      "\($0.clock(3).replacing(".", with: ",")) WARNING kernel:[\($0.stamp)] \($0.message)"
    },
    Dialect("anaconda, date", .nothing, coarse: true) { line in
      let time = "2026-04-01 " + line.clock(3).replacing(".", with: ",")
      return
        "\(time) ERR kernel: \(line.message)\n\(time) INFO anaconda: a b: late IOMMU probe at driver bind, x"
    },
    Dialect("a tag alone", .nothing) { "kernel: \($0.message)" },
    Dialect("journal json-sse") { "data: \(entry($0, json($0.message)))\n" },
    Dialect("journal json-seq") { "\u{1e}\(entry($0, json($0.message)))" },
    Dialect("journal json, spaced") {
      entry($0, json($0.message)).replacing("\":", with: "\" : ").replacing(",\"", with: ", \"")
    },
    Dialect("journal json-pretty") { log in
      log.lines.map { pretty(entry($0, json($0.message))) }.joined()
    },
    Dialect("journal json-pretty, bytes") { log in
      log.lines.map { line in
        pretty(
          entry(line, "[\n\t\t" + line.message.utf8.map { "\($0)" }.joined(separator: ",\n\t\t") + "\n\t]"))
      }.joined()
    },
  ]

  /// A field a line, as systemd writes it.
  private static func pretty(_ entry: String) -> String {
    let fields = entry.dropFirst().dropLast().replacing("\",\"", with: "\",\n\t\"").replacing(
      "\":", with: "\" : "
    )
    .replacing("\"_TRANSPORT", with: "\n\t\"_TRANSPORT")
    return "{\n\t\(fields)\n}\n"
  }

  private static func entry(_ line: PlainLine, _ message: String) -> String {
    """
    {"PRIORITY":"4","_SOURCE_MONOTONIC_TIMESTAMP":"\(line.micros)",\
    "_BOOT_ID":"0123456789abcdef0123456789abcdef","MESSAGE":\(message),\
    "_TRANSPORT":"kernel","__MONOTONIC_TIMESTAMP":"\(line.micros)","SYSLOG_IDENTIFIER":"kernel"}
    """
  }

  static let wrappers: [Dialect] = [
    Dialect("syslog with stamp") {
      "Dec  4 \($0.clock(0)) ubuntu-phablet kernel: [\($0.stamp)] \($0.message)"
    },
    Dialect("syslog", .nothing, coarse: true) { "Dec  4 \($0.clock(0)) ubuntu kernel: \($0.message)" },
    Dialect("busybox syslogd") {
      "Dec  3 \($0.clock(0)) syzkaller kern.warn kernel: [\($0.stamp)] \($0.message)"
    },
    Dialect("rsyslog, iso") { "2026-04-01T\($0.clock())+02:00 host kernel: [\($0.stamp)] \($0.message)" },
    Dialect("LAVA") { line in
      let date = "2018-02-16T\(line.clock())"
      return """
        - {"dt": "\(date)", "lvl": "debug", "msg": "x y: late IOMMU probe at driver bind, z"}
        - {"dt": "\(date)", "lvl": "target", "msg": \(json("[\(line.stamp)] \(line.message)"))}
        """
    },
    Dialect("LAVA, no dt") { line in
      """
      - {"lvl": "results", "msg": {"case": "a", "msg": "b"}}
      - {"lvl": "feedback", "msg": \(json("[\(line.stamp)] \(line.message)\r"))}
      """
    },
    Dialect("KernelCI text") { line in
      """
      2025-05-28T\(line.clock())\tinfo\tx y: late IOMMU probe at driver bind, z\r
      2025-05-28T\(line.clock())\ttarget\t[\(line.stamp)] \(line.message)\r
      """
    },
    Dialect("KernelCI html to text") { "\($0.clock())  [\($0.stamp)] \($0.message)" },
    Dialect("GitLab") { "2024-05-01T\($0.clock())Z 00O [\($0.stamp)] \($0.message)" },
    Dialect("GitLab, colours") {
      "2024-05-01T\($0.clock())Z 01O+\u{1b}[0m[\($0.stamp)] \($0.message)\u{1b}[0;m"
    },
    Dialect("Jenkins") { "[2024-05-01T\($0.clock(3))Z] [\($0.stamp)] \($0.message)" },
    Dialect("GitHub") { "2024-05-01T\($0.clock())7Z [\($0.stamp)] \($0.message)" },
    Dialect("GitHub, no stamp", .order) { "2024-05-01T\($0.clock())7Z \($0.message)" },
    Dialect("igt") { ">>  \($0.clock(3))  <6>[\($0.stamp)] \($0.message)" },
    Dialect("logcat -b kernel", .nothing, coarse: true) { line in
      """
      04-01 \(line.clock(3))  1407  2908 D SGM:GameManager: x y: late IOMMU probe at driver bind, z
      04-01 \(line.clock(3))     0     0 I kernel  : \(line.message)
      """
    },
    Dialect("bugreport") { log in
      """
      == dumpstate: 2026-04-01 12:11:00
      ------ SYSTEM LOG (logcat -v threadtime) ------
      a b: late IOMMU probe at driver bind, z
      ------ KERNEL LOG (dmesg) ------
      \(log.text { "[\($0.stamp)] \($0.message)" })------ 0.035s was the duration of 'KERNEL LOG (dmesg)' ------
      a b: late IOMMU probe at driver bind, z

      """
    },
    Dialect("pstore") { log in
      """
      ====1700000000.123456-D
      Oops#1 Part1
      \(log.text { "<4>[\($0.stamp)][    T1] \($0.message)" })
      """
    },
  ]
}
