import Foundation
import TestSupport
import Testing

/// The HTML report in a real browser.
@Suite(.serialized) struct PageTests {
  private static func report(_ sample: String, _ command: [String] = ["report"]) throws -> String {
    let answer = try Command.run(
      Command.executable, command + ["--format", "html"] + inputs(sample), nil, [:])
    #expect(answer.code != 2 && answer.errors.isEmpty)
    return answer.output
  }

  /// Nothing from outside, nothing that runs but the page's own script, nothing that overlaps or sticks out.
  private static func checkSafeAndNeat(_ page: Page, _ path: String) {
    #expect(page.requests == ["file://\(path)"])
    #expect(page.problems.isEmpty)
    #expect(page.content.scripts == 1 && page.content.foreign == 0 && page.content.handlers == 0)
    #expect(page.content.csp.hasPrefix("default-src 'none';") && !page.content.csp.contains("unsafe"))
    #expect(page.content.dead.isEmpty)
    #expect(page.layout.map(\.width) == [390, 1280, 2560])
    for layout in page.layout {
      #expect(layout.page == layout.width)
      #expect(layout.checked > 10)
      #expect(layout.overlaps.isEmpty && layout.cut.isEmpty, "at \(layout.width): \(layout)")
    }
  }

  @Test func twoThreadsOverOneDevice() throws {
    let (page, path) = try Page.open(Self.report("natural-6.17.13-4"))
    Self.checkSafeAndNeat(page, path)
    let content = page.content
    #expect(content.heading == "4 warnings: 2 real, 2 false positives")
    #expect(content.title.contains("6.17.13+deb13-arm64"))
    #expect(content.badges == ["REAL", "REAL", "FALSE POSITIVE", "FALSE POSITIVE"])
    #expect(content.findings == ["0000:00:05.1", "0000:00:06.4", "0000:00:05.2", "0000:00:06.5"])
    // The walk that visits it, the bind that it raced, and what happened in which order.
    let figure = try #require(content.figures.first)
    #expect(figure.label == "Timeline of 0000:00:05.1")
    #expect(figure.threads == ["kworker/u16:4-119", "kworker/u16:0-12"])
    #expect(
      figure.bars == [
        "iommu_device_register() = 0", "__iommu_probe_device() = 0", "pci_dma_configure() = 0",
        "really_probe() = 0", "pci_dma_configure() = 0",
      ])
    #expect(figure.kinds == ["m warning", "m group", "m domain"])
    #expect(figure.marks.map { $0.prefix(7) } == ["WARNING", "group 4", "domain "])
    #expect(figure.numbers == ["1", "2", "3", "4", "5", "6", "7"])
    #expect(figure.windows == 1 && figure.folds == 6)
    #expect(content.lanes.count == 52 && Set(content.lanes).count == 52)
    #expect(content.evidence == 30)
    #expect(
      content.quoted.contains { $0.hasSuffix("late IOMMU probe at driver bind, something fishy here!") })
    #expect(page.paper == "rgb(255, 255, 255)" && page.paperDark != page.paper)
    #expect(page.seconds < 5)
    // Without scripts the page shows the same, but for what needs them.
    #expect(page.plain.content == content)
    #expect(page.plain.tools == "none")
  }

  @Test func filterKeysZoomAndJump() throws {
    let (page, _) = try Page.open(Self.report("natural-6.17.13-4"))
    let use = page.use
    #expect(use.all == Page.Visible(findings: 4, lanes: 52, rows: 4))
    #expect(use.filtered == Page.Visible(findings: 1, lanes: 1, rows: 1))
    #expect(use.matches == "1 finding, 1 device")
    #expect(use.unfiltered == use.all)
    #expect(use.next == "f1-1")
    #expect((use.dimmed ?? 0) > 0 && (use.bright ?? 0) > 0)
    #expect(use.zoom == 1.5 && use.unzoomed == 1 && use.panned == true)
    // Zoomed, the axis has more ticks, and still nothing overlaps.
    #expect(try #require(use.ticksZoomed) > 2 * (try #require(use.ticks)))
    #expect(try #require(use.layout).overlaps.isEmpty)
    let card = try #require(use.card).split(separator: "\n")
    #expect(card.first == "iommu_device_register() = 0")
    #expect(card.contains("kworker/u16:4-119") && card.contains("14.956157 to 15.347979, 391.82 ms"))
    #expect(card.last == "trace.txt:1378 to trace.txt:2726")
    let jump = try #require(use.jump)
    #expect(jump.hash == "#L1-1378" && jump.seen && jump.neighbours >= 7)
    #expect(jump.text.contains("idr: (iommu_device_register+0x0/0x290)"))
    let touch = try #require(page.touch)
    #expect(touch.shown && !touch.jumped && touch.link == "#L1-1378")
    #expect(touch.text.hasPrefix("iommu_device_register() = 0\n"))
  }

  /// What does not fit into a bar is hidden, and comes when there is room.
  @Test func zoomShowsHiddenTexts() throws {
    let page = try Page.open(Self.report("t4-silent-late-smmu-7.3.4")).page
    let (hidden, zoomed) = (try #require(page.use.hidden), try #require(page.use.hiddenZoomed))
    #expect(hidden > 0 && zoomed < hidden)
  }

  /// Every sample is neat in every width; those with more threads, deeper nesting, faults, or a log alone.
  @Test(arguments: [
    "f2-multi-iommu-7.3.4-2", "t4-silent-late-smmu-7.3.4", "t6-harm-net-hang-7.3.4",
    "t10-walk-aborted-7.2.13",
  ])
  func isNeat(_ sample: String) throws {
    let (page, path) = try Page.open(Self.report(sample))
    Self.checkSafeAndNeat(page, path)
    #expect(!page.content.figures.isEmpty)
  }

  @Test func timelineOfABootWithoutAWarning() throws {
    let (page, path) = try Page.open(Self.report("clean-fgraph-6.17.13", ["timeline"]))
    Self.checkSafeAndNeat(page, path)
    #expect(page.content.findings.isEmpty && page.content.figures.isEmpty)
    #expect(page.content.lanes.count == 9)
    // Longest window first.
    #expect(page.content.lanes.prefix(4) == ["0000:00:07.0", "0000:00:04.0", "0000:00:02.0", "0000:00:01.0"])
    #expect(page.content.heading.hasPrefix("9 devices: 0 with the warning, 4 with a window"))
  }

  /// A trace alone shows the race and not when the warning was printed: that is not "no warning".
  @Test func whatIsNotKnownIsNotSaid() throws {
    let html = try Command.run("report", "--format", "html", Here.sample("dat/kprobe-v7-zstd.dat")).output
    #expect(html.contains("2 warnings (by the trace: no kernel log was given): 2 false positives"))
    #expect(!html.contains("no warning"))
    // Its records have no lines to show, and that is said.
    #expect(html.contains("its records have no lines") && !html.contains("href=\"#L"))
    let silent = try Self.report("t10-walk-aborted-7.2.13")
    #expect(silent.contains("no warning was printed"))
  }

  @Test func twoBootsAreToldApart() throws {
    let folder = try TemporaryFolder()
    let texts = try ["natural-6.17.13-4", "real-misuse-7.2.13-kprobe"].map {
      try String(contentsOf: URL(filePath: Here.sample("\($0)/dmesg.txt")), encoding: .utf8)
    }
    let answer = try Command.run("report", "--format", "html", folder.file("two.txt", texts.joined()))
    let (page, path) = try Page.open(answer.output)
    Self.checkSafeAndNeat(page, path)
    #expect(page.content.heading == "5 warnings: 3 real, 2 false positives")
    #expect(page.content.findings.count == 5 && page.content.findings.last == "lab-client0")
    #expect(answer.output.contains("<caption>Boot 2</caption>"))
  }

  /// Whoever can name a device must not be able to run anything in the reader's browser.
  @Test func hostileNames() throws {
    let folder = try TemporaryFolder()
    let log = try folder.file("<b>dmesg.txt", Hostile.log)
    let trace = try folder.file("trace.txt", Hostile.trace)
    let answer = try Command.run("report", "--format", "html", log, trace)
    #expect(answer.code != 2)
    let (page, path) = try Page.open(answer.output)
    Self.checkSafeAndNeat(page, path)
    #expect(page.content.findings == [Hostile.device])
    #expect(page.content.lanes == [Hostile.device])
    #expect(page.content.figures.first?.threads.first?.hasPrefix(Hostile.comm) == true)
    #expect(page.content.quoted.contains { $0.contains("\(Hostile.device): late IOMMU probe") })
  }

  /// Thousands of devices, all retrying: small, said what is folded, and opened at once.
  @Test func aLargeBootStaysSmall() throws {
    let folder = try TemporaryFolder()
    let trace = try folder.file("trace.txt", ManyRetries.trace(devices: 3000, retries: 3))
    let answer = try Command.run("report", "--format", "html", trace)
    #expect(answer.output.utf8.count < 3_000_000)
    let (page, path) = try Page.open(answer.output)
    #expect(page.requests == ["file://\(path)"] && page.problems.isEmpty && page.content.dead.isEmpty)
    #expect(page.content.lanes.count > 100)
    #expect(
      page.content.notes.contains {
        $0.contains("\(3000 - page.content.lanes.count) more devices are not drawn")
      })
    #expect(
      page.content.notes.contains { $0.contains("lines that the pictures speak of are not in this page") })
    #expect(page.seconds < 10)
  }

  /// Ten times the retries of one device take no larger page.
  @Test func retriesAreFolded() throws {
    let folder = try TemporaryFolder()
    let sizes = try [40, 400].map { retries in
      let trace = try folder.file("trace.txt", ManyRetries.trace(devices: 10, retries: retries))
      let answer = try Command.run("report", "--format", "html", trace)
      #expect(answer.output.contains("\(2 * retries - 24) more bind attempts or probes"))
      return answer.output.utf8.count
    }
    #expect(sizes[1] < sizes[0] * 3 / 2)
  }

  /// Ten times the retries take about ten times the time, not a hundred times. `make bench` has the exact limit.
  @Test func timeGrowsWithTheInput() throws {
    let folder = try TemporaryFolder()
    let times = try [200, 2000].map { retries in
      let trace = try folder.file("trace.txt", ManyRetries.trace(devices: 5, retries: retries))
      let answer = try Command.shell(
        "TIMEFORMAT=%U; time $P report --fail-on none --format html -o /dev/null \(trace)")
      #expect(answer.code == 0)
      return try #require(Double(answer.errors.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
    // What takes less than that is the program's start.
    #expect(times[1] < max(times[0], 0.03) * 20, "\(times)")
  }

  /// A loss is said, and so is what cannot be shown.
  @Test func damagedAndUnseenInputs() throws {
    let folder = try TemporaryFolder()
    let text = try String(
      contentsOf: URL(filePath: Here.sample("natural-6.17.13-4/dmesg.txt")), encoding: .utf8)
    let cut = try Command.run(
      "report", "--format", "html", folder.file("cut.txt", text + "[   99.000000] nvme a: late I"))
    #expect(cut.code == 2)
    #expect(cut.output.contains("role=\"alert\"") && cut.output.contains("Findings may be missing"))
    let piped = try Command.run("report", "--format", "html", "-", input: text)
    #expect(piped.code == 1)
    // Standard input is kept for the page's lines.
    #expect(piped.output.contains("id=\"L0-578\""))
  }
}
