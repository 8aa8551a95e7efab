// `--format csv`: a line a window, for spreadsheets and scripts (RFC 4180).
import Analysis
import Timelines
import Writing

enum CSVReport {
  private static let columns = [
    "boot", "device", "driver", "state", "opened_ns", "opened_latest_ns", "closed_ns", "length_ns", "binder",
    "others",
    "more_like_it", "place",
  ]

  static func windows(_ analysis: Analysis) -> String {
    let names = InputNames(analysis)
    var out = columns.joined(separator: ",") + "\r\n"
    for (number, boot) in analysis.boots.enumerated() {
      for window in boot.windows { out += line(window, number + 1, boot, names) }
    }
    return out
  }

  private static func line(_ window: Window, _ number: Int, _ boot: BootAnalysis, _ names: InputNames)
    -> String
  {
    func time(_ value: Int64?) -> String { value.map { String($0) } ?? "" }
    let texts: [String] = [
      String(number), text(window.device), text(boot.timeline.devices[window.device]?.driver ?? ""),
      window.state.rawValue, time(window.opened), time(window.openedLatest), time(window.closed),
      time(window.length), text(window.binder?.description ?? ""),
      text(window.others.map(\.description).joined(separator: " ")), String(window.folded),
      text(window.place.map { names.text($0) } ?? ""),
    ]
    return texts.joined(separator: ",") + "\r\n"
  }

  /// In quotes. A name that a spreadsheet would take for a formula gets a `'` before it.
  private static func text(_ text: String) -> String {
    let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
    return "\"" + (isFormula ? "'" : "") + Plain.safe(text).replacing("\"", with: "\"\"") + "\""
  }
}
