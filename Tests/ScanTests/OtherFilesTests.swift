import Analysis
import Foundation
import Reading
import Scan
import TestSupport
import Testing

/// What lies beside logs, in a folder or an archive, and is none: it stops no job, and a report says the same.
struct OtherFilesTests {
  private static let kinds: [String: [UInt8]] = [
    "shot.png": [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10], "vmlinux": [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0],
    "results.sqlite": Array("SQLite format 3\0".utf8), "system.journal": Array("LPKSHHRH".utf8),
    "perf.data": Array("PERFILE2".utf8), "report.pdf": Array("%PDF-1.7\n".utf8),
    "logs.7z": [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "old.rar": Array("Rar!".utf8),
    "wire.pcap": [0xd4, 0xc3, 0xb2, 0xa1], "vmcore": Array("KDUMP   ".utf8),
    "board.dtb": [0xd0, 0x0d, 0xfe, 0xed],
  ]

  private func folder(_ other: String, _ bytes: [UInt8]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let log = try Data(contentsOf: Here.samples.appending(path: "clean-7.3.4/dmesg.txt"))
    try FileManager.default.createDirectory(atPath: folder.path + "/job", withIntermediateDirectories: true)
    _ = try folder.file("job/a.log", [UInt8](log))
    _ = try folder.file("job/\(other)", bytes)
    try shell("tar cf job.tar job", in: folder)
    return folder
  }

  @Test(arguments: kinds.keys.sorted()) func whatIsNoLogHasNoEffect(_ name: String) throws {
    // Bytes of all kinds, with zeros and newlines among them.
    let bytes = (Self.kinds[name] ?? []) + (0..<6000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3 ^ $0) }
    let folder = try folder(name, bytes)
    for path in ["job", "job.tar"] {
      let results = scan([folder.path + "/" + path]).sorted { $0.path < $1.path }
      #expect(results.map(\.state) == [.complete, .noKernelLog], "\(path)")
      #expect(results.allSatisfy { $0.isFound && !$0.isNoAnswer && !$0.fails }, "\(path)")
    }
    let analysis = Analysis.run([folder.path + "/job.tar"])
    #expect(!analysis.isDamaged)
    #expect(analysis.boots.count == 1)
    // Named, it is no answer.
    #expect(scan([folder.path + "/job/" + name]).contains { $0.isNoAnswer })
  }

  /// Not even one that cannot be read: the warning's words must be explained.
  @Test func theWarningsWordsInAPictureAreSaid() throws {
    let words = "virtio-pci 0000:00:03.0: late IOMMU probe at driver bind, something fishy here!\n"
    let folder = try folder("shot.png", (Self.kinds["shot.png"] ?? []) + Array(words.utf8))
    for path in ["job", "job.tar"] {
      #expect(scan([folder.path + "/" + path]).contains { $0.answer == "unexplained" }, "\(path)")
    }
    #expect(Analysis.run([folder.path + "/job.tar"]).isDamaged)
  }

  /// What is missing of a text may be a log; behind binary data none begins.
  @Test func aCutTextWasNotRead() throws {
    let text = (0..<4000).map { "option \($0 * $0)\n" }.joined()
    let folder = try folder("config", Array(text.utf8))
    try shell("gzip job/config; head -c 4000 job/config.gz > job/cut.gz; rm job/config.gz", in: folder)
    try shell("tar cf job.tar job", in: folder)
    for path in ["job", "job.tar"] {
      #expect(scan([folder.path + "/" + path]).contains { $0.state == .unreadable }, "\(path)")
    }
    #expect(Analysis.run([folder.path + "/job.tar"]).isDamaged)
  }
}
