// The lines that a report shows: its inputs are read once more.
import Analysis
import Bytes
import Inputs
import SystemPackage

extension RawLines {
  /// Longer lines are cut, at this many bytes.
  static let longest = 400
  /// Lines before and after each place.
  private static let neighbours = 3

  /// Reads the lines around `places`. The first places are served first, until about `budget` bytes are used.
  package static func read(_ inputs: [InputSummary], _ places: [Place], _ budget: Int) -> RawLines {
    var lines = RawLines(inputs: inputs.count)
    lines.read(inputs, places, budget)
    return lines
  }

  private mutating func read(_ inputs: [InputSummary], _ places: [Place], _ budget: Int) {
    var left = budget
    var wanted: [Int: [Place]] = [:]
    var seen: Set<Place> = []
    let recordings = Set(inputs.indices.filter { inputs[$0].format == .perfettoTrace })
    for place in places {
      guard place.line > 0 || recordings.contains(Int(place.input)), seen.insert(place).inserted else {
        continue
      }
      // A guess at what it will take; a place's neighbours are often another's.
      left -= 250
      if left >= 0 {
        wanted[Int(place.input), default: []].append(place)
      } else if self.inputs.indices.contains(Int(place.input)) {
        self.inputs[Int(place.input)].leftOut += 1
      }
    }
    for (index, input) in inputs.enumerated() {
      read(input, index, wanted[index] ?? [])
    }
    readUndone(inputs, wanted)
  }

  /// Lines of documents that were in something, which is undone once more, and events of recordings.
  private mutating func readUndone(_ inputs: [InputSummary], _ wanted: [Int: [Place]]) {
    let packed = inputs.indices.filter {
      (!inputs[$0].isPlain || inputs[$0].format == .perfettoTrace) && inputs[$0].source != nil
        && wanted[$0] != nil
    }
    for source in Set(packed.compactMap { inputs[$0].source }).sorted() {
      var blocks: [(input: Int, blocks: [Block])] = []
      let own = packed.filter { inputs[$0].source == source }
      let name = own.first.map { inputs[$0].named } ?? source
      let documents = Documents { document in
        guard let index = own.first(where: { inputs[$0].path == document.name }), let places = wanted[index]
        else {
          return
        }
        let source = LineSource(stream: document.stream)
        blocks.append(
          (
            index,
            inputs[index].format == .perfettoTrace
              ? try Self.events(source, places) : try Self.blocks(source, places.sorted())
          ))
      } failed: { _, _, _ in
      }
      try? documents.visit(source, as: name)
      for (index, blocks) in blocks {
        self.inputs[index].blocks = blocks
        let there = Set(blocks.flatMap { $0.map(\.number) })
        shown.formUnion((wanted[index] ?? []).filter { there.contains(Self.number($0)) })
      }
    }
  }

  /// Lines around places, out of a stream of lines.
  private static func blocks(_ source: LineSource, _ places: [Place]) throws -> [Block] {
    var wanted: [ClosedRange<Int>] = []
    for place in places {
      let lines = max(1, Int(place.line) - neighbours)...Int(place.line) + neighbours
      // Touching blocks are one.
      if let last = wanted.last, lines.lowerBound <= last.upperBound + 1 {
        wanted[wanted.count - 1] = last.lowerBound...max(last.upperBound, lines.upperBound)
      } else {
        wanted.append(lines)
      }
    }
    var blocks: [Block] = wanted.map { _ in [] }
    var at = 0
    var number = 0
    while at < wanted.count,
      try source.next({ run, _ in
        var start = 0
        while start < run.count, at < wanted.count {
          number += 1
          let end = run.index(of: 10, from: start) ?? run.count
          if wanted[at].contains(number) {
            blocks[at].append(Line(number: number, text: text(run, start, end)))
          }
          if number == wanted[at].upperBound { at += 1 }
          start = end + 1
        }
      })
    {}
    return blocks.filter { !$0.isEmpty }
  }

  private mutating func read(_ input: InputSummary, _ index: Int, _ places: [Place]) {
    guard input.format != .traceDat else {
      inputs[index].reason = "binary: its records have no lines (trace-cmd report shows them)"
      return
    }
    guard let path = input.source else {
      inputs[index].reason = "standard input cannot be read twice: give a file to see its lines here"
      return
    }
    guard !places.isEmpty, input.isPlain, input.format != .perfettoTrace else { return }
    do {
      let file = try MappedFile(path: path)
      guard file.count == input.bytes else {
        inputs[index].reason = "the file has changed since it was analysed"
        return
      }
      inputs[index].blocks = file.withBytes { Self.blocks($0, places.sorted()) }
      shown.formUnion(places)
    } catch {
      inputs[index].reason = "cannot be read again"
    }
  }

  private static func blocks(_ bytes: Span<UInt8>, _ places: [Place]) -> [Block] {
    var blocks: [Block] = []
    var next = 0
    for place in places where Int(place.offset) < bytes.count {
      var at = Int(place.offset)
      var number = Int(place.line)
      for _ in 0..<neighbours where at > 0 && at > next {
        at = start(bytes, before: at)
        number -= 1
      }
      // Touching blocks are one.
      let joins = at <= next && !blocks.isEmpty
      var block = joins ? blocks.removeLast() : []
      if joins {
        at = next
        number = (block.last?.number ?? 0) + 1
      }
      while at < bytes.count, number <= Int(place.line) + neighbours {
        let end = end(bytes, from: at)
        block.append(Line(number: number, text: text(bytes, at, end)))
        at = end + 1
        number += 1
      }
      next = max(next, at)
      blocks.append(block)
    }
    return blocks
  }

  /// Where the line before the one that begins at `at` begins.
  private static func start(_ bytes: Span<UInt8>, before at: Int) -> Int {
    var index = at - 1
    while index > 0, bytes[index - 1] != 10 { index -= 1 }
    return index
  }

  private static func end(_ bytes: Span<UInt8>, from at: Int) -> Int {
    var index = at
    while index < bytes.count, bytes[index] != 10 { index += 1 }
    return index
  }

  /// The line that begins at `offset`, cut as those of reports; nil behind the end.
  package static func line(_ bytes: Span<UInt8>, at offset: Int) -> String? {
    offset >= 0 && offset < bytes.count ? text(bytes, offset, end(bytes, from: offset)) : nil
  }

  private static func text(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> String {
    let last = end > start && bytes[end - 1] == 13 ? end - 1 : end
    var line: [UInt8] = []
    for index in start..<min(last, start + longest) { line.append(bytes[index]) }
    return String(decoding: line, as: UTF8.self) + (last > start + longest ? "…" : "")
  }
}
