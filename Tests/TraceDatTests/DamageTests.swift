import Bytes
import Foundation
import TestSupport
import Testing

@testable import TraceDat

/// Whatever the bytes are: no crash, no hang, and what is cut is told.
@Suite struct DamageTests {
  static let lies: [UInt64] = [
    0, 1, 4, 0x7fff_ffff, 0xffff_ffff, 1 << 32, 1 << 40, .max, .max >> 1, .max - 7,
  ]

  /// Reads mutated bytes: the losses, or nil if the file was refused.
  private func read(_ bytes: [UInt8], _ what: String) throws -> [Loss]? {
    let start = ContinuousClock.now
    let losses: [Loss]? = try Data.withFile(bytes) { path in
      do { return try Story.dat(path).losses } catch is TraceDatError { return nil }
    }
    #expect(ContinuousClock.now - start < .seconds(10), "\(what)")
    return losses
  }

  @Test(arguments: SampleTests.all)
  func truncated(_ path: String) throws {
    let bytes = Data.bytes(path)
    var dice = Random(UInt64(bytes.count))
    for _ in 0..<12 {
      let length = dice.below(bytes.count)
      let losses = try read(Array(bytes[..<length]), "\(path) cut at \(length)")
      #expect(
        losses.map { $0.contains(where: \.isDamage) } ?? true, "\(path) cut at \(length): \(losses ?? [])")
    }
  }

  /// A version 7 file has its table of CPUs at the very end. Without it all is read that is there.
  @Test(arguments: ["fgraph-v7-none", "fgraph-v7-zstd", "fgraph-v7-zlib", "kprobe-v7-none", "kprobe-v7-zstd"])
  func withoutTableOfCPUs(_ name: String) throws {
    let path = "\(Data.root)/sample-traces/dat/\(name).dat"
    let bytes = Data.bytes(path)
    let whole = try Story.dat(path)
    #expect(whole.losses.isEmpty && whole.events.count > 1000)
    let options = try Self.lastOptions(bytes)
    // Behind the table, inside it, at its beginning, and before it.
    for length in [bytes.count - 3, options + 100, options + 30, options + 1, options] {
      let cut = try Data.withFile(Array(bytes[..<length])) { try Story.dat($0) }
      #expect(cut.events == whole.events, "\(name) cut at \(length)")
      #expect(cut.losses.contains { $0.kind == .truncated }, "\(name) cut at \(length)")
    }
    // Inside the data: what comes first in the file is whole, and of the last CPU its first records.
    let cut = try Data.withFile(Array(bytes[..<(options - 5000)])) { try Story.dat($0) }
    for cpu in Int32(0)..<4 {
      let (all, some) = (whole.events.filter { $0.cpu == cpu }, cut.events.filter { $0.cpu == cpu })
      #expect(all.starts(with: some) && (cpu > 1 || all == some), "CPU \(cpu)")
    }
    #expect(cut.events.count < whole.events.count && cut.events.count > whole.events.count / 3)
    #expect(cut.losses.contains { $0.detail.contains("cut before the table of its CPUs") })
  }

  /// A hole of zeros, as a disk or a download leaves it, is no empty page, no end of the options and no symbol.
  @Test func holes() throws {
    func losses(_ name: String, _ range: Range<Int>) throws -> [Loss] {
      var bytes = Data.bytes("\(Data.root)/sample-traces/dat/\(name).dat")
      bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
      return try Data.withFile(bytes) { try Story.dat($0).losses }
    }
    // A whole page of CPU 1, between others; a part of the kernel symbols.
    let pages = try losses("kprobe-v6", 86016..<90112)
    #expect(pages.contains { $0.kind == .damaged && $0.place?.offset == 86016 })
    let text = Data.bytes("\(Data.root)/sample-traces/dat/kprobe-v6.dat")
    let place = text.span.index(of: " t pci_dma_configure")
    let symbol = try #require(place)
    let symbols = try losses("kprobe-v6", symbol + 40..<symbol + 104)
    #expect(symbols.contains { $0.kind == .damaged && $0.detail.contains("symbols") })
    // The table of CPUs; the options of the second buffer, which is then found by its pages.
    let table = try losses("instance-v7-zstd", 16435..<16499)
    #expect(table.contains { $0.kind == .damaged && $0.detail.contains("table of CPUs") })
    let options = try losses("instance-v7-zstd", 32700..<32870)
    #expect(options.map(\.detail).contains("options without an end"))
    #expect(options.contains { $0.detail.contains("2 found by their pages") })
  }

  /// Symbols in the wrong order have lost lines, or have others': nobody is blamed by them.
  @Test func symbolsOutOfOrder() throws {
    var bytes = Data.bytes("\(Data.root)/sample-traces/dat/kprobe-v6.dat")
    let whole = try Data.withFile(bytes) { try Story.dat($0) }
    #expect(whole.events.contains { $0.caller == "really_probe" })
    // One digit of an address, raised.
    let place = bytes.span.index(of: " t pci_dma_configure")
    let symbol = try #require(place)
    bytes[symbol - 8] = UInt8(ascii: "f")
    let story = try Data.withFile(bytes) { try Story.dat($0) }
    #expect(story.losses.contains { $0.kind == .damaged && $0.count == 1 })
    #expect(story.events.allSatisfy { $0.caller.isEmpty })
  }

  /// Where the last options section of a version 7 file begins: the one of its buffer.
  private static func lastOptions(_ bytes: [UInt8]) throws -> Int {
    func word(_ at: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
    // Head, then the name and version of the compressor, then the offset of the first options.
    let names = bytes[18...].indices.filter { bytes[$0] == 0 }
    var at = word(names[1] + 1)
    while true {
      // DONE, the last option: u16 0, u32 8, u64 offset.
      let next = word(at + 16 + word(at + 8) - 8)
      if next == 0 { return at }
      at = next
    }
  }

  @Test(arguments: SampleTests.all)
  func flipped(_ path: String) throws {
    let whole = Data.bytes(path)
    var dice = Random(UInt64(whole.count) + 1)
    for turn in 0..<20 {
      var bytes = whole
      // Some anywhere, some in the head and some in the tables at the end.
      let window = [bytes.count, 4096, 400][turn % 3]
      let base = turn % 2 == 0 ? 0 : bytes.count - min(window, bytes.count)
      for _ in 0..<1 + dice.below(8) {
        bytes[base + dice.below(min(window, bytes.count))] ^= UInt8(1 << dice.below(8))
      }
      _ = try read(bytes, "\(path) flipped, turn \(turn)")
    }
  }

  @Test(arguments: SampleTests.all)
  func lying(_ path: String) throws {
    let whole = Data.bytes(path)
    var dice = Random(UInt64(whole.count) + 2)
    for turn in 0..<20 {
      var bytes = whole
      let lie = turn % 4 == 0 ? UInt64(bytes.count) : Self.lies[dice.below(Self.lies.count)]
      let size = [4, 8, 2][turn % 3]
      let at = [dice.below(64) + 12, dice.below(bytes.count - 8), bytes.count - 8 - dice.below(300)][
        (turn / 3) % 3]
      for byte in 0..<size { bytes[at + byte] = UInt8(truncatingIfNeeded: lie >> UInt64(8 * byte)) }
      _ = try read(bytes, "\(path) lies at \(at)")
    }
  }

  /// Whole recordings: their formats, symbols and tables.
  @Test(
    .enabled(if: Data.hasCaptures, Data.noCaptures),
    arguments: ["v6-function", "v7-zstd-function", "v7-zlib-fgraph", "v7-none-events"])
  func recordings(_ name: String) throws {
    let path = "\(Data.captures)/tracecmd-6.17.13/\(name).dat"
    let whole = Data.bytes(path)
    var dice = Random(UInt64(whole.count) + 3)
    for turn in 0..<16 {
      var bytes = turn % 4 == 0 ? Array(whole[..<dice.below(whole.count)]) : whole
      if turn % 4 == 0 {
        let losses = try read(bytes, "\(name), turn \(turn)")
        #expect(losses.map { $0.contains(where: \.isDamage) } ?? true, "\(name) cut at \(bytes.count)")
        continue
      }
      let window = [bytes.count, 1 << 20, 12_000][turn % 3]
      let base = turn % 2 == 0 ? 0 : bytes.count - window
      for _ in 0..<16 { bytes[base + dice.below(window)] = UInt8(truncatingIfNeeded: dice.next()) }
      _ = try read(bytes, "\(name), turn \(turn)")
    }
  }

  @Test func killedRecorder() throws {
    // The first options section ends the chain: as a recorder leaves it that dies before its data is written.
    let path = "\(Data.root)/sample-traces/dat/kprobe-v7-none.dat"
    var bytes = Data.bytes(path)
    let at = 24
    let options = Int(
      bytes[at..<at + 8].enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) })
    let size = Int(bytes[options + 8]) | Int(bytes[options + 9]) << 8
    for byte in 0..<8 { bytes[options + 16 + size - 8 + byte] = 0 }
    let losses = try #require(try read(bytes, "killed"))
    #expect(losses.contains { $0.kind == .truncated && $0.detail.contains("the recorder did not finish") })
  }

  @Test func optionsLoop() throws {
    var bytes = Data.bytes("\(Data.root)/sample-traces/dat/kprobe-v7-none.dat")
    let at = 24
    let first = Array(bytes[at..<at + 8])
    let options = Int(first.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) })
    let size = Int(bytes[options + 8]) | Int(bytes[options + 9]) << 8
    bytes.replaceSubrange(options + 16 + size - 8..<options + 16 + size, with: first)
    let losses = try #require(try read(bytes, "loop"))
    #expect(losses.contains { $0.kind == .damaged && $0.detail.contains("loop") })
  }

  @Test func refusals() throws {
    #expect(throws: TraceDatError.self) { _ = try TraceDatFile(path: "/nonexistent.dat", input: 0) }
    #expect(throws: TraceDatError.self) { _ = try TraceDatFile(path: "/tmp", input: 0) }
    for bytes: [UInt8] in [[], [0x17, 8, 0x44], Array("no trace at all, but long enough".utf8)] {
      #expect(try read(bytes, "no trace") == nil)
    }
  }
}

