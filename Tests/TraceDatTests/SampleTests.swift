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
    #expect(first.events.count == (name == "kprobe" ? 3869 : 3230))
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
  @Test(
    .enabled(if: Data.hasCaptures, Data.noCaptures),
    arguments: zip(recordings, ["race-bind-6.17.13-kprobe", "race-bind-7.2.13-fgraph"]))
  func sameAsRecording(_ name: String, _ capture: String) throws {
    let path = "\(Data.captures)/\(capture)/trace.dat"
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

  /// The kprobe recording with its CPUs 2 and 3 moved into an instance, and a wall clock.
  @Test(arguments: ["v6", "v7-none", "v7-zstd"])
  func instances(_ version: String) throws {
    let plain = try Story.dat("\(Data.root)/sample-traces/dat/kprobe-v6.dat")
    let path = "\(Data.root)/sample-traces/dat/instance-\(version).dat"
    let story = try Story.dat(path)
    let file = try #require(story.file)
    #expect(file.buffers.map(\.name) == ["", "foo"])
    #expect(file.buffers.map { $0.cpus.map(\.id) } == [[0, 1], [2, 3]])
    #expect(story.losses.isEmpty)
    #expect(file.dateOffset == 0x660d_8a66_0a084 * 1000)
    #expect(zip(story.events, story.buffers).allSatisfy { $0.cpu < 2 ? $1 == 0 : $1 == 1 })
    var shifted = plain.events
    for index in shifted.indices { shifted[index].time += file.dateOffset }
    #expect(story.events == shifted)

    var onTraceClock = try TraceDatFile(path: path, input: 0)
    onTraceClock.appliesDate = false
    var names = NameTable()
    var times: [Int64] = []
    onTraceClock.read(names: &names) { event, _ in
      times.append(event.time)
      return true
    }
    #expect(times == plain.events.map(\.time))
  }

  /// Nobody knows how far two clocks are apart: the buffers of one are taken, and that of the others said.
  @Test(arguments: ["f\0counter\0", "fooo\0mono\0", "foooo\0tai\0"])
  func instanceWithAnotherClock(_ other: String) throws {
    let path = "\(Data.root)/sample-traces/dat/instance-v7-none.dat"
    let whole = try Story.dat(path)
    var bytes = Data.bytes(path)
    let option = Array("foo\0local\0".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: option) })
    bytes.replaceSubrange(place..<place + option.count, with: other.utf8)
    let story = try Data.withFile(bytes) { try Story.dat($0) }
    // The top buffer has recorded more: CPUs 0 and 1.
    #expect(story.events == whole.events.filter { $0.cpu < 2 } && story.events != whole.events)
    #expect(story.losses.map(\.kind).contains(.unusable) && story.losses.contains { $0.isDamage })
    let names = other.split(separator: "\0")
    let says = "instance \(names[0]) is on the clock \(names[1]), what is judged on local: left out"
    #expect(story.losses.contains { $0.detail.contains(says) })
  }

  /// Who wants no more events after the 50th gets none, and all counts nevertheless.
  @Test(arguments: ["kprobe-v6.dat", "kprobe-v7-zstd.dat", "fgraph-v6.dat"])
  func enoughOfIt(_ name: String) throws {
    let whole = try Story.dat("\(Data.root)/sample-traces/dat/\(name)")
    let part = try Story.dat("\(Data.root)/sample-traces/dat/\(name)", most: 50)
    #expect(part.events == Array(whole.events.prefix(50)) && whole.events.count > 1000)
    func counts(_ story: Story) -> [[Int64]] {
      story.file?.buffers.map { $0.cpus.map(\.events) } ?? []
    }
    #expect(counts(part) == counts(whole) && counts(part).joined().reduce(0, +) > 1000)
    #expect(part.losses == whole.losses)
  }

  /// The third page of CPU 1 says that 77 events were lost before it, then that nobody knows how many.
  @Test func lostEvents() throws {
    let whole = try Story.dat("\(Data.root)/sample-traces/dat/kprobe-v6.dat")
    var bytes = Data.bytes("\(Data.root)/sample-traces/dat/kprobe-v6.dat")
    let places = Set(try places("\(Data.root)/sample-traces/dat/kprobe-v6.dat", cpu: 1).map { $0 / 4096 })
      .sorted()
    let page = places[2] * 4096
    let commit = Int(bytes[page + 8]) | Int(bytes[page + 9]) << 8
    bytes[page + 11] |= 0xc0
    try #require(16 + commit + 8 <= 4096)
    for byte in 0..<8 { bytes[page + 16 + commit + byte] = byte == 0 ? 77 : 0 }
    let known = try Data.withFile(bytes) { try Story.dat($0) }
    let lost = try #require(known.events.first { $0.what.hasPrefix("lost") })
    #expect(lost.what == "lost 77" && lost.cpu == 1)
    #expect(known.events.filter { !$0.what.hasPrefix("lost") } == whole.events)
    #expect(known.losses.map(\.kind) == [.lostEvents] && known.losses[0].count == 77)
    #expect(known.file?.buffers[0].cpus[1].lost == 77)

    bytes[page + 11] &= 0xbf
    let unknown = try Data.withFile(bytes) { try Story.dat($0) }
    #expect(unknown.events.contains { $0.what == "lost ?" })
    #expect(unknown.losses[0].count == nil && unknown.file?.buffers[0].cpus[1].lostUnknown == 1)
  }

  private func places(_ path: String, cpu: Int32) throws -> [Int] {
    var file = try TraceDatFile(path: path, input: 0)
    var names = NameTable()
    var places: [Int] = []
    file.read(names: &names) { event, _ in
      if event.cpu == cpu { places.append(Int(event.place.offset)) }
      return true
    }
    return places
  }

  /// kptr_restrict: every address in kallsyms is 0.
  @Test func hiddenSymbols() throws {
    var bytes = Data.bytes("\(Data.root)/sample-traces/dat/kprobe-v6.dat")
    var at = bytes.span.index(of: "ffffab") ?? bytes.count
    while let end = bytes.span.index(of: 10, from: at), bytes.span.has("ffff", at: at) {
      for digit in 0..<16 { bytes[at + digit] = UInt8(ascii: "0") }
      at = end + 1
    }
    let story = try Data.withFile(bytes) { try Story.dat($0) }
    #expect(story.events.allSatisfy { $0.what.hasPrefix("group") || $0.what == "domain" })
    #expect(story.losses.map(\.kind) == [.noContext])
  }

  /// Latency tracers are recorded as text.
  @Test func latencyText() throws {
    var bytes = Data.bytes("\(Data.root)/sample-traces/dat/kprobe-v6.dat")
    let table = bytes.span.index(of: "flyrecord") ?? 0
    bytes.removeSubrange(table...)
    bytes += Array(
      """
      latency  \0# tracer: nop
      #
                  init-156     [001] d....    18.524545: rp: (really_probe+0x0/0x3a0) dev="0000:00:10.5" drv="nvme"

      """.utf8)
    let story = try Data.withFile(bytes) { try Story.dat($0) }
    #expect(story.events.map(\.what) == ["enter reallyProbe"])
    #expect(story.events[0].device == "0000:00:10.5/nvme")
  }
}
