import Bytes
import Events
import Testing

@testable import Timelines

/// What happens at one moment: in which call it did, and where events are missing.
struct MarkTests {
  @Test(
    arguments: [
      Case(
        "a group is added inside the innermost call that is open on its thread",
        """
        1 10 really_probe A
        1 12 iommu_probe_device A
        1 14 group 4 A
        1 16 } iommu_probe_device = 0
        1 18 domain A
        1 20 } really_probe = 0
        """, "14 in iommu_probe_device; 18 in really_probe"),
      Case(
        "another thread's call has nothing to do with it",
        """
        1 10 really_probe A
        2 14 group 4 A
        1 20 } really_probe = 0
        """, "14 in -"),
      Case(
        "after the return nothing is inside",
        """
        1 10 really_probe A
        1 20 } really_probe = 0
        1 24 ungroup 4 A
        """, "24 in -"),
    ])
  func putsMarksIntoCalls(_ row: Case) {
    let trace = Traced(row.given)
    let told = trace.story.marks.map { mark in
      "\(microseconds(mark.time)) in "
        + (mark.inside < 0 ? "-" : trace.names[trace.story.calls[Int(mark.inside)].function.name])
    }
    #expect(told.joined(separator: "; ") == row.expected)
  }

  @Test func aHoleLiesBetweenTheCPUsLastEventAndItsMark() {
    let trace = Traced(
      """
      1/0 10 really_probe A
      2/1 20 really_probe B
      1/0 30 lost 7
      2/1 40 } really_probe = 0
      """)
    let gaps = trace.story.gaps.map {
      "\(microseconds($0.since))-\(microseconds($0.after)) \($0.count ?? 0)"
    }
    #expect(gaps == ["10-20 7"])
  }

  /// Perfetto's and trace.dat's marks have a time, that of what stands behind the hole; they are no events of their CPU.
  @Test func aHoleWithATimeEndsBeforeIt() {
    func event(_ time: Int64, _ cpu: Int32, _ body: Event.Body) -> Event {
      Event(time: time, tid: 1, cpu: cpu, comm: .none, place: Place(input: 0, line: 0, offset: 0), body: body)
    }
    let seen = Event.Body.groupRemoved(device: .none)
    var tracker = ThreadTracker()
    for event in [
      event(5, 1, .lost(count: nil)), event(5, 1, seen), event(10, 0, seen), event(20, 1, seen),
      event(30, 0, .lost(count: 7)), event(30, 0, seen), event(41, 1, .lost(count: nil)),
    ] {
      tracker.feed(event)
    }
    tracker.finish()
    let gaps = tracker.story.gaps.map { gap in "\(gap.since == .min ? "" : "\(gap.since)")..\(gap.after)" }
    #expect(gaps == ["..4", "10..29", "20..40"])
  }
}
