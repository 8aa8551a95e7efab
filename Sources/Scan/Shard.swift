/// One part of many, of a scan that several machines do: by the name of an input, so that a new log leaves the others where
/// they are.
package struct Shard: Sendable, Equatable {
  /// From 1.
  package let number: Int
  /// How many there are.
  package let count: Int

  /// `2/8`; nil if it is none of them.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], count > 0,
      (1...count).contains(number)
    else { return nil }
    (self.number, self.count) = (number, count)
  }

  /// Whether what is called so is this one's: FNV-1a with 64 bits over the parts of the path, the same on all machines.
  func has(_ path: String) -> Bool {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in path.split(separator: "/") where part != "." {
      for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
      hash = (hash ^ UInt64(UInt8(ascii: "/"))) &* 0x0000_0100_0000_01b3
    }
    // The low bits of FNV mix little.
    return Int((hash ^ hash >> 32) % UInt64(count)) == number - 1
  }
}

extension FileWalk {
  /// What an input is told by, on all machines that share a scan: where the named folder lies is for each of them alone, and of a
  /// single one what it is called. Nil of what could not be opened: it has no such name, and is for all.
  func shardName(of input: Input) -> String? {
    switch input {
    case .closed: return nil
    case .file(let path, let origin), .group(let path, _, let origin):
      guard let folder = origin.folder else { return path }
      let below = String(Substring(path.utf8.dropFirst(origin.base)))
      let name = namedFolders[folder].split(separator: "/").last ?? ""
      return namesOne ? below : "\(name)/\(below)"
    }
  }
}
