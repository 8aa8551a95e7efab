import Bytes
import Foundation
import Testing

@testable import TraceDat

/// The samples of one recording say the same in every version and byte order.
@Suite struct SampleTests {
  static let recordings = ["kprobe", "fgraph"]
  static let versions = ["v6", "v7-zstd", "v7-zlib", "v7-none", "v6-big-endian"]
  static let all = recordings.flatMap { name in
    versions.map { "\(Data.root)/sample-traces/dat/\(name)-\($0).dat" }
  }

  @Test(arguments: recordings)
  func versionsAgree(_ name: String) throws {
    let stories = try Self.versions.map { try Story.dat("\(Data.root)/sample-traces/dat/\(name)-\($0).dat") }
    let first = stories[0]
    #expect(first.events.count == (name == "kprobe" ? 3869 : 3894))
    for (story, version) in zip(stories, Self.versions) {
      #expect(story.events == first.events, "\(version)")
      #expect(story.losses.isEmpty, "\(version): \(story.losses)")
      let file = try #require(story.file)
      #expect(file.kernelRelease == (name == "kprobe" ? "6.17.13+deb13-arm64" : "7.2.13+deb14-arm64"))
      #expect(file.buffers.map(\.name) == [""])
      #expect(file.clock == .nanoseconds)
      #expect(file.buffers[0].cpus.reduce(0) { $0 + $1.events } == (name == "kprobe" ? 3869 : 4561))
    }
  }

  /// Cutting out what is not needed has changed nothing.
  @Test(arguments: zip(recordings, ["race-bind-6.17.13-kprobe", "race-bind-7.2.13-fgraph"]))
  func sameAsRecording(_ name: String, _ capture: String) throws {
    let path = "\(Data.captures)/\(capture)/trace.dat"
    guard Data.found(path) else { return }
    let sample = try Story.dat("\(Data.root)/sample-traces/dat/\(name)-v7-zstd.dat")
    #expect(try Story.dat(path).events == sample.events)
  }

  @Test func eventsComeInOrderWithTheirPlaces() throws {
    let story = try Story.dat("\(Data.root)/sample-traces/dat/kprobe-v7-none.dat")
    #expect(zip(story.events, story.events.dropFirst()).allSatisfy { $0.time <= $1.time })
    let first = story.events[0]
    #expect(first.what == "enter reallyProbe")
    #expect(first.device == "0000:00:10.5/nvme")
    #expect(first.comm == "init" && first.tid == 156 && first.cpu == 1)
    #expect(first.time == 18_524_545_408)
  }
}
