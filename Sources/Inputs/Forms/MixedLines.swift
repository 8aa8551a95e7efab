import Bytes

/// The lines of a text that a collector has mixed, machine by machine. All of it is in a temporary file, and read once for each.
final class MixedLines {
  private let file: TemporaryFile
  private let label: LineLabel
  private let meter: Meter
  /// Names in the order in which they come; those that are too many are one.
  private var names: [[UInt8]] = []
  private var hasOthers = false
  private let without: UInt64?

  convenience init(_ stream: any ByteStream, _ label: LineLabel, _ meter: Meter) throws {
    try self.init(TemporaryFile(stream), label, meter, without: nil)
  }

  /// `without`: a name whose lines somebody else has.
  init(_ file: TemporaryFile, _ label: LineLabel, _ meter: Meter, without: UInt64?) throws {
    self.file = file
    self.label = label
    self.meter = meter
    self.without = without
    var known: Set<UInt64> = without.map { [$0] } ?? []
    let lines = LineSource(stream: FileRangeStream(file, meter))
    while try lines.next({ text, _ in
      var start = 0
      while start < text.count {
        let end = text.index(of: 10, from: start) ?? text.count
        if let name = label.name(text, start..<end), !known.contains(text.hash(name)) {
          if names.count < LineLabel.mostNames {
            known.insert(text.hash(name))
            names.append(text.extracting(name).array)
          } else {
            hasOthers = true
          }
        }
        start = end + 1
      }
    }) {}
  }

  /// Each name with its lines; those that have none go on from the line above.
  func visit(_ body: (String, any ByteStream) throws -> Void) throws {
    let hashes = names.map { $0.span.hash(0..<$0.count) }
    for (name, hash) in zip(names, hashes) {
      let stream = FileRangeStream(file, meter)
      try body(
        String(decoding: name, as: UTF8.self), DecodingStream(stream, OneLabelDecoder(label) { $0 == hash }))
    }
    guard hasOthers else { return }
    let all = Set(hashes + (without.map { [$0] } ?? []))
    try body(
      "others", DecodingStream(FileRangeStream(file, meter), OneLabelDecoder(label) { !all.contains($0) }))
  }
}

/// A temporary file from its beginning.
final class FileRangeStream: ByteStream {
  private let file: TemporaryFile
  private let meter: Meter
  private var at = 0

  init(_ file: TemporaryFile, _ meter: Meter) {
    self.file = file
    self.meter = meter
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try meter.goOn()
    let bytes = try file.bytes(at..<min(file.length, at + buffer.count))
    // They are at most as many.
    unsafe buffer.copyBytes(from: bytes)
    at += bytes.count
    return bytes.count
  }
}

/// The lines of some names.
private struct OneLabelDecoder: FormDecoder {
  static let window = 1 << 16

  let label: LineLabel
  let isWanted: (UInt64) -> Bool
  private var isOpen = false
  /// A line was longer than the window: its rest is no line of its own.
  private var isInside = false

  init(_ label: LineLabel, _ isWanted: @escaping (UInt64) -> Bool) {
    self.label = label
    self.isWanted = isWanted
  }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while at < input.count {
      guard let (end, isWhole) = Self.lineEnd(input, at, isAll: isAll) else { return at }
      if !isInside, let name = label.name(input, at..<end) { isOpen = isWanted(input.hash(name)) }
      isInside = !isWhole
      let next = min(end + 1, input.count)
      if isOpen { output.append(input, at..<next) }
      at = next
    }
    return at
  }
}
