import Bytes
import Timelines

extension Cause {
  static let doubleProbe = Cause(
    kind: .doubleProbe, letter: "T7",
    title: "Two threads finished the IOMMU probe of one device", verdict: .real,
    harm: "harmed on an oops, else unknown", sides: [.none, .walk, .bind],
    story: """
      Without the recheck 0c8e9c148e29, the walk and a replay (or two walks) both go through the unlocked dma_configure and \
      both finish the probe: the device is added to a group twice, and freed state is used.
      """,
    needs: [
      "two add_device_to_group of the device without a removal between, or the kernel's complaint about it"
    ],
    proof:
      "The trace shows the device added to a group twice, by two threads whose probes overlap; or sysfs refuses a second iommu_group link.",
    decidedBy: [Proof(.groups), Proof(.kernelLog)],
    against: "A removal from the group in between: that is an unplug.",
    advice: "Take 0c8e9c148e29.",
    cites: ["bcb81ac6ae3c", "0c8e9c148e29"],
    judge: { file in
      guard let pair = twice(file.device, file.boot) else { return nil }
      let overlaps = file.device.probesOverlap(pair.0, pair.1, in: file.boot)
      if file.side != .none {
        // The warning is of one of the two.
        guard overlaps, let visit = file.visit,
          [pair.0, pair.1].contains(where: { $0.tid == visit.phase.task.tid && visit.phase.contains($0.time) }
          )
        else { return nil }
      }
      // With the recheck it cannot be: events are missing.
      let isProven = overlaps && file.kernel.hasRecheck != true
      let oops = file.boot.troubles.first {
        $0.kind == .oops && $0.frames.contains("__iommu_probe_device")
      }
      var evidence = [
        Evidence("the device is added to a group", pair.0), Evidence("and added to a group again", pair.1),
      ]
      if let oops { evidence.append(Evidence("an oops in the IOMMU probe", oops.place, time: oops.time)) }
      return Judgement(
        confidence: isProven ? .certain : .likely, harm: oops == nil ? .unknown : .harmed, tier: .trace,
        summary: "its IOMMU probe was done twice", evidence: evidence,
        missing: isProven
          ? []
          : overlaps
            ? ["the events that are missing: this kernel looks again before it finishes a probe"]
            : ["whether it was unplugged in between: iommu:remove_device_from_group in the trace"])
    },
    survey: { boot, kernel in
      guard
        let line = boot.general.first(where: { if case .duplicateGroupLink = $0.what { true } else { false } }
        )
      else { return [] }
      let judgement = Judgement(
        confidence: kernel.hasRecheck == false ? .certain : .likely, harm: .unknown, tier: .kernelLog,
        summary: "sysfs has refused a second iommu_group link",
        evidence: [Evidence("sysfs: cannot create duplicate filename …/iommu_group", line)],
        missing: kernel.hasRecheck == false ? [] : [Advice.trace], assumed: [kernel.reason(.recheck)])
      return [Surveyed(device: Surveyed.unknown, driver: nil, judgement: judgement)]
    })

  /// Two additions in one trace with no removal between, as far as the inputs tell.
  private static func twice(_ device: DeviceTimeline, _ boot: BootTimeline) -> (Moment, Moment)? {
    for (first, second) in zip(device.groups, device.groups.dropFirst()) {
      let removed = device.ungroups.contains { $0.time >= first.moment.time && $0.time <= second.moment.time }
      let unplugged = device.lines { if case .removing = $0 { true } else { false } }.contains { line in
        guard let time = line.time else { return true }
        return time >= first.moment.time && time <= second.moment.time
      }
      // One thread does one after the other: it has freed the first.
      guard !removed, !unplugged, first.moment.tid != second.moment.tid || first.moment.tid < 0,
        boot.inputs(with: first.moment.place).contains(second.moment.place.input)
      else { continue }
      // A probe that failed behind its group has freed that again.
      let hasFailed = device.visits.contains { visit in
        visit.phase.task.tid == first.moment.tid && visit.phase.contains(first.moment.time)
          && visit.phase.result ?? 0 < 0
      }
      if second.moment.time > first.moment.time, !hasFailed { return (first.moment, second.moment) }
    }
    return nil
  }
}
