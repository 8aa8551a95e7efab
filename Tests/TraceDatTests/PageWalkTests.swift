import Bytes
import Testing

@testable import TraceDat

/// Pages made by hand: each kind of record, in both byte orders, and lengths that lie.
@Suite struct PageWalkTests {
  /// Writes a page word by word.
  struct Page {
    let order: ByteOrder
    var bytes: [UInt8] = []

    mutating func u32(_ value: UInt32) {
      for byte in 0..<4 {
        bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * (order.isBig ? 3 - byte : byte))))
      }
    }
    mutating func u64(_ value: UInt64) {
      let halves = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
      u32(halves[order.isBig ? 1 : 0])
      u32(halves[order.isBig ? 0 : 1])
    }
    mutating func head(_ kind: UInt32, _ delta: UInt32) {
      u32(order.isBig ? kind << 27 | delta : delta << 5 | kind)
    }

    /// The page's head before the records, zeros behind them.
    func page(time: UInt64, commit: Int, long: UInt64, flags: UInt64 = 0, size: Int = 4096) -> [UInt8] {
      var page = Page(order: order)
      page.u64(time)
      if long == 8 { page.u64(UInt64(commit) | flags) } else { page.u32(UInt32(UInt64(commit) | flags)) }
      return page.bytes + bytes + [UInt8](repeating: 0, count: max(0, size - page.bytes.count - bytes.count))
    }
  }

  struct Seen: RecordSink {
    var records: [String] = []
    var damage: [Int] = []
    mutating func record(_ page: RawSpan, _ at: Int, _ length: Int, _ time: UInt64) {
      records.append("\(at)+\(length)@\(time)")
    }
    mutating func lost(_ count: UInt64?, _ time: UInt64) {
      records.append("lost \(count.map(String.init) ?? "?")@\(time)")
    }
    mutating func damaged(at: Int) { damage.append(at) }
  }

  private func walk(_ bytes: [UInt8], _ order: ByteOrder, long: Int = 8) -> Seen {
    var seen = Seen()
    // A raw view of bytes that outlive the call.
    unsafe PageWalk(order: order, commitSize: long).walk(bytes.span.bytes, &seen)
    return seen
  }

  @Test(arguments: [false, true])
  func kinds(isBig: Bool) {
    let order = ByteOrder(isBig: isBig)
    var page = Page(order: order)
    page.head(2, 10)
    page.u64(0)
    page.head(30, 5)
    page.u32(1)  // time extend
    page.head(0, 1)
    page.u32(4 + 10)  // a long record of 10 bytes, 12 with its padding
    page.u64(0)
    page.u32(0)
    page.head(29, 7)
    page.u32(8)  // a discarded record
    page.u32(0)
    page.head(31, 3)
    page.u32(2)  // an absolute time; the top five bits stay
    page.head(3, 2)
    page.u64(0)
    page.u32(0)
    let end = page.bytes.count
    page.head(29, 0)  // nothing more
    page.u64(.max)
    let top: UInt64 = 0xf8 << 56
    let seen = walk(page.page(time: top | 1000, commit: end + 12, long: 8), order)
    let first = top | 1010
    let extended = first + (1 << 27) + 5
    let absolute = top | (2 << 27) + 3
    #expect(seen.records == ["20+8@\(first)", "44+10@\(extended + 1)", "80+12@\(absolute + 2)"])
    #expect(seen.damage.isEmpty)
  }

  @Test(arguments: [false, true], [4, 8])
  func lostEvents(isBig: Bool, long: Int) {
    let order = ByteOrder(isBig: isBig)
    var page = Page(order: order)
    page.head(2, 1)
    page.u64(0)
    let commit = page.bytes.count
    if long == 8 { page.u64(77) } else { page.u32(77) }
    let known = walk(
      page.page(time: 5, commit: commit, long: UInt64(long), flags: 3 << 30), order, long: long)
    #expect(known.records == ["lost 77@5", "\(12 + long)+8@6"])
    let unknown = walk(
      page.page(time: 5, commit: commit, long: UInt64(long), flags: 1 << 31), order, long: long)
    #expect(unknown.records.first == "lost ?@5")
  }

  @Test func lies() {
    let order = ByteOrder(isBig: false)
    var page = Page(order: order)
    page.head(2, 1)
    page.u64(0)
    // A commit beyond the page: what is there is read.
    #expect(walk(page.page(time: 0, commit: 1 << 20, long: 8, size: 28), order).records == ["20+8@1"])
    #expect(walk(page.page(time: 0, commit: 1 << 20, long: 8, size: 28), order).damage == [8])
    // Records that run past the commit, too short, or with a length that cannot be.
    for (kind, word) in [(28, 0), (1, 0), (0, 3), (0, 1 << 31), (29, 3), (29, .max)] as [(UInt32, UInt32)] {
      var lie = page
      lie.head(kind, 1)
      lie.u32(word)
      let seen = walk(lie.page(time: 0, commit: lie.bytes.count, long: 8), order)
      #expect(seen.records == ["20+8@1"] && seen.damage == [28], "\(kind) \(word)")
    }
    #expect(walk([1, 2, 3], order).damage == [0])
  }
}
