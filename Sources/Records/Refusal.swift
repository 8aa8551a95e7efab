import Bytes

/// What people hold and the tool does not read: named, with what to give instead.
package enum Refusal: String, CaseIterable, Sendable {
  case perfetto, perfScript = "perf-script", perfData = "perf-data", bpftrace, uftrace
  case journalExport = "journal-export", journalFile = "journal-file", userLogcat = "user-logcat", bootLog =
    "boot-log"
  case otherSystem = "other-system", rawPages = "raw-pages", coreDump = "core-dump", elf, image, sqlite, pdf
  case sevenZip = "7z", packetCapture = "packet-capture", hexDump = "hex-dump", binary

  /// What it is, with its article.
  package var title: String {
    switch self {
    case .perfetto: "a Perfetto trace without ftrace"
    case .perfScript: "perf script output"
    case .perfData: "perf.data"
    case .bpftrace: "bpftrace output"
    case .uftrace: "uftrace output"
    case .journalExport: "journalctl's export or verbose format"
    case .journalFile: "a journal's own file"
    case .userLogcat: "a logcat of user space"
    case .bootLog: "systemd's boot.log"
    case .otherSystem: "another system's dmesg (FreeBSD or the like)"
    case .rawPages: "raw pages of a ring buffer"
    case .coreDump: "a memory dump"
    case .elf: "an ELF file"
    case .image: "an image"
    case .sqlite: "an SQLite database"
    case .pdf: "a PDF"
    case .sevenZip: "a 7z or RAR archive"
    case .packetCapture: "a packet capture"
    case .hexDump: "a hex dump"
    case .binary: "binary data"
    }
  }

  /// What to give instead.
  package var advice: String {
    switch self {
    case .perfetto:
      "record with data_sources { config { name: \"linux.ftrace\" } } as proberace capture --target perfetto prints it, or give the boot's dmesg"
    case .perfScript, .perfData: "take /sys/kernel/tracing/trace or a trace-cmd recording instead of perf's"
    case .bpftrace, .uftrace: "take /sys/kernel/tracing/trace, or dmesg"
    case .journalExport: "save it with journalctl -k -o json"
    case .journalFile: "read it with journalctl --file NAME -k -o json"
    case .userLogcat: "the kernel's lines are in logcat -b kernel, or better in dmesg"
    case .bootLog: "it holds what services printed; the kernel's lines are in dmesg, or journalctl -k"
    case .otherSystem: "only Linux has these warnings"
    case .rawPages:
      "trace-cmd restore makes a trace.dat of a dead recorder's pages; else give /sys/kernel/tracing/trace"
    case .coreDump: "take the log out of it with crash, makedumpfile --dump-dmesg, or vmcore-dmesg"
    case .elf, .image, .sqlite, .pdf, .packetCapture, .binary:
      "give the kernel log or the trace as text, or a trace.dat"
    case .sevenZip: "unpack it first"
    case .hexDump: "make bytes of it again (xxd -r), or give what it was made from"
    }
  }

  /// For the user: what it is, that it is not read, and what to give instead.
  package var sentence: String {
    "no kernel log and no trace in here: this is \(title), which is not read; \(advice)"
  }

  // MARK: texts in which nothing was found

  /// What a text in which neither log nor trace was found is, by its first lines; nil if it is nothing that is known.
  package init?(text head: Span<UInt8>) {
    if Self.isBinary(head) {
      self = .binary
      return
    }
    var count: [Refusal: Int] = [:]
    var lines = 0
    var start = 0
    while start < head.count, lines < 400 {
      let end = head.index(of: 10, from: start) ?? head.count
      if end > start, let kind = Self.kind(of: head.extracting(start..<end)) { count[kind, default: 0] += 1 }
      lines += 1
      start = end + 1
    }
    // In the order of the cases, where two are as frequent.
    guard let best = Self.allCases.max(by: { count[$0, default: 0] < count[$1, default: 0] }),
      count[best, default: 0] > 0
    else { return nil }
    self = best
  }

  private static func kind(of line: Span<UInt8>) -> Refusal? {
    let at = line.skipBlanks(from: 0, to: line.count)
    @inline(__always) func says(_ words: StaticString) -> Bool { line.has(words, at: at) }
    if beginsOtherSystem(line, at) { return .otherSystem }
    if says("Attaching ") && line.index(of: " probe", from: at) != nil
      || says("@") && line.index(of: "]: ", from: at) != nil
    {
      return .bpftrace
    }
    if says("# DURATION     TID     FUNCTION") || says("# DURATION    TID") { return .uftrace }
    if says("--------- beginning of ") || says("--------- switch to ") || isLogcat(line, at) {
      return .userLogcat
    }
    if says("[  OK  ] ") || says("[FAILED] ") || says("         Starting ") { return .bootLog }
    return isPerfScript(line, at) ? .perfScript : nil
  }

  /// `11-27 20:40:15.100  1407  2908 I ActivityManager: …`, `I/ActivityManager( 1407): …`
  private static func isLogcat(_ line: Span<UInt8>, _ at: Int) -> Bool {
    if Dates.fits(line, at, "00-00 00:00:00.") { return true }
    guard line.count > at + 3, line[at] &- 65 < 26, line[at + 1] == UInt8(ascii: "/") else { return false }
    return line.index(of: "): ", from: at + 2, to: min(line.count, at + 60)) != nil
  }

  /// `modprobe   301 [001]     5.100000: kprobes:rp: (…)`: pid and comm are apart, and the event has its system's name.
  private static func isPerfScript(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard let open = line.index(of: UInt8(ascii: "["), from: at, to: min(line.count, at + 80)),
      Dates.fits(line, open, "[000] "),
      let colon = line.index(of: ": ", from: open, to: min(line.count, open + 40))
    else { return false }
    var pid = open
    while pid > at, line[pid - 1] == 32 { pid -= 1 }
    let end = pid
    while pid > at, line[pid - 1] &- 48 < 10 || line[pid - 1] == UInt8(ascii: "/") { pid -= 1 }
    let name = line.skipBlanks(from: colon + 2, to: line.count)
    let second = line.index(of: UInt8(ascii: ":"), from: name, to: min(line.count, name + 48))
    return pid < end && pid > at && line[pid - 1] == 32 && second != nil
  }
}
