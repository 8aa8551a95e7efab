import Testing

@testable import Records

/// Each kind that is not read is told by a document of its own.
struct RefusalTests {
  private static func sample(_ refusal: Refusal) -> [UInt8] {
    switch refusal {
    // Packets of two bytes each.
    case .perfetto: [0x0a, 2, 8, 1, 0x0a, 2, 8, 1]
    case .perfScript: Array("modprobe   301 [001]     5.100000: kprobes:rp: (really_probe)\n".utf8)
    case .perfData: Array("PERFILE2".utf8)
    case .bpftrace: Array("Attaching 2 probes...\n".utf8)
    case .uftrace: Array("# DURATION     TID     FUNCTION\n".utf8)
    case .journalExport: Array("__CURSOR=s\n".utf8)
    case .journalFile: Array("LPKSHHRH".utf8)
    case .userLogcat: Array("--------- beginning of main\n".utf8)
    case .bootLog: Array("[  OK  ] Started toyd.\n".utf8)
    case .otherSystem: Array("NetBSD 10.0 (GENERIC64)\n".utf8)
    // A time, a fill, and what it holds.
    case .rawPages:
      [0, 0, 0, 16, 0, 0, 0, 0, 0, 1] + [0, 0, 0, 0, 0, 0] + [UInt8](repeating: 1, count: 4080)
    case .coreDump: Array("KDUMP   ".utf8)
    case .elf: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]
    case .image: [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]
    case .sqlite: Array("SQLite format 3\0".utf8)
    case .pdf: Array("%PDF-1.7\n".utf8)
    case .sevenZip: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]
    case .packetCapture: [0xd4, 0xc3, 0xb2, 0xa1]
    case .binary: Array(1...200)
    }
  }

  @Test(arguments: Refusal.allCases)
  func isTold(_ refusal: Refusal) {
    let bytes = Self.sample(refusal)
    #expect((Refusal(magic: bytes.span) ?? Refusal(text: bytes.span)) == refusal)
  }
}
