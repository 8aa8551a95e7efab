// Writers of the containers that people hold: no program needs to be there, and a seed gives the same bytes anywhere.
import CZlib
import Foundation

struct PackingError: Error {}

/// Undoes deflate data: `windowBits` as zlib takes it. Not the sources' own way, so that neither hides the other's fault.
func inflated(_ bytes: ArraySlice<UInt8>, windowBits: Int32) throws -> [UInt8] {
  var stream = z_stream()
  guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    throw PackingError()
  }
  defer { inflateEnd(&stream) }
  var input = Array(bytes)
  var out = [UInt8](repeating: 0, count: max(1 << 20, bytes.count * 40))
  let status = input.withUnsafeMutableBufferPointer { input in
    out.withUnsafeMutableBufferPointer { out in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = out.baseAddress
      stream.avail_out = UInt32(out.count)
      return inflate(&stream, Z_FINISH)
    }
  }
  guard status == Z_STREAM_END else { throw PackingError() }
  return Array(out.prefix(Int(stream.total_out)))
}

/// Deflate data with what `windowBits` puts around them: 31 gzip, 15 zlib, -15 nothing.
func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  guard deflateInit2_(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
  else { return [] }
  defer { deflateEnd(&stream) }
  var input = bytes
  var out = [UInt8](repeating: 0, count: bytes.count + bytes.count / 8 + 1024)
  input.withUnsafeMutableBufferPointer { input in
    out.withUnsafeMutableBufferPointer { out in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = out.baseAddress
      stream.avail_out = UInt32(out.count)
      _ = deflate(&stream, Z_FINISH)
    }
  }
  return Array(out.prefix(Int(stream.total_out)))
}

typealias Member = (name: String, bytes: [UInt8])

/// A tar as POSIX has it.
func tarred(_ members: [Member]) -> [UInt8] {
  var out: [UInt8] = []
  func field(_ text: String, _ length: Int) -> [UInt8] {
    Array(text.utf8.prefix(length)) + [UInt8](repeating: 0, count: max(0, length - text.utf8.count))
  }
  for member in members {
    var header = field(member.name, 100) + field("0000644\0", 8) + field("0000000\0", 8)
    header += field("0000000\0", 8) + field(octal(member.bytes.count, 11) + "\0", 12)
    header += field("15000000000\0", 12) + field("        ", 8) + field("0", 1) + field("", 100)
    header += field("ustar\0", 6) + field("00", 2) + field("", 247)
    let sum = header.reduce(0) { $0 + Int($1) }
    header.replaceSubrange(148..<156, with: field(octal(sum, 6) + "\0 ", 8))
    out += header + member.bytes + [UInt8](repeating: 0, count: (512 - member.bytes.count % 512) % 512)
  }
  return out + [UInt8](repeating: 0, count: 1024)
}

private func octal(_ number: Int, _ digits: Int) -> String {
  let text = String(number, radix: 8)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// A zip whose members are stored as they are, or deflated.
func zipped(_ members: [Member], isStored: Bool) -> [UInt8] {
  var out: [UInt8] = []
  var directory: [UInt8] = []
  func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
  for member in members {
    let name = Array(member.name.utf8)
    let data = isStored ? member.bytes : deflated(member.bytes, windowBits: -15)
    let sum = member.bytes.withUnsafeBufferPointer { Int(crc32(0, $0.baseAddress, UInt32($0.count))) }
    var common = little(20, 2) + little(0, 2) + little(isStored ? 0 : 8, 2) + little(0, 2)
    common += little(0x5b7b, 2) + little(sum, 4) + little(data.count, 4) + little(member.bytes.count, 4)
    common += little(name.count, 2) + little(0, 2)
    directory += little(0x0201_4b50, 4) + little(20, 2) + common + little(0, 6) + little(0, 4)
    directory += little(out.count, 4) + name
    out += little(0x0403_4b50, 4) + common + name + data
  }
  let end =
    little(0x0605_4b50, 4) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
    + little(directory.count, 4) + little(out.count, 4) + little(0, 2)
  return out + directory + end
}
