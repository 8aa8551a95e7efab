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
    case .hexDump: Array(hexDumps[0].utf8)
    case .binary: Array(1...200)
    }
  }

  /// xxd, hexdump -C, od -A x -t x1z, od -x.
  private static let hexDumps = [
    """
    00000000: 5b20 2020 2030 2e30 3030 3030 305d 2042  [    0.000000] B
    00000010: 6f6f 7469 6e67 204c 696e 7578 206f 6e20  ooting Linux on
    00000020: 7068 7973 6963 616c 2043 5055 2030 7830  physical CPU 0x0

    """,
    """
    $ hexdump -C dmesg.txt

    00000000  5b 20 20 20 20 30 2e 30  30 30 30 30 30 5d 20 42  |[    0.000000] B|
    00000010  6f 6f 74 69 6e 67 20 4c  69 6e 75 78 20 6f 6e 20  |ooting Linux on |
    00000020  70 68 79 73 69 63 61 6c  20 43 50 55 20 30 78 30  |physical CPU 0x0|

    """,
    """
    000000 5b 20 20 20 20 30 2e 30 30 30 30 30 30 5d 20 42  >[    0.000000] B<
    000010 6f 6f 74 69 6e 67 20 4c 69 6e 75 78 20 6f 6e 20  >ooting Linux on <
    000020 70 68 79 73 69 63 61 6c 20 43 50 55 20 30 78 30  >physical CPU 0x0<

    """,
    """
    0000000 205b 2020 3020 302e 3030 3030 5d30 4220
    0000020 6f6f 6974 676e 4c20 6e69 7875 6f20 206e
    0000040 6870 7379 6369 6c61 4320 5550 3020 3078

    """,
  ]

  @Test(arguments: hexDumps)
  func hexDumpIsTold(_ text: String) {
    #expect(Refusal(magic: Array(text.utf8).span) == .hexDump)
  }

  /// The kernel prints bytes too, and a firmware's table has numbers: a log is none for that.
  @Test(arguments: [
    "[    1.000000] 00000000: 01 02 03 04 05 06\n[    1.000001] 00000010: 01 02 03 04\n[    1.000002] 00000020: 01 02 03 04\n",
    "00000000 size\n00000010 size\n00000020 size\n", "0000 11 22 33 44\n0000 11 22 33 44\n0000 11 22 33 44\n",
    "8000000000000000 11 22 33 44\n0000000000000001 11 22 33 44\nffffffffffffffff 11 22 33 44\n",
  ])
  func numbersAreNoHexDump(_ text: String) {
    #expect(Refusal(magic: Array(text.utf8).span) == nil)
  }

  @Test(arguments: Refusal.allCases)
  func isTold(_ refusal: Refusal) {
    let bytes = Self.sample(refusal)
    #expect((Refusal(magic: bytes.span) ?? Refusal(text: bytes.span)) == refusal)
  }
}
