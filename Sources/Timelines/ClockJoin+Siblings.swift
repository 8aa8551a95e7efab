// The clocks of all traces of a boot. A trace in which nothing happens that the log has, is tied to it by another one on the same clock.
import Bytes
import Events

extension ClockJoin {
  /// How each trace's times become those of the boot.
  static func joins(_ stories: [TraceStory], _ names: NameTable, _ logs: [LogEvents.Boot]) -> [ClockJoin] {
    let own = stories.map { story in
      logs.reduce(ClockJoin.alone) { best, log in
        let joined = join(story, names, log)
        return joined.anchors > best.anchors ? joined : best
      }
    }
    return stories.indices.map { index in
      guard own[index].slack == nil else { return own[index] }
      return stories.indices.lazy.compactMap { other in
        own[other].carried(from: stories[other], to: stories[index])
      }.min { ($0.slack ?? .max) < ($1.slack ?? .max) } ?? own[index]
    }
  }

  /// The same for another recording of the boot that is on the same clock, which may have drifted on between them; nil if it is not
  /// known to be.
  private func carried(from story: TraceStory, to other: TraceStory) -> ClockJoin? {
    guard let slack, let base = story.timebase, base == other.timebase, story.isTied(to: other),
      let first = story.first, let last = story.last, let start = other.first, let end = other.last
    else { return nil }
    var join = self
    join.slack = slack + max(0, first - start, end - last) / Self.fastest
    return join
  }
}
