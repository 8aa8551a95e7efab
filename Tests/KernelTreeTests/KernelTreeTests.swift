import Foundation
import TestSupport
import Testing
import Verdicts

@testable import KernelTree

struct KernelTreeTests {
  static let gate = "da33e87bd2bf"
  static let full = "da33e87bd2bfc63531cf7448a3cd7a3d42182f08"
  static let recheck = "0c8e9c148e29"
  static let domain = "b46064a18810"
  static let pci = "78447d4545b2"

  // MARK: the code

  @Test func aPlainTreeIsToldByItsCode() throws {
    let tree = try Tree()
    try tree.makefile(6, 15, 3)
    try tree.write(
      "drivers/iommu/iommu.c", Code.iommu(gate: Code.gated, recheck: Code.unasked, domain: Code.waits))
    try tree.write("drivers/pci/pci-driver.c", Code.pciOld)
    let answer = try tree.read()
    #expect(answer.version == "6.15.3" && answer.head == nil)
    #expect(answer.notes == ["no git history"])
    #expect(answer.of(Self.gate).state == .present)
    #expect(answer.of(Self.gate).evidence == ["drivers/iommu/iommu.c:39 has its code"])
    #expect(answer.of(Self.recheck).state == .absent)
    #expect(answer.of(Self.domain).state == .present)
    #expect(answer.of(Self.pci).state == .absent)
    #expect(answer.of(Self.pci).evidence == ["drivers/pci/pci-driver.c:3 is the code without it"])
    // Its file is not there.
    #expect(answer.of("95deee37a123").state == .unknown)
    #expect(answer.of("95deee37a123").evidence[0].hasPrefix("drivers/base/platform.c: not there"))
  }

  @Test func theOtherForms() throws {
    let tree = try Tree()
    try tree.write("drivers/iommu/iommu.c", Code.iommu(gate: "", recheck: Code.asked))
    try tree.write("drivers/pci/pci-driver.c", Code.pciFixed)
    let answer = try tree.read()
    #expect(answer.of(Self.gate).state == .absent)
    #expect(answer.of(Self.recheck).state == .present)
    #expect(answer.of(Self.domain).state == .absent)
    #expect(answer.of(Self.pci).state == .present)
  }

  /// A vendor's own form of the gate, or code that the configuration decides on, tells nothing.
  @Test(arguments: [
    "\tif (!READ_ONCE(iommu->ready))\n\t\treturn -EPROBE_DEFER;",
    "#ifdef CONFIG_VENDOR\n\tif (!dev->iommu && !READ_ONCE(iommu->ready))\n\t\treturn -EPROBE_DEFER;\n#endif",
    "\tif (vendor_wait(iommu))\n\t\treturn -EPROBE_DEFER;",
  ])
  func whatIsNotKnownIsSaid(_ gate: String) throws {
    let tree = try Tree()
    try tree.makefile(6, 6, 50)
    try tree.write("drivers/iommu/iommu.c", Code.iommu(gate: gate))
    let fix = try tree.read().of(Self.gate)
    #expect(fix.state == .unknown && fix.evidence[0].contains("iommu_fwspec_init()"))
  }

  @Test func commentsAndStringsAreNoCode() throws {
    let tree = try Tree()
    let gate = "\t/* if (!dev->iommu && !READ_ONCE(iommu->ready)) return -EPROBE_DEFER; */"
    try tree.write("drivers/iommu/iommu.c", Code.iommu(gate: gate))
    #expect(try tree.read().of(Self.gate).state == .absent)
  }

  @Test func brokenFilesEndTheLookAndNothingElse() throws {
    for text in ["", "int iommu_fwspec_init(", "int iommu_fwspec_init(x)\n{", "/*", "\"", "'\\", "{{{{", "/"]
    {
      let tree = try Tree()
      try tree.write("drivers/iommu/iommu.c", text)
      #expect(try tree.read().of(Self.gate).state == .unknown, "\(text)")
    }
    let tree = try Tree()
    try FileManager.default.createDirectory(
      atPath: tree.path + "/drivers/iommu", withIntermediateDirectories: true)
    #expect(mkfifo(tree.path + "/drivers/iommu/iommu.c", 0o600) == 0)
    #expect(try tree.read().of(Self.gate).evidence[0].contains("no plain file"))
    #expect(KernelTreeReader.read("/nonexistent") == nil)
  }

  // MARK: the history

