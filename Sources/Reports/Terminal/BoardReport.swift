// `timeline` for the terminal: what the board's facts say of each IOMMU client, a line each.
import Bytes
import Facts
import Writing

struct BoardReport {
  /// More lines nobody reads; JSON has them all.
  private static let most = 400

  static func render(_ scene: BoardScene, device glob: String?, _ names: InputNames, _ style: Style) -> String
  {
    func isWanted(_ name: String) -> Bool { glob.map { Glob.matches($0, name) } ?? true }
    let chosen = scene.clients.filter { isWanted($0.name) }
    let deferred = scene.facts.deferred.filter { isWanted($0.value.name) }
    guard !chosen.isEmpty || !deferred.isEmpty else { return "" }
    var out = style.paint(Plain.safe(scene.summary.joined(separator: ", ")), .bold) + "\n"
    for device in chosen.prefix(most) {
      let group = device.group.map {
        "group \($0.value)" + (device.groupType.isEmpty ? "" : " (\(device.groupType))")
      }
      let text =
        "  " + Plain.pad(Plain.safe(device.name), 26) + " "
        + Plain.pad(Plain.safe(device.driver?.value ?? "no driver"), 20)
        + " " + Plain.pad(Plain.safe(group ?? "no group"), 20) + " "
        + Plain.safe(scene.iommus(of: device).joined(separator: ", "))
      let place = names.text(device.place)
      let line = style.width >= 120 ? Plain.pad(text, style.width - 30) + " " + Plain.safe(place) : text
      out += (scene.isLeftOut(device) ? style.paint(line, .red) : line) + "\n"
    }
    if chosen.count > most { out += "  and \(chosen.count - most) more; --format json has them all\n" }
    for fact in deferred.prefix(most) {
      out +=
        "  " + Plain.pad(Plain.safe(fact.value.name), 26) + " deferred: " + Plain.safe(fact.value.reason)
        + "\n"
    }
    return out
  }
}
