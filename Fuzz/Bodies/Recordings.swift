// Any bytes as a trace.dat, as the pages of one, or as a Perfetto recording.
import Bytes
import PerfettoTrace
import TraceDat

enum Recordings {
  /// Head, options, sections, formats, symbols, data.
  static func container(_ input: [UInt8]) {
    // One in four wants no more after a few events: the rest is counted only.
    read(input, most: input.count & 3 == 0 ? 20 : .max)
  }

  /// The pages of CPU 0, in the frame of a real recording. The first byte chooses the frame.
  static func pages(_ input: [UInt8]) {
    guard let choice = input.first, input.count > 1 else { return }
    let index = Int(choice) % frames.count
    let frame = frames[index]
    var bytes = frame.head
    put(UInt64(input.count - 1), at: frame.table + 8, frame.isBig, &bytes)
    bytes += input.dropFirst()
    read(bytes, most: .max)
  }

  /// Packets, in runs of a length that the first byte chooses.
  static func perfetto(_ input: [UInt8]) {
    guard let first = input.first else { return }
    var recording = PerfettoRecording(input: 0)
    var names = NameTable()
    let bytes = Array(input.dropFirst())
    let step = Int(first) * 16 + 1
    for start in stride(from: 0, to: bytes.count, by: step) {
      recording.feed(bytes.span.extracting(start..<min(bytes.count, start + step)), &names)
    }
    for var part in recording.parts() {
      _ = part.finish()
      _ = part.logBoots()
      _ = part.commandLines(names)
      _ = part.events(ProbeDefinitions(), &names) { _ in true }
      _ = part.texts(at: nil, &names)
    }
  }

  private static func read(_ bytes: [UInt8], most: Int) {
    guard let file = try? MappedFile(copying: bytes), var trace = try? TraceDatFile(file, input: 0) else {
      return
    }
    var names = NameTable()
    var left = most
    trace.read(names: &names) { _, _ in
      left -= 1
      return left > 0
    }
  }

  /// A file up to its first page, without the data of any CPU.
  private struct Frame {
    var head: [UInt8] = []
    /// Where the CPUs' places and sizes stand.
    var table: Int
    var isBig: Bool
  }

  /// The samples whose formats and symbols the pages are read with: both byte orders, kprobes and function_graph.
  private static let frames = ["kprobe-v6", "kprobe-v6-big-endian", "fgraph-v6", "fgraph-v6-big-endian"].map {
    frame("\(Seeds.samples)/dat/\($0).dat", isBig: $0.hasSuffix("endian"))
  }

  private static func frame(_ path: String, isBig: Bool) -> Frame {
    let file = try! MappedFile(path: path)
    return file.withBytes { bytes in
      var frame = Frame(table: bytes.index(of: "flyrecord\0")! + 10, isBig: isBig)
      for at in 0..<frame.table { frame.head.append(bytes[at]) }
      // Four CPUs of (offset, size), then padding up to the page where the data begins.
      frame.head += [UInt8](repeating: 0, count: 64)
      let start = (frame.head.count + 4095) / 4096 * 4096
      frame.head += [UInt8](repeating: 0, count: start - frame.head.count)
      put(UInt64(start), at: frame.table, isBig, &frame.head)
      return frame
    }
  }

  private static func put(_ value: UInt64, at: Int, _ isBig: Bool, _ bytes: inout [UInt8]) {
    for byte in 0..<8 {
      bytes[at + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (isBig ? 7 - byte : byte)))
    }
  }
}
