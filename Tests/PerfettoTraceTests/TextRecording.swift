import Foundation
import TestSupport

/// A capture's kprobe text and kernel log as Perfetto would have recorded them: with the encodings of its versions, and with what
/// recordings lose.
struct TextRecording {
  enum Value {
    case text(String)
    case number(Int64)
    case address(UInt64)
  }
  struct Field {
    var name: String
    var value: Value
  }
  struct Happening {
    var time: Int64
    var cpu: Int64 = 0
    var tid: Int64 = 1
    var comm = ""
    var group: String
    var event: String
    var fields: [Field]
  }

  private(set) var happenings: [Happening] = []
  /// The kernel's messages, as `printk:console` has them.
  private(set) var messages: [Happening] = []
  /// What `kprobe_events` has of the probes.
  private(set) var definitions: Set<String> = []
  private var addresses: [String: UInt64] = [:]

  init(_ capture: String) throws {
    func lines(_ file: String) throws -> [Substring] {
      try String(
        decoding: Data(contentsOf: Here.samples.appending(path: "\(capture)/\(file)")), as: UTF8.self
      )
      .split(separator: "\n")
    }
    for line in try lines("trace.txt") where !line.hasPrefix("#") {
      if let happening = happening(line) { happenings.append(happening) }
    }
    for line in try lines("dmesg.txt") where line.hasPrefix("[") {
      guard let end = line.firstIndex(of: "]"), let time = Self.time(line[..<end].dropFirst()) else {
        continue
      }
      let text = String(line[line.index(after: end)...].drop { $0 == " " })
      messages.append(
        Happening(
          time: time, group: "printk", event: "console", fields: [Field(name: "msg", value: .text(text))]))
    }
  }

  // MARK: reading text

  private static func time(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".")
    guard parts.count == 2, parts[1].count == 6, let seconds = Int64(parts[0].drop { $0 == " " }),
      let micros = Int64(parts[1])
    else { return nil }
    return seconds * 1_000_000_000 + micros * 1000
  }

  /// `comm-tid [cpu] flags time: event: (where) fields`
  private mutating func happening(_ line: Substring) -> Happening? {
    guard let bracket = line.range(of: " ["), let dash = line[..<bracket.lowerBound].lastIndex(of: "-"),
      let tid = Int64(line[line.index(after: dash)..<bracket.lowerBound].filter { $0 != " " }),
      let cpu = Int64(line[bracket.upperBound...].prefix(3))
    else { return nil }
    let words = line[bracket.upperBound...].split(
      separator: " ", maxSplits: 4, omittingEmptySubsequences: true)
    guard words.count == 5, let time = Self.time(words[2].dropLast()) else { return nil }
    var happening = Happening(
      time: time, cpu: cpu, tid: tid, comm: String(line[..<dash].drop { $0 == " " }), group: "kprobes",
      event: String(words[3].dropLast()), fields: [])
    let rest = words[4].drop { $0 == " " }
    if rest.hasPrefix("("), let close = rest.firstIndex(of: ")") {
      place(rest[rest.index(after: rest.startIndex)..<close], &happening)
      happening.fields += Self.fields(rest[close...].dropFirst())
    } else if rest.hasPrefix("IOMMU: ") {
      happening.group = "iommu"
      happening.fields = Self.fields(rest.dropFirst(7)).map { field in
        field.name == "groupID" ? Field(name: "gid", value: field.value) : field
      }
    } else {
      return nil
    }
    return happening
  }

  /// `function+0x0/0x8`, or `caller+0x4/0x8 <- function`; with the module behind it.
  private mutating func place(_ text: Substring, _ happening: inout Happening) {
    func symbol(_ text: Substring) -> (name: String, offset: UInt64) {
      let parts = text.split(separator: " ")[0].split(separator: "/")[0].split(separator: "+")
      return (String(parts[0]), parts.count > 1 ? UInt64(parts[1].dropFirst(2), radix: 16) ?? 0 : 0)
    }
    let parts = text.split(separator: "<-").map(symbol)
    let function = parts[parts.count - 1].name
    let isReturn = parts.count > 1
    definitions.insert("\(isReturn ? "r" : "p"):kprobes/\(happening.event) \(function)")
    happening.fields = [
      Field(name: isReturn ? "__probe_func" : "__probe_ip", value: .address(address(function)))
    ]
    if isReturn {
      let caller = address(parts[0].name) + parts[0].offset
      happening.fields.append(Field(name: "__probe_ret_ip", value: .address(caller)))
    }
  }

  private mutating func address(_ symbol: String) -> UInt64 {
    let known = addresses[symbol] ?? 0xffff_ffc0_8100_0000 + 0x4000 * UInt64(addresses.count)
    addresses[symbol] = known
    return known
  }

  private static func fields(_ text: Substring) -> [Field] {
    text.split(separator: " ").compactMap { word -> Field? in
      guard let equals = word.firstIndex(of: "=") else { return nil }
      let value = word[word.index(after: equals)...]
      let name = String(word[..<equals])
      if let number = Int64(value) { return Field(name: name, value: .number(number)) }
      if value.hasPrefix("0x"), let address = UInt64(String(value.dropFirst(2)), radix: 16) {
        return Field(name: name, value: .address(address))
      }
      return Field(name: name, value: .text(String(value.filter { $0 != "\"" })))
    }
  }

  // MARK: writing recordings

  enum Encoding: Sendable { case dense, descriptorsFirst, named, perfettosProbes }

  /// Bundles of a few hundred events, CPU by CPU, as Perfetto drains the buffer. `rest`: more fields of each packet, `extra`: of its
  /// bundle.
  static func bundles(
    _ happenings: [Happening], _ encoding: Encoding = .dense, rest: [UInt8] = [], sequence: Int64 = 2,
    extra: (_ cpu: Int64, _ number: Int) -> [UInt8] = { _, _ in [] }
  ) -> [[UInt8]] {
    var bundles: [[UInt8]] = []
    var ids: [String: Int64] = [:]
    for cpu in Set(happenings.map(\.cpu)).sorted() {
      let own = happenings.filter { $0.cpu == cpu }
      for (number, start) in stride(from: 0, to: own.count, by: 300).enumerated() {
        let part = own[start..<min(start + 300, own.count)]
        var descriptors: [String: [UInt8]] = [:]
        let events = part.flatMap { encoded($0, encoding, &ids, &descriptors) }
        let described = descriptors.sorted { $0.key < $1.key }.flatMap(\.value)
        let body = encoding == .descriptorsFirst ? described + events : events + described
        bundles.append(Proto.bundle(cpu: cpu, body + extra(cpu, number), rest: rest, sequence: sequence))
      }
    }
    return bundles
  }

  private static func encoded(
    _ happening: Happening, _ encoding: Encoding, _ ids: inout [String: Int64],
    _ descriptors: inout [String: [UInt8]]
  ) -> [UInt8] {
    if happening.event == "console", case .text(let text) = happening.fields[0].value {
      return Proto.event(happening.time, happening.tid, 408, Proto.text(1, text))
    }
    switch encoding {
    case .dense, .descriptorsFirst:
      let key = "\(happening.group)/\(happening.event)"
      let id = ids[key] ?? 65536 + Int64(ids.count)
      ids[key] = id
      descriptors[key] = Proto.descriptor(
        id, happening.group, happening.event, happening.fields.map { ($0.name, $0.value.type) })
      let body = happening.fields.enumerated().flatMap { $1.value.encoded($0 + 1) }
      return Proto.event(happening.time, happening.tid, Int(id), body)
    case .named:
      let fields = happening.fields.flatMap { field in
        Proto.bytes(2, Proto.text(1, field.name) + field.value.encoded(field.value.generic))
      }
      return Proto.event(happening.time, happening.tid, 327, Proto.text(1, happening.event) + fields)
    case .perfettosProbes:
      guard happening.group == "kprobes" else { return [] }
      let isReturn = happening.fields[0].name == "__probe_func"
      return Proto.event(
        happening.time, happening.tid, 542,
        Proto.text(1, happening.event) + Proto.number(2, isReturn ? 2 : 1))
    }
  }

  /// What threads are called.
  var tree: [UInt8] {
    let comms = Dictionary(happenings.map { ($0.tid, $0.comm) }) { first, _ in first }
    let threads = comms.sorted { $0.key < $1.key }.flatMap { tid, comm in
      Proto.bytes(2, Proto.number(1, tid) + Proto.text(2, comm))
    }
    return Proto.packet(Proto.bytes(2, threads), sequence: 3)
  }

  /// What each CPU had lost before, in the statistics.
  func cpus(overrun: Int64) -> [UInt8] {
    Set(happenings.map(\.cpu)).sorted().flatMap { cpu in
      Proto.bytes(2, Proto.number(1, cpu) + Proto.number(3, overrun))
    }
  }
}

