import Bytes
import Writing

extension DrawnLane {
  /// When it bound, deferred, got its group and its domain, in a few words each; of a whole lane.
  func describe() -> [String] {
    var facts: [String] = []
    let binds = acts.filter(\.isBind)
    if let bound = binds.last(where: { $0.spans[0].result == 0 }), let end = bound.end {
      facts.append("bound \(Plain.seconds(end)) in \(Plain.brief(end - bound.start))")
    } else if let last = binds.last, last.spans[0].result == nil, let end = last.end {
      facts.append("last bind ended \(Plain.seconds(end))")
    } else if let last = binds.last, let result = last.spans[0].result {
      facts.append(result == -517 ? "not bound: still deferred" : "not bound: its probe returned \(result)")
    }
    let deferred = binds.count { $0.spans[0].result == -517 } + (folded?.count ?? 0)
    if deferred > 0 { facts.append("deferred \(deferred)\u{d7}") }
    for mark in marks.filter({ $0.kind == .group }).prefix(2) {
      facts.append("\(mark.label.replacing(" added", with: "")) at \(Plain.seconds(mark.time))")
    }
    if let domain = marks.first(where: { $0.kind == .domain }) {
      facts.append("domain at \(Plain.seconds(domain.time))")
    }
    return facts
  }

  /// Its longest window in words; nil without one.
  func describeWindow() -> String? {
    let known = windows.filter { $0.opened != nil }
    guard let longest = known.max(by: { ($0.length ?? .max) < ($1.length ?? .max) }) else { return nil }
    let others = known.count - 1 + known.reduce(0) { $0 + $1.folded }
    let length = longest.length.map { Plain.brief($0) + " window" } ?? "window that never closed"
    let notes = [longest.state.word, others > 0 ? "\(others) shorter" : nil].compactMap(\.self)
    return notes.isEmpty ? length : "\(length) (\(notes.joined(separator: "; ")))"
  }

  /// Whether the late-probe warning was printed for it.
  var isWarned: Bool { marks.contains { $0.kind == .warning } }
}
