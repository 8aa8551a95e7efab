import Bytes
import Events
import Testing

@testable import Timelines

/// Which binds and mappings are kept one by one, and which are only counted: `kept`, and what was `counted`.
struct RetentionTests {
  /// `count` bind attempts of A, a hundred microseconds each, of which `inner` is a part.
  private static func binds(_ count: Int, _ result: String, _ inner: String = "", from start: Int = 0)
    -> String
  {
    (0..<count).map { index in
      let time = start + index * 100
      let inside = inner.isEmpty ? "" : "1 \(time + 5) \(inner)\n"
      return "1 \(time) really_probe A\n\(inside)1 \(time + 10) } really_probe \(result)"
    }.joined(separator: "\n")
  }

  private static let cases: [Case] = [
    Case("three deferrals of a device are kept", binds(3, "= -517"), "3 kept, 0 counted"),
    Case("the fourth and all that follow are counted", binds(10, "= -517"), "3 kept, 7 counted"),
    Case("a bind that failed otherwise is kept", binds(5, "= -19"), "5 kept, 0 counted"),
    Case("a bind that worked is kept", binds(5, "= 0"), "5 kept, 0 counted"),
    Case(
      "while an IOMMU registers more are kept", "2 0 iommu_device_register\n" + binds(10, "= -517", from: 10),
      "10 kept, 0 counted"),
    Case(
      "so they are as long as no registration was over before they began",
      binds(3, "= -517") + "\n2 300 iommu_device_register\n2 301 } iommu_device_register = 0\n"
        + binds(4, "= -517", from: 400), "3 kept, 4 counted"),
    Case(
      "a registration that ends during an attempt has run during it",
      binds(3, "= -517")
        + "\n2 300 iommu_device_register S\n1 310 really_probe A\n2 315 } iommu_device_register = 0\n1 320 } really_probe = -517",
      "4 kept, 0 counted"),
    Case("one that ran ->probe is kept", binds(5, "= -517", "pci_device_probe A"), "5 kept, 0 counted"),
    Case("one in which a group came is kept", binds(5, "= -517", "group 1 A"), "5 kept, 0 counted"),
    Case(
      "one that a visit of the device overlaps is kept",
      binds(4, "= -517")
        + "\n2 400 probe_iommu_group A\n1 410 really_probe A\n1 420 } really_probe = -517\n2 430 } probe_iommu_group = 0",
      "4 kept, 1 counted"),
    Case(
      "where no result is traced, the next attempt tells that one failed", binds(6, ""), "4 kept, 2 counted"),
  ]

  @Test(arguments: cases)
  func keeps(_ row: Case) {
    let story = Traced(row.given).story
    let kept = story.calls.count { $0.role == .reallyProbe }
    let counted = story.folded.values.reduce(0) { $0 + $1.count }
    #expect("\(kept) kept, \(counted) counted" == row.expected)
  }

  @Test func tellsOfTheCountedOnes() {
    let story = Traced(Self.binds(6, "= -517")).story
    let folded = story.folded.values.map {
      "\($0.count) \(microseconds($0.first))-\(microseconds($0.last)) longest \($0.longest)"
    }
    #expect(folded == ["3 300-510 longest 10000"])
  }

  @Test(arguments: [(20, 20), (24, 24), (100, 24)])
  func keepsTheFirstMappingsOfADevice(_ made: Int, _ kept: Int) {
    let mappings = (0..<made).map { "1 \($0 * 10) dma_alloc_attrs A\n1 \($0 * 10 + 1) } dma_alloc_attrs" }
    let story = Traced(mappings.joined(separator: "\n")).story
    #expect(story.calls.count { $0.role == .dmaMap } == kept)
  }

  @Test func stopsWhereNoBootHasSoManyCalls() throws {
    // A registration that never returns in any of them: nothing can be dropped.
    var tracker = ThreadTracker()
    let event = try #require(Traced("1 10 iommu_device_register S").read.events.first)
    for index in 0..<70_000 {
      var event = event
      event.tid = Int32(index % 1000)
      event.time += Int64(index) * 1_000_000
      tracker.feed(event)
    }
    tracker.finish()
    #expect(!tracker.wantsMore)
    #expect(tracker.story.calls.count == 1 << 16)
    #expect(tracker.story.fullAt != nil)
  }

  @Test(arguments: [16_000, 20_000])
  func stopsWhereNoBootHasSoManyDevices(_ count: Int) throws {
    var tracker = ThreadTracker()
    let event = try #require(Traced("1 10 group 1 A").read.events.first)
    for index in 0..<count {
      var event = event
      event.body = .groupAdded(device: Name(index: UInt32(index + 1)), group: 1)
      tracker.feed(event)
    }
    tracker.finish()
    #expect((tracker.story.fullAt == nil) == (count == 16_000))
    #expect(tracker.story.marks.count == min(count, 1 + 1 << 14))
  }

  /// Of a mapping the device does not matter: it is dropped.
  @Test func mappingsOfAnyNumberOfDevices() throws {
    var tracker = ThreadTracker()
    let event = try #require(Traced("1 10 dma_alloc_attrs A").read.events.first)
    guard case .enter(let function, _, _) = event.body else { return #expect(Bool(false)) }
    for index in 0..<20_000 {
      var event = event
      event.body = .enter(
        function, subject: DeviceKey(name: Name(index: UInt32(index + 1))), detail: .none)
      event.tid = Int32(index + 1)
      tracker.feed(event)
    }
    #expect(tracker.wantsMore)
  }
}