extension TextRecording.Value {
  /// A descriptor's type: int64, uint64, string.
  var type: Int64 {
    switch self {
    case .text: 9
    case .number: 3
    case .address: 4
    }
  }

  /// The field of a named value.
  var generic: Int {
    switch self {
    case .text: 3
    case .number: 4
    case .address: 5
    }
  }

  func encoded(_ field: Int) -> [UInt8] {
    switch self {
    case .text(let text): Proto.text(field, text)
    case .number(let number): Proto.number(field, number)
    case .address(let address): Proto.number(field, Int64(bitPattern: address))
    }
  }
}

/// Compressed data that any decoder takes, made without compressing.
enum Stored {
  static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var (low, high) = (UInt32(1), UInt32(0))
    for byte in bytes {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    return [0x78, 0x01] + deflate(bytes) + bigEndian(high << 16 | low)
  }

  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 0 ? 0 : 0xedb8_8320) }
    }
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + deflate(bytes) + bigEndian(~crc).reversed()
      + bigEndian(UInt32(bytes.count)).reversed()
  }

  static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xa0] + bigEndian(UInt32(bytes.count)).reversed()
    for start in stride(from: 0, to: bytes.count, by: 100_000) {
      let end = min(start + 100_000, bytes.count)
      let header = UInt32(end - start) << 3 | (end == bytes.count ? 1 : 0)
      out += bigEndian(header).reversed().prefix(3) + bytes[start..<end]
    }
    return out
  }

  private static func deflate(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 60_000) {
      let end = min(start + 60_000, bytes.count)
      let count = UInt16(end - start)
      out += [
        end == bytes.count ? 1 : 0, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255),
        UInt8(~count >> 8),
      ]
      out += bytes[start..<end]
    }
    return out
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }
}
