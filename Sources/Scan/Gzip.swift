import Bytes
import CZlib

/// What gzip data hold, one member after the other. zlib reads it, for libarchive checks neither CRC-32 nor length.
@safe final class GzipStream: ByteStream {
  private enum Place {
    case member, behindMember, padding
  }

  private let packed: any ByteStream
  private let meter: Meter
  private let depth: Int
  /// zlib points back to it, so it has a place of its own. Owned: made in init, freed in deinit, never handed out.
  private let zlib: UnsafeMutablePointer<z_stream>
  /// What was read last and is lent to zlib; owned likewise.
  private let input: UnsafeMutableRawBufferPointer
  private var hasEnded = false
  private var place = Place.member

  init(_ packed: any ByteStream, _ meter: Meter, depth: Int) throws {
    self.packed = packed
    self.meter = meter
    self.depth = depth
    unsafe zlib = .allocate(capacity: 1)
    unsafe zlib.initialize(to: z_stream())
    unsafe input = .allocate(byteCount: 1 << 16, alignment: 1)
    // 15 is the largest window, 16 says gzip. It fails for want of memory only.
    guard unsafe inflateInit2_(zlib, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw LogError("out of memory")
    }
  }

  deinit {
    // It takes a state that init could not make as well.
    _ = unsafe inflateEnd(zlib)
    unsafe zlib.deallocate()
    unsafe input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      try fill()
      if place == .member {
        let count = try unsafe inflate(into: buffer)
        if count > 0 { return count }
      } else {
        guard let next else { return 0 }
        try goOn(at: next)
      }
    }
  }

  /// The first byte that zlib has not taken; nil at the end.
  private var next: UInt8? { unsafe zlib.pointee.avail_in > 0 ? zlib.pointee.next_in.pointee : nil }

  private func fill() throws {
    guard unsafe zlib.pointee.avail_in == 0, !hasEnded else { return }
    try meter.goOn()
    let count = try unsafe packed.read(into: input)
    hasEnded = count == 0
    unsafe zlib.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe zlib.pointee.avail_in = UInt32(count)
  }

  private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let room = min(buffer.count, 1 << 16)
    unsafe zlib.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe zlib.pointee.avail_out = UInt32(room)
    // It writes at most avail_out bytes and reads at most avail_in, which are in `buffer` and in `input`.
    let status = unsafe CZlib.inflate(zlib, Z_NO_FLUSH)
    let count = room - Int(unsafe zlib.pointee.avail_out)
    try meter.expand(count, depth: depth)
    // What came before a fault is handed out first: zlib says the fault again.
    if count == 0 { try check(status) }
    if status == Z_STREAM_END { place = .behindMember }
    return count
  }

  private func check(_ status: Int32) throws {
    switch status {
    case Z_OK, Z_STREAM_END: return
    case Z_BUF_ERROR: if hasEnded { throw LogError("the gzip data are cut") }
    case Z_MEM_ERROR: throw LogError("out of memory")
    default:
      // A text of zlib's own, which stays.
      let reason = unsafe zlib.pointee.msg.map { unsafe String(cString: $0) }
      throw LogError("the gzip data are damaged: \(reason ?? "not known how")")
    }
  }

  /// Behind a member there may be another one, or zeros up to the end as tapes have them.
  private func goOn(at next: UInt8) throws {
    if next == 0x1f, place == .behindMember {
      _ = unsafe inflateReset(zlib)
      place = .member
    } else if next == 0 {
      place = .padding
      unsafe zlib.pointee.next_in += 1
      unsafe zlib.pointee.avail_in -= 1
    } else {
      throw LogError("bytes follow the gzip data that are no gzip: not read")
    }
  }
}
