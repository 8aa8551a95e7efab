// Most logs hold nothing of interest. A few byte searches over the whole text tell so, at the speed of memory; only
// what they hit is parsed.
import Bytes
import Records

/// What the byte searches found in a log.
struct Prefilter {
  /// A late-probe warning, a client that gave up, a registration that failed, a hang: the engine must look.
  var needsAnalysis = false
  /// A WARNING, oops or panic of any kind.
  var hasTrouble = false
  /// How often a kernel says hello.
  var boots = 0
  var reachedUserSpace = false
  var kernel: String?
  var hardware: String?

  init(_ text: Span<UInt8>) {
    let engine: [StaticString] = [
      "IOMMU probe", "ignoring dependency", "register iommu", "iommu_probe_device", "_group'",
      "_dma_configure+",
      " FAULT occurred",
    ]
    needsAnalysis = engine.contains { text.index(of: $0) != nil }
    let trouble: [StaticString] = [
      "WARNING: ", "nable to handle kernel", "BUG: ", "ernel panic", "kernel BUG at",
    ]
    hasTrouble = trouble.contains { text.index(of: $0) != nil }
    hellos(text)
    let signs: [StaticString] = ["Freeing unused kernel", "Run /", "systemd[1]", "] init: ", " login: "]
    reachedUserSpace = signs.contains { text.index(of: $0) != nil }
    hardware = (field(text, "Hardware name: ") ?? field(text, "Machine model: "))
  }

  private mutating func hellos(_ text: Span<UInt8>) {
    var from = 0
    while let hit = text.index(of: "Linux version ", from: from) {
      from = hit + 14
      boots += 1
      guard kernel == nil else { continue }
      var end = from
      while end < text.count, text[end] > 32, end - from < 100 { end += 1 }
      kernel = text.string(from..<end)
    }
  }

  private func field(_ text: Span<UInt8>, _ key: StaticString) -> String? {
    guard let hit = text.index(of: key) else { return nil }
    let start = hit + key.utf8CodeUnitCount
    let end = text.index(of: 10, from: start, to: min(text.count, start + 200)) ?? start
    return end > start ? text.string(text.trimmed(start..<end)) : nil
  }
}
