import Bytes
import Records
import TestSupport
import Testing

@testable import Scan

/// What a scan's search stops at, against what is read.
struct LookTests {
  /// The texts that the search finds in a line.
  private static func found(_ message: String) -> Set<String> {
    var found: Set<String> = []
    withBytes("[    1.000000] \(message)\n") { bytes in
      LogLook.all.each(in: bytes) { number, _ in
        found.insert("\(LogLook.signs[number].text)")
        return true
      }
    }
    return found
  }

  private static func looked(_ lines: [String]) -> LogLook {
    var look = LogLook()
    withBytes(lines.map { "[    1.000000] \($0)\n" }.joined()) { look.look($0, at: 0, lines: 0) }
    return look
  }

  /// The search stops at every word that is to be sought, in the line that the readers know it by.
  @Test(arguments: KernelWord.allCases)
  func stopsAtWhatIsRead(_ word: KernelWord) {
    #expect(Self.found(word.sample).contains("\(word.text)") == (word.sought != nil))
    #expect(!Self.found(word.spoilt).contains("\(word.text)"))
  }

  /// And each has its effect: alone, or beside what it needs.
  @Test(arguments: KernelWord.allCases)
  func makesSomethingOfIt(_ word: KernelWord) throws {
    let look = Self.looked([word.sample])
    let frame = "toy_probe_iommu_probe_device+0x1/0x2"
    switch word.sought?.meaning {
    case .engine: #expect(look.needsAnalysis)
    case .adding:
      #expect(!look.needsAnalysis)
      #expect(Self.looked(["Linux version 6.17.13 (x@y)", word.sample]).needsAnalysis)
      #expect(!Self.looked(["Linux version 6.1.0 (x@y)", word.sample]).needsAnalysis)
    case .gaveUp:
      #expect(!look.needsAnalysis)
      #expect(Self.looked([word.sample, KernelWord.smmuBanner.sample]).needsAnalysis)
      #expect(!Self.looked([KernelWord.smmuBanner.sample, word.sample]).needsAnalysis)
    case .hung:
      #expect(!look.needsAnalysis)
      #expect(Self.looked([word.sample, frame]).needsAnalysis)
    case .oops:
      #expect(!look.needsAnalysis)
      #expect(Self.looked([word.sample, "toy_dma_configure+0x1/0x2"]).needsAnalysis)
    case .banner, .failed:
      let banner = (word == .probeFailed ? .smmuBanner : word).sample
      let failed = KernelWord.probeFailed.sample
      #expect(!look.needsAnalysis)
      // Only of one device they tell of a registration that failed.
      let device = banner.split(separator: " ")[1].dropLast()
      #expect(Self.looked([banner, failed.replacing("1.toy", with: device)]).needsAnalysis)
      #expect(!Self.looked([banner, failed]).needsAnalysis)
    case .fault, .reserved:
      let other: KernelWord = word == .reservedMemory ? .faultEvent : .reservedMemory
      #expect(!look.needsAnalysis)
      #expect(Self.looked([word.sample, other.sample]).needsAnalysis)
    case .warning, .panic: #expect(look.troubles.found.count == 1)
    case .hello: #expect(look.kernel == "6.17.13")
    case .hardware: #expect(look.hardware?.hasPrefix("Toy") == true)
    // Beside others only; one that is a report's is found by the report's word.
    case nil: #expect(look.needsAnalysis == [.unuseDomain, .freedGroup].contains(word))
    }
    if word.sought?.meaning == .oops { #expect(look.troubles.found.map(\.kind) == [.oops]) }
  }

  /// What the search looks for besides.
  @Test(arguments: [
    "toy 1.toy: late IOMMU probe at driver bind, something", "> something fishy here!",
    "** 230 printk messages dropped **",
    "{\"MESSAGE\":[27,91]}", "{\"MESSAGE\" : [27,91]}",
  ])
  func asksForTheEngine(_ line: String) {
    #expect(Self.looked([line]).needsAnalysis)
  }

  @Test(arguments: [
    "Freeing unused kernel memory: 1024K", "Run /sbin/init as init process", "systemd[1]: Started toy",
    "init: toy", "board login: ",
  ])
  func isUserSpace(_ line: String) {
    #expect(Self.looked([line]).reachedUserSpace)
  }

  @Test(arguments: [
    "iommu_probe_device+0x1/0x2", "__iommu_probe_device.part.0+0x1/0x2", "probe_iommu_group+0x1/0x2",
    "toy_dma_configure+0x1/0x2",
  ])
  func isAFrameOfWhoHangs(_ line: String) {
    #expect(!Self.looked([line]).needsAnalysis)
    #expect(Self.looked([KernelWord.blocked.sample, line]).needsAnalysis)
  }

  /// An announced dump of which nothing follows asks for nothing.
  @Test func aDumpIsReadWhereItHasLines() {
    #expect(!Self.looked(["Dumping ftrace buffer:"]).needsAnalysis)
    #expect(
      Self.looked(["Dumping ftrace buffer:", "---------------------------------", "toy-1 0d..1. 1us : x"])
        .needsAnalysis)
  }

  @Test func aTraceIsNoCleanLog() {
    #expect(!Self.looked(["Linux version 6.17.13 (x@y)"]).hasTrace)
    #expect(Self.looked(["Linux version 6.17.13 (x@y)", "# tracer: nop"]).hasTrace)
  }
}
