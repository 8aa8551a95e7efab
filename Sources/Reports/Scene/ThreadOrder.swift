import Timelines

/// The threads of a picture, each with a number that stays the same over a whole report: its colour.
struct ThreadOrder {
  private(set) var tasks: [KernelTask] = []
  private var index: [Int32: Int] = [:]

  /// `first`: spans whose threads come first, such as those that register an IOMMU.
  init(first: [PhaseSpan], lanes: [DrawnLane]) {
    for span in first { add(span.task) }
    for lane in lanes {
      for act in lane.acts { for span in act.spans { add(span.task) } }
      for mark in lane.marks { if let task = mark.task { add(task) } }
    }
  }

  private mutating func add(_ task: KernelTask) {
    if let known = index[task.tid] {
      if tasks[known].comm.isEmpty { tasks[known] = task }
      return
    }
    index[task.tid] = tasks.count
    tasks.append(task)
  }

  /// Position of a thread in `tasks`.
  func number(_ task: KernelTask) -> Int { index[task.tid] ?? 0 }

  /// A report has this many colours; more threads share them.
  static let colours = 8
  func colour(_ task: KernelTask) -> Int { number(task) % Self.colours }
}
