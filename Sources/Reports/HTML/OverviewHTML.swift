import Writing

/// Rows of the page's picture of all devices.
enum OverviewHTML {
  /// The IOMMUs' registrations, above the devices.
  static func registrations(_ boot: BootPage, _ context: LaneContext) -> String {
    boot.scene.registrations.prefix(20).map { registration in
      var lane = DrawnLane(device: "")
      lane.acts = [DrawnAct(spans: [registration], isBind: false, matters: true)]
      let drawing = LaneSVG(lane, context, isSmall: true)
      let length = registration.end.map { Plain.duration($0 - registration.start) } ?? "not seen to return"
      let result = registration.result.map { " = \($0)" } ?? ""
      return "<div class=\"lane\"><div class=\"lh\"><b>iommu_device_register\(result)</b> "
        + "<code>\(HTML.text(registration.note))</code> <span>\(length)</span></div>"
        + PictureHTML.lane(drawing) + "</div>\n"
    }.joined()
  }

  /// One device.
  static func lane(_ lane: DrawnLane, _ boot: BootPage, _ context: LaneContext) -> String {
    let drawing = LaneSVG(lane, context, isSmall: true)
    let name = boot.linked("<b><code>\(HTML.text(lane.device))</code></b>", device: lane.device)
    var facts = lane.facts.map { HTML.text($0) }
    if let window = lane.windowFact { facts.insert("<em>\(HTML.text(window))</em>", at: 0) }
    if lane.isWarned { facts.insert("<strong>WARNING</strong>", at: 0) }
    return "<div class=\"lane\" data-f=\"\(boot.filter(lane))\"><div class=\"lh\">\(name) "
      + "\(HTML.text(lane.driver ?? "")) <span>\(facts.joined(separator: " · "))</span></div>"
      + PictureHTML.lane(drawing) + "</div>\n"
  }
}
