import Foundation
import Testing

@testable import TraceDat

/// The same boot as trace.dat and as text must yield the same events.
@Suite struct SameAsTextTests {
  static let recordings = ["v6-function", "v7-zstd-function", "v7-none-events", "v7-zlib-fgraph"]

  @Test(.enabled(if: Data.hasCaptures, Data.noCaptures), arguments: recordings)
  func report(_ name: String) throws {
    let path = "\(Data.captures)/tracecmd-6.17.13/\(name)"
    let dat = try Story.dat(path + ".dat")
    let text = try Story.text(path + ".report.txt")
    #expect(dat.losses.isEmpty, "\(dat.losses)")
    compare(dat, text, name)
  }

  /// Captures whose trace.dat was extracted from the buffer that trace.txt shows.
  static let captures = [
    "clean-fgraph-6.17.13", "clean-function-6.17.13", "clean-kprobe-6.17.13",
    "late-smmu-rebind-6.17.13-kprobe",
    "natural-6.16.12-1", "natural-6.17.13-4", "natural-6.17.13-kprobe", "race-bind-6.12.94-kprobe",
    "race-bind-6.17.13-kprobe", "race-bind-7.2.13-fgraph", "race-bind-7.2.13-kprobe",
    "real-misuse-7.2.13-kprobe",
    "tp_printk-bind-6.17.13",
  ]

  @Test(.enabled(if: Data.hasCaptures, Data.noCaptures), arguments: captures)
  func capture(_ name: String) throws { try compare("\(Data.captures)/\(name)", name) }

  /// The sample that has both; its text was cut down to what is needed, so the recording has more.
  @Test func sample() throws {
    let path = "\(Data.root)/sample-traces/natural-7.3.4-cmdline"
    let dat = try Story.dat(path + "/trace.dat")
    let told = try Story.text(path + "/trace.txt").events.filter { !$0.what.hasPrefix("abandon") }
    #expect(dat.losses.isEmpty, "\(dat.losses)")
    #expect(told.count > 3000)
    let threads = Dictionary(grouping: dat.events, by: \.tid)
    for (tid, lines) in Dictionary(grouping: told, by: \.tid) {
      var rest = (threads[tid] ?? [])[...]
      for line in lines {
        let found = try #require(rest.firstIndex { same($0, line) }, "\(line)")
        rest = rest[(found + 1)...]
      }
    }
  }

  private func compare(_ path: String, _ name: String) throws {
    let dat = try Story.dat(path + "/trace.dat")
    let text = try Story.text(path + "/trace.txt")
    #expect(dat.losses.isEmpty, "\(dat.losses)")
    compare(dat, text, name)
  }

  /// Holds every thread's events against those of the text. Between threads, text has no order within a microsecond.
  private func compare(_ dat: Story, _ text: Story, _ name: String) {
    let told = text.events.filter { !$0.what.hasPrefix("abandon") }
    #expect(dat.events.count == told.count, "\(name)")
    print("\(name): \(dat.events.count) events")
    let threads = Dictionary(grouping: dat.events, by: \.tid)
    let others = Dictionary(grouping: told, by: \.tid)
    #expect(Set(threads.keys) == Set(others.keys))
    for (tid, lines) in threads {
      let pairs = zip(lines, others[tid] ?? [])
      if let (a, b) = pairs.first(where: { !same($0, $1) }) { Issue.record("\(name): \(a) | \(b)") }
    }
  }

  /// Whether `text` says what `dat` does, as far as text can: it has microseconds, cuts names of tasks, need not
  /// name what a brace closes, and has the time of a leaf's end only as its duration.
  private func same(_ dat: Story.Line, _ text: Story.Line) -> Bool {
    var expected = dat
    let isLeaf = dat.what.hasPrefix("leave") && dat.caller.isEmpty
    guard abs(dat.time - text.time) <= (isLeaf ? 10_000_000 : 1000), dat.comm.hasPrefix(text.comm) else {
      return false
    }
    expected.time = text.time
    expected.comm = text.comm
    if text.function.isEmpty { expected.function = "" }
    return expected == text
  }
}
