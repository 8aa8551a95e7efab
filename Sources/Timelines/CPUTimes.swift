/// When each CPU had its last event: events that it lost came after that. And when the last of them had its first: what a buffer has
/// overwritten of each came before that one's.
struct CPUTimes {
  private var others: [Int32: Int64] = [:]
  /// The CPU of the last event, whose time is not in `others` yet: events of one CPU come in runs.
  private var recent: (cpu: Int32, time: Int64) = (-1, .min)
  /// The latest first event of a CPU.
  private(set) var latestFirst = Int64.min

  mutating func note(_ cpu: Int32, _ time: Int64) {
    if cpu != recent.cpu {
      others[recent.cpu] = recent.time
      if others[cpu] == nil { latestFirst = max(latestFirst, time) }
    }
    recent = (cpu, time)
  }

  /// Nil if no event of it was there, or no CPU is known.
  func last(of cpu: Int32) -> Int64? {
    cpu < 0 ? nil : cpu == recent.cpu ? recent.time : others[cpu]
  }
}
