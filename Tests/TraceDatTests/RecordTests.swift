import Bytes
import Testing

@testable import TraceDat

/// Records that no recording here has: made by hand, in the frame of one that has their formats.
@Suite struct RecordTests {
  private typealias Page = PageWalkTests.Page
  private let little = ByteOrder(isBig: false)
  private let path = "\(Data.root)/sample-traces/dat/kprobe-v6.dat"

  /// The first record of CPU 1 (a bind by thread 156), and the file with that page replaced by it and `records`.
  private func story(_ records: (_ bind: [UInt8]) -> [[UInt8]]) throws -> Story {
    var bytes = Data.bytes(path)
    let page = try firstPage()
    let bind = Array(bytes[page + 20..<page + 20 + Int(bytes[page + 16] & 31) * 4])
    var made = Page(order: little)
    for record in [bind] + records(bind) {
      made.head(0, 1)
      made.u32(UInt32(record.count + 4))
      made.bytes += record + [UInt8](repeating: 0, count: (4 - record.count % 4) % 4)
    }
    bytes.replaceSubrange(page..<page + 4096, with: made.page(time: 1000, commit: made.bytes.count, long: 8))
    let whole = try Data.withFile(bytes) { try Story.dat($0) }
    var first = whole
    first.events = whole.events.filter { $0.time < 2000 }
    return first
  }

  private func firstPage() throws -> Int {
    var file = try TraceDatFile(path: path, input: 0)
    var names = NameTable()
    var place: Int?
    file.read(names: &names) { event, _ in
      if event.cpu == 1 { place = place ?? Int(event.place.offset) }
      return true
    }
    return try #require(place) / 4096 * 4096
  }

  /// A record of event `id` by thread 156: the common fields, then `body`.
  private func record(_ id: UInt32, pid: UInt32 = 156, _ body: (inout Page) -> Void) -> [UInt8] {
    var page = Page(order: little)
    page.u32(id)
    page.u32(pid)
    body(&page)
    return page.bytes
  }

  @Test func messages() throws {
    let text = "pci 0000:00:10.5: late IOMMU probe at driver bind, something fishy here!"
    func console(_ text: String) -> [UInt8] {
      record(291) {
        $0.u32(UInt32(text.utf8.count + 1) << 16 | 12)
        $0.bytes += Array(text.utf8) + [0]
      }
    }
    let same = try Data.withFile(
      Array("            init-156     [001] d....    18.524545: console: \(text)\n".utf8)
    ) { try Story.text($0) }
    let story = try story { _ in [console(text), console("  \(text)\nand more"), console("")] }
    #expect(story.events.dropFirst().prefix(2).map(\.what) == [same.events[0].what, same.events[0].what])
  }

  @Test func tracingOff() throws {
    func printed(_ text: String) -> [UInt8] {
      record(5) {
        $0.u64(0xffff_ab67_4c40_7308)
        $0.bytes += Array(text.utf8) + [0]
      }
    }
    let story = try story { _ in [printed("a user's words"), printed("Disabling tracing due to warning\n")] }
    #expect(story.events.count == 1)
    #expect(story.losses.map(\.kind) == [.tracingStopped])
  }

  /// Probes of a recording whose report has only addresses: who, where and what is compared with its lines.
  @Test(
    .enabled(if: Data.hasCaptures, Data.noCaptures),
    arguments: ["v6-kprobe", "v7-zstd-kprobe", "v7-zstd-fprobe"])
  func probes(_ name: String) throws {
    let path = "\(Data.captures)/tracecmd-6.17.13/\(name)"
    let story = try Story.dat(path + ".dat")
    let lines = String(decoding: Data.bytes(path + ".report.txt"), as: UTF8.self).split(separator: "\n")
      .filter {
        $0.contains(": ") && ["rp:", "rp_ret:", "odc:", "odc_ret:"].contains($0.split(separator: " ")[4])
      }
    #expect(story.events.count == 52 && lines.count == 52)
    for (event, line) in zip(story.events, lines) {
      let words = line.split(separator: " ")
      let roles = ["rp:": "enter reallyProbe", "odc:": "enter firmwareDMAConfigure"]
      let returns = ["rp_ret:": "leave reallyProbe", "odc_ret:": "leave firmwareDMAConfigure"]
      #expect(event.what == roles[String(words[4])] ?? returns[String(words[4])])
      #expect("\(event.comm)-\(event.tid)" == words[0])
      if let result = event.result { #expect(line.hasSuffix(" ret=\(result)")) }
      if !event.device.isEmpty { #expect(line.contains("dev=\"\(event.device.split(separator: "/")[0])\"")) }
    }
  }
}
