// The two threads over one device, side by side, with real times: what a list of evidence cannot show.
import Bytes
import Timelines
import Writing

/// A lane for the terminal: a thread a column; a column that is free again takes the next thread.
struct Picture {
  private let lane: DrawnLane
  private let steps: [Step]
  private let style: Style
  private let names: InputNames
  /// Column of each step, and the thread that each column shows.
  private var columns: [Int] = []
  private var threads: [String] = []
  private var out = ""

  /// Empty if nothing is known of when things happened.
  static func draw(_ lane: DrawnLane, _ style: Style, _ names: InputNames) -> String {
    guard lane.acts.contains(where: { !$0.spans.isEmpty }) else { return "" }
    var picture = Picture(lane, style, names)
    picture.write()
    return picture.out
  }

  private init(_ lane: DrawnLane, _ style: Style, _ names: InputNames) {
    self.lane = lane
    self.style = style
    self.names = names
    steps = lane.steps
    assignColumns()
  }

  /// Line numbers stand at the right where there is room for them.
  private var placeWidth: Int { style.width >= 120 ? 20 : 0 }
  private var most: Int { style.width >= 140 ? 4 : style.width >= 72 ? 2 : 1 }

  /// Steps of an unknown thread stand in the first column.
  private mutating func assignColumns() {
    var last: [Int32: Int] = [:]
    for (index, step) in steps.enumerated() { last[step.tid] = index }
    var holder: [Int32] = []
    for (index, step) in steps.enumerated() where step.tid >= 0 {
      if let column = holder.firstIndex(of: step.tid) {
        columns.append(column)
      } else if let free = holder.firstIndex(where: { (last[$0] ?? 0) < index }) {
        holder[free] = step.tid
        columns.append(free)
      } else {
        holder.append(step.tid)
        columns.append(holder.count - 1)
      }
    }
    var known = columns[...]
    columns = steps.map { $0.tid >= 0 ? known.removeFirst() : 0 }
    threads = Array(repeating: "", count: max(1, holder.count))
  }

  private mutating func write() {
    if threads.count > most { list() } else { sideBySide() }
    legend()
  }

  private mutating func legend() {
    let windows = lane.windows.filter { window in steps.contains { window.isOpen(at: $0.time) } }
    if !windows.isEmpty {
      let lengths = windows.map { $0.length.map { Plain.duration($0) } ?? "not seen to close" }
      note("\(style.window): dev->driver set, no group yet (\(lengths.prefix(4).joined(separator: ", ")))")
    }
    if lane.spans.contains(where: \.isInferred) { note("~: inferred, not traced itself") }
    if let omission = lane.omission { note(omission) }
  }

  private mutating func note(_ text: String) {
    let indent = String(repeating: " ", count: 16)
    for part in Plain.wrap(text, style.width - 18) { out += indent + style.paint(part, .dim) + "\n" }
  }

  /// A mark beside each moment at which the device had a driver and no group.
  private func gutter(_ time: Int64) -> String {
    lane.windows.contains { $0.isOpen(at: time) } ? style.paint(style.window, .yellow) : " "
  }

  private func stamp(_ time: Int64) -> String {
    "   " + style.paint(Plain.padLeft(Plain.seconds(time), 12), .blue) + gutter(time)
  }

  private func place(_ step: Step) -> String {
    guard placeWidth > 0 else { return "" }
    let text = Plain.clip(Plain.safe(names.text(step.place)), placeWidth - 1, ascii: style.ascii)
    return style.bar + " " + style.paint(text, .dim)
  }

  private mutating func gap(_ last: Int64?, _ time: Int64) {
    guard let last, time - last > 1_000_000_000 else { return }
    out += "   " + style.paint("  ... " + Plain.duration(time - last) + " later", .dim) + "\n"
  }

  // MARK: columns

  private mutating func sideBySide() {
    let width = (style.width - 17 - placeWidth) / threads.count - 2
    head(width)
    var last: Int64?
    for (index, step) in steps.enumerated() {
      gap(last, step.time)
      last = step.time
      let column = columns[index]
      if step.tid >= 0, threads[column] != step.task, !step.task.isEmpty {
        threads[column] = step.task
        row("   " + String(repeating: " ", count: 13), width, column, step.task, .bold, "")
      }
      row(stamp(step.time), width, column, step.text, step.isAlarm ? .red : nil, place(step))
    }
  }

  /// The first thread of each column.
  private mutating func head(_ width: Int) {
    for (index, step) in steps.enumerated() where threads[columns[index]].isEmpty && step.tid >= 0 {
      threads[columns[index]] = step.task
    }
    var line = "   " + Plain.pad("     seconds", 13)
    for name in threads {
      let text = Plain.pad(Plain.clip(Plain.safe(name), width, ascii: style.ascii), width)
      line += style.bar + " " + style.paint(text, .bold)
    }
    out += Plain.trimmedEnd(line) + "\n"
  }

  private mutating func row(
    _ left: String, _ width: Int, _ column: Int, _ text: String, _ paint: Style.Paint?, _ right: String
  ) {
    var line = left
    for index in threads.indices {
      let cell = index == column ? Self.fitted(Plain.safe(text), width, style) : ""
      let padded = Plain.pad(cell, width)
      line += style.bar + " " + (index == column ? paint.map { style.paint(padded, $0) } ?? padded : padded)
    }
    out += Plain.trimmedEnd(line + right) + "\n"
  }

  /// Where there is no room for all of it, the function's name gives way: the result is what tells one race from the
  /// other.
  private static func fitted(_ text: String, _ width: Int, _ style: Style) -> String {
    guard text.count > width, let equals = text.lastIndex(of: "="), equals > text.startIndex else {
      return Plain.clip(text, width, ascii: style.ascii)
    }
    let result = text[equals...].split(separator: " ").prefix(2).joined(separator: " ")
    let name = text[..<equals].dropLast()
    return Plain.clip(String(name), max(4, width - result.count - 1), ascii: style.ascii) + " " + result
  }

  // MARK: a list

  /// Too narrow for columns: the thread's name before each step.
  private mutating func list() {
    let width = min(24, steps.map(\.task.count).max() ?? 8)
    var last: Int64?
    for step in steps {
      gap(last, step.time)
      last = step.time
      let name = Plain.pad(Plain.clip(Plain.safe(step.task), width, ascii: style.ascii), width)
      let room = style.width - 18 - width - placeWidth
      let text = Plain.pad(Plain.clip(Plain.safe(step.text), room, ascii: style.ascii), room)
      out +=
        Plain.trimmedEnd(
          stamp(step.time) + "\(name) \(step.isAlarm ? style.paint(text, .red) : text)" + place(step)) + "\n"
    }
  }
}
