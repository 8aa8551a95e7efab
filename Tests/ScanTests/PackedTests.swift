import Bytes
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Inputs
@testable import Scan

/// Archives in archives, bombs, and files that change under the reader.
struct PackedTests {
  private func folderWithALog() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let log = try Data(contentsOf: Here.samples.appending(path: "natural-6.17.13-4/dmesg.txt"))
    _ = try folder.file("a.log", log)
    return folder
  }

  @Test func packedLogsInArchivesAreRead() throws {
    let folder = try folderWithALog()
    try shell(
      """
      gzip -k a.log; xz -k a.log; bzip2 -k a.log; echo nothing here > readme
      tar czf logs.tar.gz a.log.gz a.log.xz a.log.bz2 readme; tar cf outer.tar logs.tar.gz
      python3 -m zipfile -c outer.zip outer.tar a.log.gz
      """, in: folder)
    let results = scan([folder.path + "/outer.zip"])
    #expect(
      results.map { $0.path.split(separator: "/").last.map(String.init) ?? "" } == [
        "outer.zip:outer.tar:logs.tar.gz:a.log.gz", "outer.zip:outer.tar:logs.tar.gz:a.log.xz",
        "outer.zip:outer.tar:logs.tar.gz:a.log.bz2", "outer.zip:outer.tar:logs.tar.gz:readme",
        "outer.zip:a.log.gz",
      ])
    #expect(results.map(\.findings.count) == [4, 4, 4, 0, 4])
    #expect(results[3].state == .noKernelLog)
  }

  @Test func aBrokenMemberDoesNotHideTheOthers() throws {
    let folder = try folderWithALog()
    try shell("gzip -k a.log; head -c 5000 a.log.gz > cut.gz; tar cf b.tar cut.gz a.log", in: folder)
    let results = scan([folder.path + "/b.tar"])
    #expect(results.map(\.path.last) == ["z", "g"])
    #expect(results.map(\.state) == [.unreadable, .complete])
    #expect(results[0].error != nil)
    #expect(results[1].findings.count == 4)
  }

  @Test func packedTooDeepIsAnError() throws {
    let folder = try folderWithALog()
    try shell("cp a.log 0; for i in 1 2 3 4 5 6; do tar czf $i $((i - 1)); done", in: folder)
    #expect(scan([folder.path + "/4"]).map(\.findings.count) == [4])
    let results = scan([folder.path + "/6"])
    #expect(results.map(\.state) == [.unreadable])
    #expect(results[0].error?.contains("packed more than") == true)
  }

  /// Each layer alone is small; together they would fill memory.
  @Test func aBombInLayersIsAnError() throws {
    let folder = try TemporaryFolder()
    try shell(
      "yes | head -c 200000000 | gzip -9 > 1.gz; for i in 1 2 3 4; do cp 1.gz m$i.gz; done; tar czf b.tar.gz m*.gz",
      in: folder)
    let results = scan([folder.path + "/b.tar.gz"])
    #expect(results.allSatisfy { $0.state == .unreadable })
    #expect(results.contains { $0.error?.contains("bomb") == true })
  }

  // MARK: files that change

  @Test func aFileThatShrinksWhileItIsReadIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.log", [UInt8](repeating: 10, count: 1000))
    let meter = Meter(isStopped: { false }, count: { _ in })
    let stream = FileStream(try FileDescriptor.open(FilePath(path), .readOnly), meter, isOurs: true)
    var buffer = [UInt8](repeating: 0, count: 100)
    #expect(try buffer.withUnsafeMutableBytes { try stream.read(into: $0) } == 100)
    #expect(truncate(path, 50) == 0)
    let error = #expect(throws: InputError.self) {
      try buffer.withUnsafeMutableBytes { try stream.read(into: $0) }
    }
    #expect(error?.description.contains("shorter") == true)
  }

  /// What was read before the fault is judged all the same.
  @Test func aLogThatBreaksIsJudgedAsFarAsItGoes() throws {
    let folder = try folderWithALog()
    try shell(
      "for i in 1 2 3 4 5 6; do cat a.log; done | gzip > b.gz; head -c -3000 b.gz > cut.gz", in: folder)
    let results = scan([folder.path + "/cut.gz"])
    #expect((3...6).contains(results.count))
    #expect(results.dropLast().allSatisfy { $0.state == .complete && $0.findings.count == 4 })
    #expect(results.last?.state == .unreadable)
    #expect(results.last?.error != nil)
  }

  @Test func aFileThatVanishesIsReportedAndTheRestDone() throws {
    let folder = try folderWithALog()
    try shell("cp a.log b.log; cp a.log c.log", in: folder)
    let files = FileWalk([folder.path]).map(\.path)
    try FileManager.default.removeItem(atPath: folder.path + "/b.log")
    let results = scan(files)
    #expect(results.map(\.state) == [.complete, .unreadable, .complete])
    #expect(results[1].error == "no such file")
  }

  /// In whatever locale: names tell whose log failed.
  @Test func namesInAZipAreUTF8() throws {
    let folder = try folderWithALog()
    try shell(
      "python3 -c \"import zipfile; z = zipfile.ZipFile('u.zip', 'w'); [z.write('a.log', n) for n in ('K\u{fc}che.log', 'B\u{fc}ro.log')]\"",
      in: folder)
    let paths = Set(scan([folder.path + "/u.zip"]).map(\.path))
    #expect(paths == [folder.path + "/u.zip:K\u{fc}che.log", folder.path + "/u.zip:B\u{fc}ro.log"])
  }
}
