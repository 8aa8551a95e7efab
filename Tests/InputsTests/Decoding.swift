import Bytes
import Testing

/// Bytes in memory, handed out `step` at a time.
final class Pieces: ByteStream {
  private let bytes: [UInt8]
  private let step: Int
  private var at = 0

  init(_ bytes: [UInt8], step: Int) {
    self.bytes = bytes
    self.step = step
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = min(step, buffer.count, bytes.count - at)
    buffer.copyBytes(from: bytes[at..<at + count])
    at += count
    return count
  }
}

/// `text` again and again, `count` bytes in all.
final class RepeatedBytes: ByteStream {
  private let text: [UInt8]
  private var left: Int
  private var at = 0

  init(_ text: String, count: Int) {
    self.text = Array(text.utf8)
    left = count
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = min(buffer.count, left, text.count - at)
    buffer.copyBytes(from: text[at..<at + count])
    at = (at + count) % text.count
    left -= count
    return count
  }
}

/// Everything up to the end, read `step` bytes at a time.
func all(_ stream: any ByteStream, step: Int = 1 << 16) throws -> [UInt8] {
  var all: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: step)
  while true {
    let count = try buffer.withUnsafeMutableBytes { try stream.read(into: $0) }
    if count == 0 { return all }
    all += buffer[..<count]
  }
}

/// How many bytes come, and nothing kept.
func length(_ stream: any ByteStream) throws -> Int {
  var total = 0
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = try buffer.withUnsafeMutableBytes { try stream.read(into: $0) }
    if count == 0 { return total }
    total += count
  }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// What `decode` makes of `bytes`: the same however the bytes come, and, cut anywhere, the beginning of it as far as
/// `sure` says.
func decoded(
  _ bytes: [UInt8], sure: ([UInt8]) -> ArraySlice<UInt8> = { $0.dropLast(6) },
  _ decode: (any ByteStream, Int) throws -> [UInt8]
) throws -> String {
  let whole = try decode(Pieces(bytes, step: 1 << 16), 1 << 16)
  for (input, output) in [(1, 1 << 16), (1 << 16, 1), (1, 1), (3, 7)] {
    #expect(
      try text(decode(Pieces(bytes, step: input), output)) == text(whole), "read \(input), asked \(output)")
  }
  for end in 0..<min(bytes.count, 2000) {
    let cut = try decode(Pieces(Array(bytes[..<end]), step: 1 << 16), 1 << 16)
    if !whole.starts(with: sure(cut)) {
      Issue.record("cut at \(end): \(text(cut).debugDescription)")
      break
    }
  }
  return text(whole)
}

/// A kernel's log and a trace as they are, for sniffs that must not take them.
let plainLog = """
  <6>[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  <5>[    0.000000] Linux version 6.12.9-toy (toy@lab) (gcc (Toy 13.2.0) 13.2.0) #1 SMP PREEMPT
  <6>[    0.000000] Kernel command line: console=ttyAMA0 root=/dev/vda1 ro quiet loglevel=7 x=20 y=3D
  <4>[    1.204000] toycodec b2000000.toycodec: late IOMMU probe at driver bind, something fishy here!
  <4>[    1.204010] WARNING: CPU: 1 PID: 1 at drivers/iommu/iommu.c:612 __iommu_probe_device+0x2b0/0x4ac

  """
let plainTrace = """
  # tracer: nop
            <idle>-0       [001] d....     5.100000: rp: (really_probe+0x0/0x3f8) dev="a1000000.toysmmu"
             <...>-301     [001] d....     5.100100: odcr: (amba_dma_configure+0x34/0xc8 <- of_dma_configure_id) ret=0

  """

/// Bytes of no text: as an image, an executable or a page of a ring buffer has them.
func noise(_ count: Int, zerosIn each: Int) -> [UInt8] {
  var state: UInt64 = 42
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) % UInt64(each) == 0 ? 0 : UInt8(truncatingIfNeeded: state >> 40)
  }
}
