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
