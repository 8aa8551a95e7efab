// Names that some line tells by its form, to find them where no form tells them.

struct LearntNames: Sendable {
  private var kinds: [[UInt8]: ScrubKind] = [:]
  /// LVM's names double a hyphen: `my--host--vg-root`.
  private var doubled: [[UInt8]: [UInt8]] = [:]
  /// Of hosts that were told with theirs: its other hosts are told by it.
  private var domains: Set<[UInt8]> = []
  private var longest = 0
  private var firstBytes: Set<UInt8> = []

  private static let most = 1024
  /// Shorter ones are words of everything, and parts of even more.
  private static let shortest = 3
  private static let shortestPart = 4
  private static let longestName = 255
  /// HOST_NAME_MAX.
  private static let longestPart = 64

  /// Longer ones first.
  var all: [(name: [UInt8], kind: ScrubKind)] {
    kinds.map { (name: $0.key, kind: $0.value) }.sorted {
      ($1.name.count, String(decoding: $0.name, as: UTF8.self))
        < ($0.name.count, String(decoding: $1.name, as: UTF8.self))
    }
  }

  mutating func add(_ text: ArraySlice<UInt8>, _ kind: ScrubKind) {
    let name = Array(text)
    guard (Self.shortest...Self.longestName).contains(name.count), kinds.count < Self.most,
      let first = name.first
    else { return }
    switch kind {
    // Users are called Will and Mark: what is a word stays, but where its form tells it.
    case .user: guard name.contains(where: { !$0.isLetter }), !LoginPlaces.isCommon(text) else { return }
    default: guard !HostPlaces.isCommon(text) else { return }
    }
    kinds[name] = kinds[name] ?? kind
    if kind == .host, let domain = Self.domain(name[...]) { domains.insert(domain) }
    firstBytes.insert(first)
    let hyphen = UInt8(ascii: "-")
    let other = name.flatMap { $0 == hyphen ? [hyphen, hyphen] : [$0] }
    if other != name { doubled[other] = name }
    longest = max(longest, other.count)
  }

  /// How it is written elsewhere.
  func canonical(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    doubled.isEmpty ? nil : doubled[Array(text)].map { $0[...] }
  }

  /// A name that begins here: alone, with the domain behind it, or as a part of a longer one, `HOST--vg-root`.
  func place(_ line: ArraySlice<UInt8>, _ at: Int) -> Address? {
    guard firstBytes.contains(line[at]) || !domains.isEmpty else { return nil }
    var end = at
    while end < line.endIndex, end - at <= 2 * Self.longestName,
      line[end].isHost || line[end] == UInt8(ascii: "_")
    {
      end += 1
    }
    while end > at, !line[end - 1].isWord { end -= 1 }
    let isAlone = at == line.startIndex || !line[at - 1].isHost
    if isAlone, let kind = kind(line[at..<end]) { return Address(kind: kind, range: at..<end) }
    if isAlone, let dot = line[at..<end].firstIndex(of: UInt8(ascii: ".")), kind(line[at..<dot]) == .host {
      return Address(kind: .host, range: at..<end)
    }
    if isAlone, let domain = Self.domain(line[at..<end]), domains.contains(domain) {
      return Address(kind: .host, range: at..<end)
    }
    var stop = min(end, at + min(longest, Self.longestPart))
    while stop - at >= Self.shortestPart {
      if stop == end || !line[stop].isWord, let kind = kind(line[at..<stop]) {
        return Address(kind: kind, range: at..<stop)
      }
      stop -= 1
    }
    return nil
  }

  /// `example.com` of `host.example.com`. A name with one dot has none: it may be a device's.
  private static func domain(_ name: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = name.split(separator: UInt8(ascii: "."), maxSplits: 1)
    return parts.count == 2 && parts[1].contains(UInt8(ascii: ".")) ? Array(parts[1]) : nil
  }

  private func kind(_ text: ArraySlice<UInt8>) -> ScrubKind? {
    let name = Array(text)
    return kinds[name] ?? doubled[name].flatMap { kinds[$0] }
  }
}