  @Test(arguments: [
    "[ Upstream commit \(full) ]", "commit \(full) upstream.", "(cherry picked from commit \(full))",
    "(cherry picked from commit da33e87bd2bf)", "(backported from commit \(full))",
  ])
  func marksOfBackports(_ mark: String) throws {
    let tree = try Tree()
    try tree.start()
    try tree.makefile(6, 12, 40)
    let id = try tree.commit("iommu: Handle yet another race around registration\n\n\(mark)\n\nNext to it.")
    try tree.commit("more")
    let answer = try tree.read()
    #expect(answer.head?.count == 40 && answer.notes.isEmpty)
    #expect(answer.of(Self.gate).state == .present)
    #expect(answer.of(Self.gate).evidence.first == "commit \(id.prefix(12)) says \"\(mark)\"")
    // A merge may have taken the other side's code.
    #expect(answer.of(Self.gate).evidence.last?.hasSuffix("so the code was not looked at") == true)
    #expect(answer.of(Self.recheck).state == .unknown)
  }

  /// Who only speaks of a commit does not bring it, and does not take it back.
  @Test(arguments: [
    "Fixes: da33e87bd2bf (\"iommu: Handle yet another race around registration\")",
    "Since commit da33e87bd2bf the replay waits.", "This follows commit \(full).",
    "[ Upstream commit da33e87bd2b0000000000000000000000000000 ]",
    "This is needed before\ncommit \(full) upstream can be applied.",
    "[ Upstream commit \(full) ] is not in this tree.", "It partially reverts\ncommit \(full) upstream.",
    "We want what\ncommit \(full) upstream.", "(cherry picked from commit \(full)) was dropped again.",
    "This reverts commit 00112233 by other means than da33e87bd2bf.",
  ])
  func othersThatNameIt(_ line: String) throws {
    let tree = try Tree()
    try tree.start()
    try tree.commit("iommu: something else\n\n\(line)")
    #expect(try tree.read().of(Self.gate).state == .unknown)
  }

  @Test func aRevertTakesItBackUnlessTheCodeSaysOtherwise() throws {
    let tree = try Tree()
    try tree.start()
    let id = try tree.commit("iommu: gate\n\n[ Upstream commit \(Self.full) ]")
    try tree.commit("Revert \"iommu: gate\"\n\nThis reverts commit \(id).")
    let reverted = try tree.read()
    #expect(reverted.of(Self.gate).state == .contradictory && reverted.of(Self.gate).evidence.count == 3)
    // Taken up again, as the code shows; the code alone knows.
    try tree.write("drivers/iommu/iommu.c", Code.iommu(gate: Code.gated))
    try tree.commit("iommu: gate again")
    #expect(try tree.read().of(Self.gate).state == .present)
    try tree.write("drivers/iommu/iommu.c", Code.iommu(gate: ""))
    #expect(try tree.read().of(Self.gate).state == .absent)
  }

  /// It was merged, and the code does not have it: somebody is wrong, and nothing follows.
  @Test func historyAndCodeThatDisagree() throws {
    let tree = try Tree()
    try tree.start()
    try tree.makefile(6, 17, 13)
    try tree.write("drivers/iommu/iommu.c", Code.iommu(gate: ""))
    try tree.commit("iommu: gate\n\n[ Upstream commit \(Self.full) ]")
    let answer = try tree.read()
    #expect(answer.of(Self.gate).state == .contradictory)
    var claims = KernelClaims()
    claims.tree = answer
    #expect(KernelFeatures("6.17.13").hasGate == true)
    #expect(KernelFeatures("6.17.13", claims).hasGate == nil)
    #expect(KernelFeatures("6.17.13", claims).gateReason.contains("its tree says both"))
  }