/// Files made to be slow or large: what lies costs no more than the file's size justifies.
@Suite struct HostileTests {
  /// A version 7 file without compression whose only options are `options`.
  private func file(_ options: [UInt8], padding: Int = 0) -> [UInt8] {
    var bytes: [UInt8] =
      [0x17, 8, 0x44] + Array("tracing7\0".utf8) + [0, 8, 0, 16, 0, 0] + Array("none\0\0".utf8)
    bytes += Self.little(UInt64(bytes.count + 8), 8)
    return bytes + Self.little(0, 8) + Self.little(UInt64(options.count), 8) + options
      + [UInt8](repeating: 0, count: padding)
  }

  private static func little(_ value: UInt64, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  private func option(_ id: UInt64, _ data: [UInt8]) -> [UInt8] {
    Self.little(id, 2) + Self.little(UInt64(data.count), 4) + data
  }

  private func buffer(_ name: String, _ entries: [(cpu: UInt64, offset: UInt64, size: UInt64)]) -> [UInt8] {
    var data = Self.little(18, 8) + Array(name.utf8) + [0] + Array("local\0".utf8)
    data += Self.little(4096, 4) + Self.little(UInt64(entries.count), 4)
    for entry in entries {
      data += Self.little(entry.cpu, 4) + Self.little(entry.offset, 8) + Self.little(entry.size, 8)
    }
    return option(3, data)
  }

  private func losses(_ bytes: [UInt8]) throws -> [Loss] {
    let start = ContinuousClock.now
    let losses = try Data.withFile(bytes) { try Story.dat($0).losses }
    #expect(ContinuousClock.now - start < .seconds(10))
    return losses
  }

  @Test func everyCPUIsTheWholeFile() throws {
    let entries = (0..<60_000).map { (cpu: UInt64($0), offset: UInt64(18), size: UInt64(1 << 20)) }
    let losses = try losses(file(buffer("", entries)))
    #expect(losses.contains { $0.kind == .damaged && $0.detail.contains("overlaps") })
    #expect(losses.count <= 400)
  }

  @Test func tooManyBuffers() throws {
    let many = (0..<20_000).flatMap { buffer("b\($0)", []) }
    #expect(try losses(file(many)).contains { $0.detail.contains("more buffers") })
  }

  @Test func tooManyOptions() throws {
    let many = [UInt8](repeating: 0, count: 7 << 20).enumerated().map { $0.offset % 6 == 0 ? 9 : $0.element }
    #expect(try losses(file(many)).contains { $0.kind == .damaged })
  }
}
