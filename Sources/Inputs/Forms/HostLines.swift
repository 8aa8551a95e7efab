// The log of a daemon that collects: it may begin with many lines of one machine, so that its beginning does not show that others follow.
import Bytes

/// Such a text. What is read of it is that of the machine whose line comes first; kernel lines of others are blanked there, if there are
/// several machines at all, and are theirs. A machine that gets its name while it boots is one.
final class HostLines: ByteStream {
  private let label: LineLabel
  private let meter: Meter
  private let head: DecodingStream<FirstHostDecoder>
  /// From the first line on that has another name.
  private var rest: (any ByteStream)?
  private var others: MixedLines?
  /// What the stream broke with, once all before that is read.
  private var fault: (any Error)?

  /// `label`: a host's.
  init(_ stream: any ByteStream, _ label: LineLabel, _ meter: Meter) {
    self.label = label
    self.meter = meter
    head = DecodingStream(stream, FirstHostDecoder(label))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard buffer.count > 0 else { return 0 }
    if rest == nil {
      let count = try unsafe head.read(into: buffer)
      guard count == 0, head.decoder.isPaused else { return count }
      try readOn()
    }
    let count = try unsafe rest?.read(into: buffer) ?? 0
    if count == 0, let fault { throw fault }
    return count
  }

  /// The other machines that were met, each with its lines.
  func visitOthers(_ body: (String, any ByteStream) throws -> Void) throws { try others?.visit(body) }

  /// Whether the other name is another machine's, only all that follows can tell.
  private func readOn() throws {
    head.decoder.goOn()
    let watched = WatchedStream(head)
    let stream = WholeStream(watched)
    // Most often it is one machine, and no log may be lost for want of a folder to write to.
    guard let file = try? TemporaryFile() else {
      rest = head
      return
    }
    let isAll = try file.append(stream, atMost: Self.mostAsked)
    let first = head.decoder.name
    let lines = FileRangeStream(file, meter)
    if try HostTimes.areSeveral(FileRangeStream(file, meter), label, first) {
      if !isAll { try file.append(stream, atMost: .max) }
      rest = DecodingStream(lines, OtherHostsDecoder(label, first))
      others = try MixedLines(file, label, meter, without: first)
    } else {
      rest = isAll ? lines : ChainedStream(lines, watched)
    }
    fault = watched.fault
    if fault is Stopped, let fault { throw fault }
  }

  /// Who comes no sooner is not asked for: a large text of one machine must not be copied whole.
  private static let mostAsked = 64 << 20
}

/// One stream behind another.
private final class ChainedStream: ByteStream {
  private let first: any ByteStream
  private let second: any ByteStream
  private var isOver = false

  init(_ first: any ByteStream, _ second: any ByteStream) {
    self.first = first
    self.second = second
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if !isOver {
      let count = try unsafe first.read(into: buffer)
      if count > 0 { return count }
      isOver = true
    }
    return try unsafe second.read(into: buffer)
  }
}

/// Ends where a stream breaks.
private final class WholeStream: ByteStream {
  private let stream: WatchedStream
  init(_ stream: WatchedStream) { self.stream = stream }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    (try? unsafe stream.read(into: buffer)) ?? 0
  }
}

/// How often the kernel's stamps step back in lines of several names.
private enum HostTimes {
  private static let fewestSteps = 4

  /// Another machine's clock is another one: from line to line the stamps step back, within a name hardly. Of one machine that has had
  /// two names in each of its boots they step back in both, once a boot.
  static func areSeveral(_ text: any ByteStream, _ label: LineLabel, _ first: UInt64?) throws -> Bool {
    var (last, before, steps, within) = ([UInt64: Int64](), Int64.min, 0, 0)
    let lines = LineSource(stream: text)
    while try lines.next({ text, _ in
      var start = 0
      while start < text.count {
        let end = text.index(of: 10, from: start) ?? text.count
        defer { start = end + 1 }
        guard let name = label.name(text, start..<end),
          text.has(" kernel: ", at: name.upperBound, before: end)
        else { continue }
        let time = LineLabel.time(text, name.upperBound..<end)
        guard time >= 0 else { continue }
        if time < before { steps += 1 }
        before = time
        let hash = text.hash(name)
        if let own = last[hash], time < own { within += 1 }
        if last[hash] != nil || last.count < LineLabel.mostNames { last[hash] = time }
      }
    }) {}
    return last.keys.contains { $0 != first } && steps >= fewestSteps && within * 4 <= steps
  }
}

/// The lines above the first one of another host.
private struct FirstHostDecoder: FormDecoder {
  static let window = 1 << 16

  let label: LineLabel
  /// The host of the first line that has one.
  private(set) var name: UInt64?
  /// Its name, and where in a line it stands: nearly always in the next one, too.
  private var bytes: [UInt8] = []
  private var offset = 0
  private(set) var isPaused = false
  private var isOver = false
  /// A line was longer than the window: its rest is no line of its own.
  private var isInside = false

  init(_ label: LineLabel) { self.label = label }

  /// Hands out all that follows.
  mutating func goOn() { (isPaused, isOver) = (false, true) }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    guard !isOver else {
      output.append(input, 0..<input.count)
      return input.count
    }
    var at = 0
    while at < input.count {
      guard let (end, isWhole) = Self.lineEnd(input, at, isAll: isAll) else { break }
      if !isInside, !isOfFirst(input, at..<end) {
        isPaused = true
        break
      }
      isInside = !isWhole
      at = min(end + 1, input.count)
    }
    output.append(input, 0..<at)
    return at
  }

  /// A line without a host is the first one's, too.
  private mutating func isOfFirst(_ text: Span<UInt8>, _ line: Range<Int>) -> Bool {
    let start = line.lowerBound + offset
    if !bytes.isEmpty, start + bytes.count < line.upperBound, text[start + bytes.count] == 32,
      text[start - 1] == 32, bytes.indices.allSatisfy({ text[start + $0] == bytes[$0] })
    {
      return true
    }
    guard let host = label.name(text, line) else { return true }
    let hash = text.hash(host)
    if name == nil {
      name = hash
      bytes = text.extracting(host).array
      offset = host.lowerBound - line.lowerBound
    }
    return hash == name
  }
}

/// Lines of several hosts, where those of the kernels of all but one are nobody's: as long as they were, so that places stay.
private struct OtherHostsDecoder: FormDecoder {
  static let window = 1 << 16

  let label: LineLabel
  let wanted: UInt64?
  private var isBlank = false
  private var isInside = false

  init(_ label: LineLabel, _ wanted: UInt64?) {
    self.label = label
    self.wanted = wanted
  }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while at < input.count {
      guard let (end, isWhole) = Self.lineEnd(input, at, isAll: isAll) else { return at }
      let next = min(end + 1, input.count)
      var kept = at
      if !isInside, let name = label.name(input, at..<end) {
        isBlank = input.hash(name) != wanted
        kept = name.upperBound
      }
      isInside = !isWhole
      if isBlank {
        output.append(input, at..<kept)
        // A program's tag, so that no reader takes what is left of the line for a message.
        let tag: StaticString = " other:"
        for index in 0..<end - kept {
          // A StaticString literal has as many bytes as it says.
          output.append(index < tag.utf8CodeUnitCount ? unsafe tag.utf8Start[index] : 32)
        }
        output.append(input, end..<next)
      } else {
        output.append(input, at..<next)
      }
      at = next
    }
    return at
  }
}
