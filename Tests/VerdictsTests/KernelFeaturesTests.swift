import Foundation
import TestSupport
import Testing

@testable import Verdicts

/// Which fixes a version implies, after the table of docs/kernel.md#commits.
struct KernelFeaturesTests {
  @Test(
    arguments: [
      ("6.17.13+deb13-arm64", true), ("6.16.0-rc2-exynos7870", true), ("6.15.1", true), ("6.15.0", false),
      ("6.15.0-rc1", false), ("6.14.0-rc6-iommu-next+", false), ("6.14.5", nil), ("6.6.30-android15", nil),
      ("7.3.4+deb13-arm64", true), ("garbage", nil),
      // Trees of maintainers, on top of a release or a candidate.
      ("6.15.0+", nil), ("6.15.0-rc4+", nil), ("6.15.0-rc4-00045-g0123abcd", nil),
      ("6.15.0-09654-g0123abcd-dirty", nil), ("6.15.2+", true), ("6.15.0-rc4", false),
    ] as [(String, Bool?)])
  func theGate(_ version: String, _ has: Bool?) {
    #expect(KernelFeatures(version).hasGate == has)
    #expect(KernelFeatures(version).hasRecheck == has)
  }

  @Test func whatTheUserSaysWins() {
    let lacks = KernelFeatures("6.17.13", KernelClaims(lacks: ["da33e87bd2bf"]))
    #expect(lacks.hasGate == false)
    #expect(lacks.hasRecheck == true)
    #expect(lacks.gateReason.contains("--kernel-lacks"))
    #expect(KernelFeatures("6.6.30", KernelClaims(has: ["da33e87"])).hasGate == true)
  }

  @Test(arguments: [["xyz"], ["DA33E87BD2BF"], ["deadbeefcafe"], ["da33"]])
  func claimsThatMeanNothingAreRefused(_ commits: [String]) {
    #expect(KernelClaims(has: commits).fault != nil)
  }

  @Test func aClaimAndItsOppositeAreRefused() {
    #expect(KernelClaims(has: ["da33e87bd2bf"], lacks: ["da33e87"]).fault != nil)
    #expect(KernelClaims(has: ["da33e87bd2bf"], lacks: ["0c8e9c148e29"]).fault == nil)
  }

  @Test func everyCauseExplainsItself() {
    for cause in Cause.all {
      #expect(Cause.named(cause.id) == cause && Cause.named(cause.letter.lowercased()) == cause)
      #expect(!cause.title.isEmpty && cause.story.count > 60 && !cause.needs.isEmpty && !cause.proof.isEmpty)
      #expect(!cause.advice.isEmpty && !cause.against.isEmpty)
    }
    #expect(Set(Cause.all.map(\.id)).count == Cause.all.count)
  }

  /// What the rules rest on stands in the table of docs/kernel.md#commits, with the same versions, and may be named by hand.
  @Test func everyFixHasItsRow() throws {
    let page = try String(contentsOf: Here.root.appending(path: "docs/kernel.md"), encoding: .utf8)
    let known = KernelFix.all + [.warning, .defaultDomains]
    for cause in Cause.all {
      for fix in cause.endedBy { #expect(known.contains { $0.commit == fix.commit }, "\(fix.name)") }
    }
    for fix in KernelFix.all {
      let row = page.split(separator: "\n").first { $0.hasPrefix("| ") && $0.prefix(20).contains(fix.commit) }
      let text = try #require(row, "\(fix.name)")
      #expect(text.contains("| \(fix.subject) |"))
      #expect(
        text.contains("| \(fix.mainline.major).\(fix.mainline.minor)-rc\(fix.candidate) |"), "\(fix.name)")
      for release in fix.stable {
        #expect(text.contains("\(release.major).\(release.minor).\(release.patch)"), "\(fix.name)")
      }
    }
  }
}