  /// What a tree brings along may not run, and what it is in is not asked.
  @Test func aHostileTreeRunsNothing() throws {
    let outer = try Tree()
    try outer.start()
    try outer.commit("[ Upstream commit \(Self.full) ]")
    try outer.write("inner/Makefile", "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 9\n")
    let inner = try #require(KernelTreeReader.read(outer.path + "/inner"))
    #expect(inner.notes == ["no git history"] && inner.of(Self.gate).state == .unknown)

    let tree = try Tree()
    try tree.start()
    try tree.commit("one")
    let flag = tree.path + "/ran"
    let script = try tree.folder.file("script", "#!/bin/sh\ntouch \(flag)\n")
    chmod(script, 0o755)
    for key in [
      "core.fsmonitor", "core.pager", "pager.rev-list", "core.sshCommand", "gpg.program", "alias.rev-list",
      "diff.external", "core.editor", "credential.helper",
    ] {
      try tree.git("config", key, script)
    }
    try tree.git("config", "log.showSignature", "true")
    try tree.git("config", "core.hooksPath", tree.path)
    #expect(try tree.read().head?.count == 40)
    #expect(!FileManager.default.fileExists(atPath: flag))
    // A history that is not there.
    try FileManager.default.removeItem(atPath: tree.path + "/.git/objects")
    let broken = try tree.read()
    #expect(broken.head == nil && broken.notes.count == 1)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
  func aForeignOwnersTreeIsExplained() throws {
    let tree = try Tree()
    try tree.start()
    try tree.makefile(6, 15, 3)
    try tree.commit("one")
    for path in ["", "/.git"] { #expect(chown(tree.path + path, 12345, 12345) == 0) }
    let answer = try tree.read()
    #expect(answer.head == nil && answer.version == "6.15.3")
    #expect(answer.notes[0].contains("safe.directory"))
  }

  // MARK: Debian

  static let changelog = """
    linux (6.12.94-1) trixie-security; urgency=high

      * New upstream stable update:
        https://www.kernel.org/pub/linux/kernel/v6.x/ChangeLog-6.12.26
        - [arm64] iommu: Handle race with default domain setup
        - iommu: Handle yet another race around
          registration
        - Fix for PCI: Fix driver_managed_dma check of somebody
        - Revert "iommu: Avoid introducing more races"

     -- Somebody <a@example.org>  Sat, 01 Nov 2025 00:00:00 +0100
    """

  @Test func aDebianChangelog() throws {
    let tree = try Tree()
    let file = try tree.folder.file("changelog", Self.changelog)
    for path in [file, tree.path] {
      let answer = try #require(KernelTreeReader.read(path))
      #expect(answer.version == "6.12.94-1")
      #expect(answer.of(Self.domain).state == .present)
      #expect(answer.of(Self.domain).evidence[0].hasSuffix("changelog:5 lists it"))
      #expect(answer.of(Self.gate).state == .present)
      #expect(answer.of(Self.pci).state == .unknown)
      #expect(answer.of(Self.recheck).state == .absent)
    }
    let other = try #require(
      KernelTreeReader.read(tree.folder.file("notes", "- iommu: Avoid introducing more races\n")))
    #expect(other.version == nil && other.of(Self.recheck).state == .unknown && other.notes.count == 1)
    // What does not begin as one is not read on: here a kernel's whole archive may stand.
    let late = try #require(KernelTreeReader.read(tree.folder.file("late", "notes\n\n" + Self.changelog)))
    #expect(late.version == nil && late.notes[0].contains("its first line names no version"))
  }

  // MARK: which boots it counts for

  @Test(arguments: [
    ("6.12.94+deb13-arm64", true), ("6.12.95+deb13-arm64", false), ("6.17.13", false),
    ("6.12.0-55.el10", true), ("6.12.94-rc1", false), (nil, true),
  ])
  func aTreeCountsForItsOwnKernel(_ kernel: String?, _ counts: Bool) throws {
    let tree = try Tree()
    var claims = KernelClaims()
    claims.tree = KernelTreeReader.read(try tree.folder.file("changelog", Self.changelog))
    #expect((claims.tree?.mismatch(kernel) == nil) == counts)
    let gate = KernelFeatures(kernel, claims).hasGate
    #expect(gate == (counts ? true : KernelFeatures(kernel).hasGate))
    // Who says something himself knows better.
    claims.lacks = [Self.gate]
    #expect(KernelFeatures(kernel, claims).hasGate == false)
  }

  /// Every fix that a verdict turns on has a subject to be found by and a form to be told by.
  @Test func allFixesAreLookedFor() {
    #expect(Shape.all.map(\.commit) == KernelFix.all.map(\.commit))
    #expect(KernelFix.all.allSatisfy { $0.subject.count > 10 && $0.commit.count == 12 })
  }

  @Test func programsAreBounded() throws {
    func run(_ command: String, most: Int = 100, seconds: Int = 20) throws -> Subprocess {
      try Subprocess.run(
        ["sh", "-c", command], environment: ["PATH=/usr/bin:/bin"], mostOutput: most, seconds: seconds)
    }
    let fine = try run("echo out; echo err >&2; exit 3")
    #expect(fine.status == 3 && fine.output == Array("out\n".utf8) && fine.errors == "err\n")
    #expect(throws: Subprocess.Failure.tooMuch) { try run("yes") }
    #expect(throws: Subprocess.Failure.tooSlow) { try run("exec sleep 100", seconds: 1) }
    #expect(throws: Subprocess.Failure.notFound) {
      try Subprocess.run(["no-such-program"], environment: [], mostOutput: 1, seconds: 1)
    }
    #expect(try run("yes x | head -c 1000000 >&2").errors.utf8.count == 4096)
  }
}
