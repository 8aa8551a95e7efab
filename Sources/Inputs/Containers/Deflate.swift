import Bytes
import CZlib

/// What deflate data hold: gzip, one member after the other; zlib's own form (atrace -z); or bare (pstore's records). zlib
/// reads it, for libarchive checks neither CRC-32 nor length.
@safe final class DeflateStream: ByteStream {
  enum Wrapper {
    case gzip, zlib, none

    /// What inflateInit2() takes: 15 is the largest window, 16 says gzip, below zero nothing is around the data.
    var windowBits: Int32 {
      switch self {
      case .gzip: 15 + 16
      case .zlib: 15
      case .none: -15
      }
    }

    fileprivate var name: String { self == .gzip ? "gzip" : "deflate" }
  }

  private enum Place {
    case member, behindMember, padding
  }

  private let wrapper: Wrapper
  private let packed: any ByteStream
  private let meter: Meter
  private let depth: Int
  /// zlib points back to it, so it has a place of its own. Owned: made in init, freed in deinit, never handed out.
  private let zlib: UnsafeMutablePointer<z_stream>
  /// What was read last and is lent to zlib; owned likewise.
  private let input: UnsafeMutableRawBufferPointer
  private var hasEnded = false
  private var place = Place.member

  init(_ packed: any ByteStream, _ wrapper: Wrapper, _ meter: Meter, depth: Int) throws {
    self.wrapper = wrapper
    self.packed = packed
    self.meter = meter
    self.depth = depth
    unsafe zlib = .allocate(capacity: 1)
    unsafe zlib.initialize(to: z_stream())
    unsafe input = .allocate(byteCount: 1 << 16, alignment: 1)
    // It fails for want of memory only.
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(zlib, wrapper.windowBits, ZLIB_VERSION, size) == Z_OK else {
      throw InputError("out of memory")
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
    case Z_BUF_ERROR: if hasEnded { throw InputError("the \(wrapper.name) data are cut") }
    case Z_MEM_ERROR: throw InputError("out of memory")
    default:
      // A text of zlib's own, which stays.
      let reason = unsafe zlib.pointee.msg.map { unsafe String(cString: $0) }
      throw InputError("the \(wrapper.name) data are damaged: \(reason ?? "not known how")")
    }
  }

  /// Behind a member there may be another one, or zeros up to the end as tapes have them.
  private func goOn(at next: UInt8) throws {
    if next == 0x1f, wrapper == .gzip, place == .behindMember {
      _ = unsafe inflateReset(zlib)
      place = .member
    } else if next == 0 || wrapper != .gzip && (next == 10 || next == 13) {
      // A terminal that took the data down ends them with a newline.
      place = .padding
      unsafe zlib.pointee.next_in += 1
      unsafe zlib.pointee.avail_in -= 1
    } else {
      throw InputError("bytes follow the \(wrapper.name) data that are no \(wrapper.name): not read")
    }
  }
}
