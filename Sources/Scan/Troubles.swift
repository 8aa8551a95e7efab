// Other WARNINGs, oopses and panics of a log, by signature, so that one scan suffices. Only the lines around a hit are
// read.
import Bytes
import Records

/// Collects troubles from pieces of a log.
struct Troubles {
  private(set) var found: [OtherTrouble] = []
  private var index: [String: Int] = [:]
  /// Signatures kept for one log; more means a log full of garbage.
  private static let kept = 200
  /// Kernel lines are never longer; of longer ones only the beginning is looked at.
  private static let longestLine = 4096
  /// Where the last line ends that was looked at from its message on: words further on in it are quoted ones.
  private var seenTo = 0

  /// Takes the trouble whose words stand at `hit` in `text`, whole lines that begin at `offset` in the log, where `lines`
  /// lines are before them.
  mutating func take(
    _ text: Span<UInt8>, _ hit: Int, _ kind: OtherTrouble.Kind, _ offset: Int, _ lines: Int
  ) {
    guard offset + hit >= seenTo else { return }
    var start = hit
    while start > 0, text[start - 1] != 10, hit - start < Self.longestLine { start -= 1 }
    let end = text.index(of: 10, from: hit) ?? text.count
    let line = text.extracting(start..<min(end, start + Self.longestLine))
    let prefix = LogPrefix.parse(line)
    // The words must begin the message: prose and tests quote them.
    let begin = line.skipBlanks(from: prefix.text, to: line.count)
    if hit - start >= begin { seenTo = offset + end }
    guard begin == hit - start else { return }
    let message = line.trimmed(hit - start..<line.count)
    guard line.index(of: "__iommu_probe_device", from: message.lowerBound) == nil else { return }
    let what = name(text, line, message, kind, end)
    let signature = "\(kind.rawValue):\(what)"
    if let known = index[signature] {
      found[known].count += 1
    } else if found.count < Self.kept {
      index[signature] = found.count
      found.append(
        OtherTrouble(
          kind: kind, signature: signature, title: line.string(message),
          place: Place(input: 0, line: lines + text.count(of: 10, before: start) + 1, offset: offset + start),
          time: prefix.time))
    }
  }

  /// The function, else the words without numbers: what stays the same over builds, CPUs and pids.
  private func name(
    _ text: Span<UInt8>, _ line: Span<UInt8>, _ message: Range<Int>, _ kind: OtherTrouble.Kind, _ end: Int
  ) -> String {
    if let plus = line.index(of: "+0x", from: message.lowerBound, to: message.upperBound) {
      var low = plus
      while low > message.lowerBound, Symbol.isByte(line[low - 1]) { low -= 1 }
      if low < plus { return line.string(Symbol.base(line, low..<plus)) }
    }
    if kind == .oops, let counter = programCounter(text, end) { return counter }
    return words(line, message)
  }

  /// `pc : sym+…`, `RIP: 0010:sym+…`, `PC is at sym+…` within the next lines.
  private func programCounter(_ text: Span<UInt8>, _ from: Int) -> String? {
    let limit = min(text.count, from + 8192)
    for key: StaticString in ["pc : ", "RIP: 0010:", "PC is at "] {
      guard let hit = text.index(of: key, from: from, to: limit) else { continue }
      let start = hit + key.utf8CodeUnitCount
      let end = Symbol.end(text, start, limit)
      if end > start { return text.string(Symbol.base(text, start..<end)) }
    }
    return nil
  }

  private func words(_ line: Span<UInt8>, _ message: Range<Int>) -> String {
    var out: [UInt8] = []
    for at in message.prefix(80) {
      let byte = line[at]
      if byte &- 48 < 10 { if out.last != 35 { out.append(35) } } else { out.append(byte) }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
