import Testing

@testable import Timelines

/// `per_cpu/cpuN/trace`: files of one CPU each, put together if they are of one buffer.
struct OneCPUTests {
  /// An input for each CPU's happenings.
  private static func merged(_ cpus: [(cpu: Int32, happenings: String)]) -> [InputStory] {
    let read = Documents(cpus.map { Traced($0.happenings).text })
    var stories = read.stories
    var names = read.names
    var first = 0
    for input in stories.indices {
      let count = stories[input].traces.first?.events ?? 0
      let events = Array(read.events[first..<first + count])
      first += count
      stories[input].ofOneCPU = [OneCPUTrace(trace: 0, cpu: cpus[input].cpu, events: events)]
    }
    OneCPUTrace.merge(&stories, &names)
    return stories
  }

  private static func told(_ stories: [InputStory]) -> String {
    stories.map { story in
      let calls = story.traces.flatMap(\.calls).map { "\(microseconds($0.start))-\(microseconds($0.end))" }
      return (calls.joined(separator: " ") + (story.losses.contains { $0.kind == .oneCPU } ? " one CPU" : ""))
    }.joined(separator: "; ")
  }

  @Test(
    arguments: [
      (
        "two CPUs: a call that began on one returns on the other",
        [(0, "1/0 10 really_probe A"), (1, "1/1 20 } really_probe = 0")], "10-20; "
      ),
      (
        "whichever is given first",
        [(1, "1/1 20 } really_probe = 0"), (0, "1/0 10 really_probe A")], "10-20; "
      ),
      ("one CPU alone: said", [(2, "1/2 10 really_probe A\n1/2 20 } really_probe = 0")], "10-20 one CPU"),
      (
        "twice the same CPU: two recordings, not one buffer",
        [
          (0, "1/0 10 really_probe A\n1/0 20 } really_probe = 0"),
          (0, "1/0 30 really_probe A\n1/0 40 } really_probe = 0"),
        ],
        "10-20 one CPU; 30-40 one CPU"
      ),
    ] as [(String, [(Int32, String)], String)])
  func merges(_ what: String, _ cpus: [(cpu: Int32, happenings: String)], _ expected: String) {
    #expect(Self.told(Self.merged(cpus)) == expected, "\(what)")
  }

  @Test func oneOfThemIsMarkedIncomplete() {
    let alone = Self.merged([(0, "1/0 10 really_probe A")])
    #expect(alone.flatMap(\.traces).map(\.isIncomplete) == [true])
    let both = Self.merged([(0, "1/0 10 really_probe A"), (1, "1/1 20 } really_probe = 0")])
    let traces = both.flatMap(\.traces)
    #expect(traces.map(\.isIncomplete) == [false, false])
    #expect(traces.map(\.parts) == [[0, 1], []])
    #expect(traces.map(\.isTelling) == [true, false])
  }
}
