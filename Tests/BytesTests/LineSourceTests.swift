import Bytes
import SystemPackage
import TestSupport
import Testing

struct LineSourceTests {
  private struct Run: Equatable {
    var text: [UInt8]
    var offset: Int
  }

  private func runs(_ source: LineSource) throws -> [Run] {
    var runs: [Run] = []
    while try source.next({ text, offset in
      runs.append(Run(text: text.indices.map { text[$0] }, offset: offset))
    }) {}
    return runs
  }

  private func source(_ bytes: [UInt8], _ folder: TemporaryFolder) throws -> LineSource {
    try LineSource(path: folder.file("input", bytes))
  }

  @Test func emptyFileHasNoRuns() throws {
    let folder = try TemporaryFolder()
    let source = try source([], folder)
    let isEmpty = try source.peek(100) { $0.isEmpty }
    #expect(isEmpty)
    #expect(try runs(source).isEmpty)
    #expect(!source.endsInsideLine)
    #expect(source.offset == 0)
  }

  @Test func lastLineWithoutNewlineIsHandedOutAndSaid() throws {
    let folder = try TemporaryFolder()
    let source = try source(Array("one\ntwo".utf8), folder)
    #expect(
      try runs(source) == [
        Run(text: Array("one\n".utf8), offset: 0), Run(text: Array("two".utf8), offset: 4),
      ])
    #expect(source.endsInsideLine)
    #expect(source.offset == 7)
  }

  @Test func lastLineWithNewlineIsWhole() throws {
    let folder = try TemporaryFolder()
    let source = try source(Array("one\n".utf8), folder)
    #expect(try runs(source).count == 1)
    #expect(!source.endsInsideLine)
  }

  /// Lines of all lengths, three megabytes: no read and no buffer ends where a line does.
  @Test func runsAreWholeLinesWhateverTheReads() throws {
    var bytes: [UInt8] = []
    var length = 1
    while bytes.count < 3 << 20 {
      bytes += [UInt8](repeating: 97 + UInt8(length % 26), count: length)
      bytes.append(10)
      length = (length * 7 + 3) % 40_009
    }
    let folder = try TemporaryFolder()
    let source = try source(bytes, folder)
    let runs = try runs(source)
    #expect(runs.count > 3)
    #expect(runs.allSatisfy { $0.text.last == 10 })
    var offset = 0
    for run in runs {
      #expect(run.offset == offset)
      offset += run.text.count
    }
    #expect(runs.flatMap(\.text) == bytes)
    #expect(source.overlongLines == 0)
  }

  @Test func peekConsumesNothing() throws {
    let folder = try TemporaryFolder()
    let source = try source(Array("abc\ndef\n".utf8), folder)
    let head = try source.peek(4) { $0.string(0..<$0.count) }
    #expect(head == "abc\n")
    #expect(try runs(source).flatMap(\.text) == Array("abc\ndef\n".utf8))
  }

  @Test func overlongLineComesInPieces() throws {
    let long = [UInt8](repeating: 120, count: LineSource.longestLine + 1000)
    let folder = try TemporaryFolder()
    let source = try source(long + Array("\nnext\n".utf8), folder)
    let runs = try runs(source)
    #expect(runs.map(\.text.count) == [LineSource.longestLine, 1006])
    #expect(source.overlongLines == 1)
    #expect(!source.endsInsideLine)
  }

  @Test func overlongLinesAreCountedNotTheirPieces() throws {
    let long = [UInt8](repeating: 120, count: 3 * LineSource.longestLine + 1000) + [10]
    let folder = try TemporaryFolder()
    let source = try source(long + Array("next\n".utf8) + long + long, folder)
    #expect(try runs(source).flatMap(\.text).count == 3 * long.count + 5)
    #expect(source.overlongLines == 3)
  }

  @Test func lineOfExactlyTheBufferIsNotOverlong() throws {
    let line = [UInt8](repeating: 120, count: LineSource.longestLine - 1) + [10]
    let folder = try TemporaryFolder()
    let source = try source(line + line, folder)
    #expect(try runs(source).map(\.text.count) == [LineSource.longestLine, LineSource.longestLine])
    #expect(source.overlongLines == 0)
  }

  /// A pipe gives what it has: half a line now, the rest later.
  @Test func halfALineWaitsForItsRest() throws {
    let pipe = try FileDescriptor.pipe()
    try pipe.writeEnd.writeAll("one\ntw".utf8)
    let source = LineSource(descriptor: pipe.readEnd, closes: true)
    var seen: [String] = []
    let first = try source.next { text, _ in seen.append(text.string(0..<text.count)) }
    try pipe.writeEnd.writeAll("o\nthree\n".utf8)
    try pipe.writeEnd.close()
    let second = try source.next { text, _ in seen.append(text.string(0..<text.count)) }
    let third = try source.next { _, _ in }
    #expect(seen == ["one\n", "two\nthree\n"])
    #expect([first, second, third] == [true, true, false])
  }

  @Test func missingFileThrows() {
    #expect(throws: Errno.noSuchFileOrDirectory) { _ = try LineSource(path: "/no/such/file") }
  }

  @Test func directoryThrowsOnReading() throws {
    let folder = try TemporaryFolder()
    #expect(throws: Errno.isDirectory) {
      let source = try LineSource(path: folder.url.path(percentEncoded: false))
      _ = try source.next { _, _ in }
    }
  }
}
