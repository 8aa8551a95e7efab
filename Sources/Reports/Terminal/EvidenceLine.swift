import Verdicts
import Writing

/// One thing that was seen, for a terminal: its time, what, and where, on as many lines as it takes.
enum EvidenceLine {
  static func render(_ evidence: Evidence, _ style: Style, _ names: InputNames) -> String {
    let time = evidence.time.map { Plain.padLeft(Plain.seconds($0), 13) } ?? String(repeating: " ", count: 13)
    let place = evidence.place.map { Plain.safe(names.text($0)) } ?? ""
    let room = style.width - 18
    let lines = Plain.wrap(Plain.safe(evidence.text), room)
    var out = ""
    for (index, text) in lines.enumerated() {
      let left =
        index == 0 ? "  \(style.bullet) " + style.paint(time, .blue) : String(repeating: " ", count: 17)
      let isLast = index == lines.count - 1
      if isLast, !place.isEmpty, text.count + place.count + 2 <= room {
        out += "\(left) \(Plain.pad(text, room - place.count - 1)) \(style.paint(place, .dim))\n"
      } else {
        out += "\(left) \(text)\n"
        if isLast, !place.isEmpty {
          out += String(repeating: " ", count: 18) + style.paint(place, .dim) + "\n"
        }
      }
    }
    return out
  }
}
