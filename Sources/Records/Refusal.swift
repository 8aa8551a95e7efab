import Bytes

/// What people hold and the tool does not read: named, with what to give instead.
package enum Refusal: String, CaseIterable, Sendable {
  case perfetto, perfScript = "perf-script", perfData = "perf-data", bpftrace, uftrace
  case journalExport = "journal-export", journalFile = "journal-file", userLogcat = "user-logcat", bootLog =
    "boot-log"
  case otherSystem = "other-system", rawPages = "raw-pages", coreDump = "core-dump", elf, image, sqlite, pdf
  case sevenZip = "7z", packetCapture = "packet-capture", binary

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
    }
  }

  /// For the user: what it is, that it is not read, and what to give instead.
  package var sentence: String {
    "no kernel log and no trace in here: this is \(title), which is not read; \(advice)"
  }

  // MARK: binary kinds

  /// Binary kinds, by their first bytes.
  init?(magic head: Span<UInt8>) {
    func has(_ bytes: [UInt8]) -> Bool {
      head.count >= bytes.count && bytes.indices.allSatisfy { head[$0] == bytes[$0] }
    }
    if has([0x7f, 0x45, 0x4c, 0x46]) {
      self = head.count > 17 && (head[16] == 4 || head[17] == 4 && head[16] == 0) ? .coreDump : .elf
    } else if head.has("KDUMP   ", at: 0) || head.has("makedumpfile", at: 0) {
      self = .coreDump
    } else if head.has("PERFILE2", at: 0) || head.has("2ELIFREP", at: 0) {
      self = .perfData
    } else if has([0x89, 0x50, 0x4e, 0x47]) || has([0xff, 0xd8, 0xff]) || head.has("GIF8", at: 0)
      || head.has("RIFF", at: 0) && head.has("WEBP", at: 8) || has([0x49, 0x49, 0x2a, 0])
      || head.has("BM", at: 0) && Self.isBinary(head)
    {
      self = .image
    } else if head.has("SQLite format 3", at: 0) {
      self = .sqlite
    } else if head.has("%PDF-", at: 0) {
      self = .pdf
    } else if has([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) || head.has("Rar!", at: 0) {
      self = .sevenZip
    } else if has([0xd4, 0xc3, 0xb2, 0xa1]) || has([0xa1, 0xb2, 0xc3, 0xd4]) || has([0x0a, 0x0d, 0x0d, 0x0a])
    {
      self = .packetCapture
    } else if head.has("LPKSHHRH", at: 0) {
      self = .journalFile
    } else if head.has("Ftrace:", at: 0) || Self.isUftrace(head) {
      self = .uftrace
    } else if Self.isPerfetto(head) {
      self = .perfetto
    } else if Self.isRingBufferPage(head) {
      self = .rawPages
    } else if Self.isJournalExport(head) {
      self = .journalExport
    } else {
      return nil
    }
  }

  private static func isUftrace(_ head: Span<UInt8>) -> Bool {
    head.has("Ftrace!", at: 0) || head.has("uftrace ! DURATION", at: 0)
  }

  /// A run of `packet` fields (tag 0x0a) whose lengths lead from one to the next, each beginning with a field of TracePacket.
  static func isPerfetto(_ head: Span<UInt8>) -> Bool {
    var at = 0
    var packets = 0
    while at < head.count, packets < 8 {
      guard head[at] == 0x0a, let (length, begin) = varint(head, at + 1) else { return false }
      guard begin < head.count else { return packets > 0 }
      if length > 0 {
        guard let (tag, _) = varint(head, begin), isPacketField(tag) else { return false }
      }
      packets += 1
      guard length < head.count - begin else {
        // It goes on behind what is seen here. One packet alone must not be text that begins with a newline.
        return packets > 1 || isBinary(head)
      }
      at = begin + length
    }
    return packets > 1 || packets == 1 && isBinary(head)
  }

  /// A field number that TracePacket has (1 to 999), with a wire type that is in use.
  private static func isPacketField(_ tag: Int) -> Bool {
    (1...999).contains(tag >> 3) && [0, 1, 2, 5].contains(tag & 7)
  }

  private static func varint(_ head: Span<UInt8>, _ start: Int) -> (value: Int, end: Int)? {
    var value = 0
    var at = start
    while at < head.count, at < start + 5 {
      value |= Int(head[at] & 0x7f) << (7 * (at - start))
      at += 1
      if head[at - 1] & 0x80 == 0 { return (value, at) }
    }
    return nil
  }

  /// A sub-buffer begins with a time of 64 bits and its fill, of which no more than a page can be.
  private static func isRingBufferPage(_ head: Span<UInt8>) -> Bool {
    // The upper bytes of a time and of a fill are zeros; a text has none of those in front.
    guard head.count >= 4096, head.index(of: 0, to: 16) != nil, isBinary(head) else { return false }
    func pageEnds(_ at: Int, isBig: Bool) -> Bool {
      var time: UInt64 = 0
      var commit: UInt64 = 0
      for index in 0..<8 {
        time |= UInt64(head[at + (isBig ? 7 - index : index)]) << UInt64(8 * index)
        commit |= UInt64(head[at + 8 + (isBig ? 7 - index : index)]) << UInt64(8 * index)
      }
      // Seconds to a year; the fill, with flags of missed events above it.
      return time > 1_000_000 && time < 1 << 55 && commit & 0x3fff_ffff <= 4080 && commit & 0x3fff_ffff > 0
    }
    return [false, true].contains { isBig in
      pageEnds(0, isBig: isBig) && (head.count < 8192 || pageEnds(4096, isBig: isBig))
    }
  }

  /// `journalctl -o export` and `-o verbose`: a field a line, so that a message stands apart from its time.
  private static func isJournalExport(_ head: Span<UInt8>) -> Bool {
    if head.has("__CURSOR=", at: 0) || head.has("__REALTIME_TIMESTAMP=", at: 0) { return true }
    // `Fri 2026-11-20 10:00:00.000000 UTC [s=…;i=1;…]` above the fields, which are four blanks in.
    var start = 0
    if head.has("-- ", at: 0), let end = head.index(of: 10) { start = end + 1 }
    guard let end = head.index(of: 10, from: start), head.index(of: " [s=", from: start, to: end) != nil
    else { return false }
    return head.has("    ", at: end + 1)
      && head.index(of: 61, from: end, to: min(head.count, end + 60)) != nil
  }

  /// Whether the bytes are none of a text: a tenth of them are control characters. NUL is not counted, for power cuts leave
  /// holes in logs, nor is what bit rot makes of a ramoops.
  static func isBinary(_ head: Span<UInt8>) -> Bool {
    var controls = 0
    var others = 0
    for at in head.indices {
      switch head[at] {
      case 0: break
      case 9, 10, 13, 27: others += 1
      case ..<32, 127: controls += 1
      default: others += 1
      }
    }
    let zeros = head.count - controls - others
    return controls * 10 > others
      || zeros > 0 && controls > 0 && zeros * 3 > head.count && controls * 50 > others
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
    if says("---<<BOOT>>---") || says("FreeBSD ") || says("Copyright (c) 1992-") || says("NetBSD ")
      || says("OpenBSD ")
      || says("DragonFly ") || says("Darwin Kernel Version") || says("SunOS Release")
      || says("Copyright (c) 1982, 1986")
      || says("Copyright (c) 1996, 1997, 1998")
    {
      return .otherSystem
    }
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
