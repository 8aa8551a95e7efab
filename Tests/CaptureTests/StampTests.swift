import Analysis
import Bytes
import Foundation
import Reading
import TestSupport
import Testing

/// Pages of a trace.dat with stamps that no clock has: no sum and no difference of times may overflow.
struct StampTests {
  private static let path = Here.sample("dat/kprobe-v6.dat")

  /// Where the pages begin that tell about devices.
  private static func pages() -> [Int] {
    let devices = Analysis.run([path]).boots.flatMap { $0.timeline.devices.values }
    let places =
      devices.flatMap(\.binds).map(\.phase.place) + devices.flatMap(\.visits).map(\.phase.place)
      + devices.flatMap(\.groups).map(\.moment.place)
    return Set(places.map { Int($0.offset) / 4096 * 4096 }).sorted()
  }

  @Test(arguments: [
    UInt64(Stamp.highest), UInt64(Stamp.highest) + 1, 0x7fff_ffff_ffff_ff00, 0x8000_0000_0000_0010, .max,
  ])
  func ofPages(_ stamp: UInt64) throws {
    let whole = [UInt8](try Data(contentsOf: URL(filePath: Self.path)))
    let folder = try TemporaryFolder()
    let pages = Self.pages()
    #expect(pages.count > 3)
    // One page after the other, then all of them.
    for patched in pages.map({ [$0] }) + [pages] {
      var bytes = whole
      for page in patched {
        for byte in 0..<8 { bytes[page + byte] = UInt8(truncatingIfNeeded: stamp >> UInt64(8 * byte)) }
      }
      let analysis = Analysis.run([try folder.file("trace.dat", bytes)])
      let losses = analysis.inputs[0].losses.filter { $0.kind == .damaged && $0.detail.contains("times") }
      #expect(!losses.isEmpty && losses.allSatisfy { ($0.count ?? 0) > 0 } && analysis.isDamaged)
      #expect(losses.first.map { patched.contains(Int($0.place?.offset ?? 0) / 4096 * 4096) } == true)
    }
  }
}
