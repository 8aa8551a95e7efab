// `timeline` for the terminal: what happened to each device, in order.
import Analysis
import Bytes
import Timelines

public enum TimelineReport {
  /// `device`: only devices whose name matches this glob.
  public static func render(_ analysis: Analysis, device glob: String?, _ style: Style) -> String {
    var out = ""
    for (index, boot) in analysis.boots.enumerated() {
      if analysis.boots.count > 1 { out += style.paint("boot \(index + 1)", .bold) + "\n" }
      for registration in boot.timeline.registrations where glob == nil {
        out += self.registration(registration, style)
      }
      for device in chosen(boot, glob) { out += self.device(device, boot, style) }
    }
    return out
  }

  /// Devices that have something to do with an IOMMU; with a glob, whatever it matches.
  public static func chosen(_ boot: BootAnalysis, _ glob: String?) -> [DeviceTimeline] {
    boot.timeline.devices.values.filter { device in
      glob.map { Glob.matches($0, device.name) } ?? (device.concernsIOMMU && !Phases.of(device).isEmpty)
    }
  }

  private static func registration(_ registration: Registration, _ style: Style) -> String {
    let name = registration.iommu.isEmpty ? "an IOMMU" : registration.iommu
    let phase = registration.phase
    let length = phase.end.map { Plain.duration($0 - phase.start) } ?? "not seen to return"
    let result = phase.result.map { " = \($0)" } ?? ""
    return style.paint("iommu_device_register of \(Plain.safe(name))", .bold)
      + "  \(Plain.seconds(phase.start))  \(length)  \(Plain.safe(phase.task.description))\(result)\n"
  }

  private static func device(_ device: DeviceTimeline, _ boot: BootAnalysis, _ style: Style) -> String {
    var out =
      style.paint(Plain.safe(device.name), .bold) + (device.driver.map { "  \(Plain.safe($0))" } ?? "") + "\n"
    if let folded = device.folded {
      out +=
        style.paint(
          "  \(folded.count) more deferred binds from \(Plain.seconds(folded.first)) to \(Plain.seconds(folded.last)), "
            + "longest \(Plain.duration(folded.longest))", .dim) + "\n"
    }
    for item in Phases.of(device) {
      let start = item.start.map { Plain.seconds($0) } ?? "-"
      let length =
        item.kind == "group" || item.kind == "domain"
        ? ""
        : item.start.flatMap { start in item.end.map { Plain.duration($0 - start) } } ?? "open"
      let task = item.task.map(\.description) ?? ""
      let result = item.result.map { "= \($0)" } ?? ""
      var line = "  " + style.paint(Plain.padLeft(start, 12), .blue) + " " + Plain.padLeft(length, 10) + "  "
      line += Plain.pad(item.kind, 13) + " " + Plain.pad(result, 6) + " " + Plain.safe(task)
      if let detail = item.detail { line += "  " + Plain.safe(detail) }
      out += line + "\n"
    }
    return out
  }
}
