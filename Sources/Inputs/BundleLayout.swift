// How a file of `report --bundle` is laid out: what of it is input, and what is ours.
import Bytes

/// Names of a bundle's members.
package enum BundleLayout {
  /// All of them are in here.
  package static let folder = "proberace-bundle"
  /// The first member; it begins with `schema` and says to people what is in the file.
  package static let readMe = "\(folder)/README.txt"
  /// How its first member begins.
  package static let schema = "proberace/bundle@1\n"
  /// What was named on the command line, and what was found in an archive that was.
  package static let named = "\(folder)/inputs"
  /// What was found in an archive.
  package static let found = "\(folder)/found"
  /// What was made of it: no input.
  package static let report = "\(folder)/report"
}

/// The members of an archive one after the other, told from those of a bundle.
struct BundleMembers {
  private var isFirst = true
  private var isBundle = false

  struct Member {
    /// It counts as if it had been named on the command line.
    var isNamed: Bool
    var stream: any ByteStream
  }

  /// Nil for what is ours, and no input.
  mutating func take(_ name: String, _ stream: any ByteStream) throws -> Member? {
    if isFirst {
      isFirst = false
      guard name == BundleLayout.readMe else { return Member(isNamed: false, stream: stream) }
      let head = try Self.head(stream, BundleLayout.schema.utf8.count)
      isBundle = head.elementsEqual(BundleLayout.schema.utf8)
      return isBundle ? nil : Member(isNamed: false, stream: JoinedStream(head, stream))
    }
    guard isBundle else { return Member(isNamed: false, stream: stream) }
    if name.hasPrefix(BundleLayout.report + "/") { return nil }
    return Member(isNamed: name.hasPrefix(BundleLayout.named + "/"), stream: stream)
  }

  private static func head(_ stream: any ByteStream, _ length: Int) throws -> [UInt8] {
    var head = [UInt8](repeating: 0, count: length)
    var filled = 0
    while filled < length {
      let from = filled
      // The rest of the array's own storage.
      let count = try unsafe head.withUnsafeMutableBytes {
        try unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[from...]))
      }
      guard count > 0 else { break }
      filled += count
    }
    return Array(head[..<filled])
  }
}
