import Analysis
import Reading
import Testing

/// Of which moment of which boot board facts are.
struct MomentTests {
  private let gpu = VerdictTests.gpu

  /// What was collected before its IOMMU came does not show that no group came, where the log lost lines.
  @Test(arguments: [
    ("60.00 1.00", "certain"), ("25.10 1.00", "certain"), ("24.10 1.00", "likely"), ("12.90 1.00", "likely"),
  ])
  func factsOfBeforeShowNothingOfAfter(_ uptime: String, _ confidence: String) {
    var facts = VerdictTests.left
    facts.uptime = uptime
    let log = VerdictTests.log([VerdictTests.gaveUp, VerdictTests.ready] + VerdictTests.came)
      .replacing("[   14.5", with: "** 5 printk messages dropped **\n[   14.5")
    #expect(said(analysis(log, facts.text)) == ["\(gpu) silent-late-iommu \(confidence)"])
  }

  /// A clock chip that had lost its power; the board's time came later, from elsewhere.
  @Test(arguments: [("1970-01-01T00:00:11", 11), ("2013-01-18T08:50:03", 1_358_499_003)])
  func aClockThatWasNotSetIsNoOtherBoot(_ day: String, _ time: Int) {
    let lines = [
      "rtc-x rtc: setting system clock to \(day) UTC (\(time))", VerdictTests.gaveUp, VerdictTests.ready,
    ]
    let found = analysis(VerdictTests.log(lines + VerdictTests.came), VerdictTests.left.text)
    #expect(said(found) == ["\(gpu) silent-late-iommu certain"])
  }

  /// One kernel and one command line serve many boards.
  @Test(arguments: [
    ("Toy Board", "certain"), ("Toy Board ", "certain"), ("", "certain"), ("Toy Board 2", nil),
  ])
  func anotherBoardsFactsAreNotUsed(_ model: String, _ confidence: String?) {
    var facts = VerdictTests.left
    facts.model = model
    let lines = ["OF: fdt: Machine model: Toy Board", VerdictTests.gaveUp, VerdictTests.ready]
    let found = analysis(VerdictTests.log(lines + VerdictTests.came), facts.text)
    #expect((found.boots[0].timeline.facts != nil) == (confidence != nil))
    if let confidence { #expect(said(found) == ["\(gpu) silent-late-iommu \(confidence)"]) }
    #expect(
      found.boots[0].timeline.losses.contains { $0.detail.contains("their board is") } == (confidence == nil))
  }

  /// Devices that had their groups, and are bound without any: another boot's facts, unless they are of an earlier moment. Fewer may have
  /// lost theirs since.
  @Test(arguments: [(5, "60.00 1.00", false), (3, "60.00 1.00", true), (5, "9.00 1.00", true)])
  func factsOfABootWithoutGroups(_ count: Int, _ uptime: String, _ isOurs: Bool) {
    let devices = (0..<count).map { "500000\($0).gpu" }
    var facts = FactsText(
      devices.flatMap { FactsText.platform($0, "toygpu", iommus: FactsText.own) }, units: [FactsText.unit],
      nodes: [FactsText.node])
    facts.uptime = uptime
    let groups = devices.enumerated().map { "platform \($1): Adding to iommu group \($0)" }
    let found = analysis(VerdictTests.log([VerdictTests.came[0]] + groups), facts.text)
    #expect((found.boots[0].timeline.facts != nil) == isOurs)
    #expect(found.boots[0].timeline.losses.contains { $0.kind == .anotherBoot } == !isOurs)
  }

  /// Of two boots whose clocks nobody knows facts are of the one that they fit, in whatever order.
  @Test func factsGoToTheBootThatTheyFit() {
    let devices = (0..<5).map { "500000\($0).gpu" }
    let facts = FactsText(
      devices.flatMap { FactsText.platform($0, "toygpu", iommus: FactsText.own) }, units: [FactsText.unit],
      nodes: [FactsText.node])
    let groups = devices.enumerated().map { "platform \($1): Adding to iommu group \($0)" }
    let good = VerdictTests.log([VerdictTests.came[0]] + groups + (0..<9).map { "good line \($0)" })
    let bad = VerdictTests.log(
      [VerdictTests.gaveUp, VerdictTests.ready, VerdictTests.came[0]] + (0..<9).map { "bad line \($0)" }
    ).replacing("500000]", with: "730000]").replacing("40.000000]", with: "41.300000]")
    for texts in [[good, bad, facts.text], [bad, good, facts.text], [facts.text, bad, good]] {
      let found = Analysis.run(texts: texts.map { Array($0.utf8) })
      #expect(found.boots.count == 2)
      #expect(found.boots.filter { $0.timeline.facts != nil }.count == 1)
      #expect(found.boots.allSatisfy { $0.timeline.facts == nil || $0.findings.count == 5 })
    }
  }

  @Test func ofTwoMomentsTheLaterOneCounts() {
    var early = VerdictTests.left
    early.uptime = "30.00 1.00"
    let late = FactsText(
      FactsText.platform(gpu, "toygpu", group: 3, iommus: FactsText.own), units: [FactsText.unit],
      nodes: [FactsText.node])
    for texts in [[early.text, late.text], [late.text, early.text]] {
      let found = Analysis.run(texts: texts.map { Array($0.utf8) })
      #expect(said(found).isEmpty && found.boots.count == 1)
      #expect(found.boots[0].timeline.losses.map(\.kind) == [.repeated])
    }
  }
}
