import Foundation
import Testing
import Verdicts

@testable import KernelTree

/// How histories take a fix back, and how they speak of one that they do not have.
struct RevertTests {
  private static let fix = KernelTreeTests.full
  private static let title = KernelFix.gate.subject

  /// `ID` is the backport's, `SHORT` and `SHORTER` its beginning.
  @Test(arguments: [
    "Revert \"TITLE\"\n\nThis reverts commit SHORT (\"TITLE\").",
    "Revert \"TITLE\"\n\nThis reverts commit SHORTER (TITLE, 2025-11-24).",
    "Let it race\n\nThis reverts commit\nID.",
    "Revert \"TITLE\"\n\nThis reverts commit ID which is\ncommit FIX upstream.\n\nIt breaks boards.",
    "Revert \"TITLE\"\n\nThis reverts commit SHORT which is commit FIX upstream.",
    "Revert \"FROMGIT: TITLE\"\n\nRevert submission 123-foo\n\nReverted changes: I123:TITLE\n\nChange-Id: I1",
    "Revert \"UPSTREAM: TITLE\"\n\nThis reverts commit SHORTER.\n\nReason for revert: b/1234",
    "iommu: less of it\n\nThis partially reverts commit SHORT.",
    "Take it out\n\nThe gate hangs a board. This reverts commit da33e87bd2b.",
  ])
  func aBackportIsTakenBack(_ message: String) throws {
    let tree = try Tree()
    try tree.start()
    let id = try tree.commit("\(Self.title)\n\n[ Upstream commit \(Self.fix) ]\n\nBody.")
    try tree.commit(Self.filled(message, id))
    let answer = try tree.read().of(KernelFix.gate.commit)
    #expect(answer.state == .contradictory)
    #expect(answer.evidence.count == 3 && answer.evidence[1].contains("evert"))
  }

  private static func filled(_ message: String, _ id: String) -> String {
    [
      ("TITLE", title), ("SHORTER", String(id.prefix(8))), ("SHORT", String(id.prefix(12))), ("ID", id),
      ("FIX", fix),
    ]
    .reduce(message) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }

  /// The revert of a backport without a mark.
  @Test func stablesRevertSaysWhatItWas() throws {
    let tree = try Tree()
    try tree.start()
    let id = try tree.commit("\(Self.title)\n\nNo mark.")
    try tree.commit(
      "Revert \"\(Self.title)\"\n\nThis reverts commit \(id) which is\ncommit \(Self.fix) upstream.")
    #expect(try tree.read().of(KernelFix.gate.commit).state == .absent)
    try tree.commit(
      "Reapply \"\(Self.title)\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.")
    #expect(try tree.read().of(KernelFix.gate.commit).state == .contradictory)
  }

  /// What is not checked out is in the history.
  @Test func theCodeOfABareRepository() throws {
    let tree = try Tree()
    try tree.start()
    try tree.write("drivers/iommu/iommu.c", Code.iommu(gate: ""))
    try tree.commit("\(Self.title)\n\n[ Upstream commit \(Self.fix) ]")
    let bare = tree.folder.path + "/bare.git"
    try tree.git("clone", "-q", "--bare", ".", bare)
    let answer = try #require(KernelTreeReader.read(bare)).of(KernelFix.gate.commit)
    // It was merged with -s ours.
    #expect(answer.state == .contradictory)
    #expect(answer.evidence.last?.hasSuffix("is the code without it") == true)
  }
}
