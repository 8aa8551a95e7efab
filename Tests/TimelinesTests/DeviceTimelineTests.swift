import Testing

@testable import Timelines

/// What a device's timeline says of it.
struct DeviceTimelineTests {
  private static func device(_ happenings: String) -> DeviceTimeline? {
    Documents([Traced(happenings).text]).boots.first?.devices["A"]
  }

  @Test(
    arguments: [
      Case("before its group it had none", "1 20 group 4 A", "10 no"),
      Case("after it, it has", "1 20 group 4 A", "30 yes"),
      Case("a domain is one too", "1 20 domain A", "30 yes"),
      Case("it was taken away", "1 20 group 4 A\n1 25 ungroup 4 A", "30 no"),
      Case("it was taken away later", "1 20 group 4 A\n1 35 ungroup 4 A", "30 yes"),
      Case("it came back", "1 20 group 4 A\n1 25 ungroup 4 A\n1 27 group 5 A", "30 yes"),
    ])
  func hadGroup(_ row: Case) {
    let words = row.expected.split(separator: " ")
    let time = 5_000_000_000 + (Int64(words[0]) ?? 0) * 1000
    #expect(Self.device(row.given)?.hadGroup(before: time) == (words[1] == "yes"))
  }

  @Test(
    arguments: [
      Case(
        "an attempt whose return was lost ended when the next began",
        "1 10 really_probe A\n2 30 really_probe A\n2 40 } really_probe = 0", "10-30 30-40"),
      Case(
        "the last one may still run", "1 10 really_probe A\n1 20 } really_probe = -19\n1 30 really_probe A",
        "10-20 30-?"),
      Case(
        "attempts are in order, whichever thread ended first",
        "1 10 really_probe A\n2 20 really_probe A\n2 25 } really_probe = -19\n1 40 } really_probe = 0",
        "10-40 20-25"),
    ])
  func binds(_ row: Case) {
    let told = Self.device(row.given)?.binds.map {
      "\(microseconds($0.phase.start))-\(microseconds($0.phase.end))"
    }
    #expect(told?.joined(separator: " ") == row.expected)
  }

  @Test(
    arguments: [
      Case(
        "by the last bind that names it",
        "1 10 really_probe A nvme\n1 20 } really_probe = -19\n1 30 really_probe A vfio-pci", "vfio-pci"),
      Case(
        "not by one that names none",
        "1 10 really_probe A nvme\n1 20 } really_probe = -19\n1 30 really_probe A", "nvme"),
    ])
  func driver(_ row: Case) {
    #expect(Self.device(row.given)?.driver == row.expected)
  }

  // MARK: visits by time

  /// Visits of A at 10-20, 30-60, 40-50, and one from 80 that never ended.
  private static let visits = VisitIndex(
    Traced(
      """
      1 10 iommu_probe_device A
      1 20 } iommu_probe_device = 0
      2 30 iommu_probe_device A
      3 40 iommu_probe_device A
      3 50 } iommu_probe_device = 0
      2 60 } iommu_probe_device = 0
      4 80 iommu_probe_device A
      """
    ).phases.visits["A"] ?? [])

  @Test(
    arguments: [
      Case("before all", "1-9", ""), Case("touching the first one's start", "1-10", "10"),
      Case("touching its end", "20-25", "10"), Case("between two", "21-29", ""),
      Case("inside one", "12-15", "10"), Case("over two that overlap", "45-46", "30 40"),
      Case("behind the one, in the other", "55-58", "30"), Case("in none", "61-79", ""),
      Case("in the one that never ended", "500-600", "80"), Case("over all", "1-900", "10 30 40 80"),
    ])
  func during(_ row: Case) {
    let ends = row.given.split(separator: "-").map { 5_000_000_000 + (Int64($0) ?? 0) * 1000 }
    let found = Self.visits.during(ends[0]...ends[1]).map { microseconds($0.phase.start) }
    #expect(found.joined(separator: " ") == row.expected)
    #expect(Self.visits.meets(ends[0]...ends[1]) == !row.expected.isEmpty)
  }
}
