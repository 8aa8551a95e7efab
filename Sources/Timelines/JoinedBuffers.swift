// Two ring buffers of one boot as one trace: what both hold is there once, what one alone holds stays, and everything lies in what it ran
// in. On one thread order is exact: the kernel has written an event into both before the thread goes on.
import Bytes
import Events

extension BufferTwins {
  var story: TraceStory {
    var story = one
    var threads = Threads()
    threads.take(one, calls: one.calls, marks: one.marks)
    for (index, twin) in twins.enumerated() where twin >= 0 {
      threads.unite(Int(twin), with: other.calls[index])
    }
    threads.take(
      other, calls: other.calls, marks: other.marks.filter { !$0.hasTwin(in: one.marks) }, besides: twins)
    (story.calls, story.marks) = threads.nested()
    story.folded.merge(other.folded) { $0.count >= $1.count ? $0 : $1 }
    story.console.merge(other.console) { first, _ in first }
    story.gaps += other.gaps + Self.unseen(one, other) + Self.unseen(other, one)
    story.first = [one.first, other.first].compactMap(\.self).min()
    story.last = [one.last, other.last].compactMap(\.self).max()
    story.events += other.events
    story.fullAt = one.fullAt ?? other.fullAt
    story.isIncomplete = one.isIncomplete || other.isIncomplete
    story.seen.formUnion(other.seen)
    story.returning.formUnion(other.returning)
    story.kernel = one.kernel ?? other.kernel
    story.wallClock = one.wallClock ?? other.wallClock
    return story
  }

  /// The time in which only `other` recorded: what `story` alone would have shown is missing there.
  private static func unseen(_ story: TraceStory, _ other: TraceStory) -> [TraceStory.Gap] {
    guard !story.seen.isSubset(of: other.seen) || !story.marks.isEmpty && other.marks.isEmpty,
      let first = story.first, let last = story.last, let start = other.first, let end = other.last,
      let place = story.begins
    else { return [] }
    return [(start, first), (last, end)].filter { $0.0 + slack < $0.1 }.map {
      TraceStory.Gap(since: $0.0, after: $0.1, count: nil, place: place)
    }
  }
}

/// The calls and marks of two traces by their threads.
private struct Threads {
  private struct Item {
    var start: Int64
    /// What began until then may have run in it.
    var until: Int64
    var call: Call?
    var mark: Mark?
  }
  private struct Tree {
    var calls: [Call] = []
    var marks: [Mark] = []
  }

  private var items: [Item] = []

  /// `besides`: calls that have a twin among those that are taken already.
  mutating func take(_ story: TraceStory, calls: [Call], marks: [Mark], besides twins: [Int32] = []) {
    let ends = Self.ends(story)
    for (index, call) in calls.enumerated() where twins.isEmpty || twins[index] < 0 {
      items.append(Item(start: call.start, until: ends[index], call: call))
    }
    items += marks.map { Item(start: $0.time, until: $0.time, mark: $0) }
  }

  /// The call that was taken as the `index`th is the same as `twin`.
  mutating func unite(_ index: Int, with twin: Call) {
    guard let call = items[index].call else { return }
    let united = call.united(with: twin)
    items[index].call = united
    items[index].start = united.start
    items[index].until = max(items[index].until, united.end ?? .min)
  }

  /// When each call was over: one without a return, when the last of what is known to have run in it was.
  private static func ends(_ story: TraceStory) -> [Int64] {
    var ends = story.calls.map { $0.end ?? $0.start }
    func extend(_ index: Int32, _ time: Int64) {
      if index >= 0, story.calls[Int(index)].end == nil { ends[Int(index)] = max(ends[Int(index)], time) }
    }
    for mark in story.marks { extend(mark.inside, mark.time) }
    for index in story.calls.indices.reversed() { extend(story.calls[index].parent, ends[index]) }
    return ends
  }

  /// Calls in trees, as a story has them, and the marks in the order of their times.
  func nested() -> ([Call], [Mark]) {
    var trees: [Tree] = []
    var marks: [Mark] = []
    for thread in Dictionary(grouping: items, by: { $0.call?.tid ?? $0.mark?.tid ?? -1 }).values {
      nest(thread, &trees, &marks)
    }
    trees.sort { ($0.calls[0].start, $0.calls[0].place) < ($1.calls[0].start, $1.calls[0].place) }
    var calls: [Call] = []
    for tree in trees {
      let base = Int32(calls.count)
      calls += tree.calls.map { call in
        var call = call
        if call.parent >= 0 { call.parent += base }
        return call
      }
      marks += tree.marks.map { mark in
        var mark = mark
        mark.inside += base
        return mark
      }
    }
    marks.sort { ($0.time, $0.place) < ($1.time, $1.place) }
    return (calls, marks)
  }

  private func nest(_ thread: [Item], _ trees: inout [Tree], _ marks: inout [Mark]) {
    var open: [(index: Int32, until: Int64)] = []
    let ordered = thread.enumerated().sorted {
      ($0.element.start, $1.element.until, $0.offset) < ($1.element.start, $0.element.until, $1.offset)
    }
    for (_, item) in ordered {
      while let last = open.last, last.until < item.until { open.removeLast() }
      if var call = item.call {
        if open.isEmpty { trees.append(Tree()) }
        call.parent = open.last?.index ?? -1
        open.append((Int32(trees[trees.count - 1].calls.count), item.until))
        trees[trees.count - 1].calls.append(call)
      } else if var mark = item.mark {
        mark.inside = open.last?.index ?? -1
        if open.isEmpty { marks.append(mark) } else { trees[trees.count - 1].marks.append(mark) }
      }
    }
  }
}

extension Call {
  /// One call as two buffers have it: of each what the other does not know.
  fileprivate func united(with other: Call) -> Call {
    var call = isWithoutReturn ? other : self
    let twin = isWithoutReturn ? self : other
    call.start = min(start, other.start)
    if !twin.isWithoutReturn, let end = twin.end {
      if call.end == nil { call.endPlace = twin.endPlace }
      call.end = max(call.end ?? end, end)
      call.result = call.result ?? twin.result
    }
    if call.detail == .none { call.detail = twin.detail }
    if call.comm == .none { call.comm = twin.comm }
    if call.caller == .none { call.caller = twin.caller }
    if call.subject.name == .none { call.subject.name = twin.subject.name }
    if call.subject.pointer == 0 { call.subject.pointer = twin.subject.pointer }
    return call
  }
}

extension Mark {
  /// `marks`: by their times; a storm of faults has thousands.
  fileprivate func hasTwin(in marks: [Mark]) -> Bool {
    // One without a time has the lowest there is.
    let earliest = max(time, .min + BufferTwins.slack) - BufferTwins.slack
    let latest = min(time, .max - BufferTwins.slack) + BufferTwins.slack
    let first = marks.partitioningIndex { $0.time >= earliest }
    return marks[first...].prefix { $0.time <= latest }.contains { $0.isTwin(of: self) }
  }

  private func isTwin(of other: Mark) -> Bool {
    guard device == other.device, tid == other.tid, abs(time - other.time) <= BufferTwins.slack else {
      return false
    }
    switch (kind, other.kind) {
    case (.group(let a), .group(let b)): return a == b
    case (.ungroup, .ungroup), (.domain, .domain): return true
    case (.fault(let a), .fault(let b)): return a == b
    default: return false
    }
  }
}
