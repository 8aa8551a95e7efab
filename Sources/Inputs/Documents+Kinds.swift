// Files that hold one machine's inputs, told before they are read: for scans.
import Bytes
import Glibc
import SystemPackage

extension Documents {
  /// Whether a file is an archive, by its beginning; a compressed tar is one, too.
  package static func isArchive(_ path: String) -> Bool {
    guard isRegular(path) else { return false }
    return first(path)?.isFound == true
  }

  /// Whether a plain file is one machine's by what it is: a bug report, or what `report --bundle` wrote.
  static func holdsOneMachine(_ file: FileDescriptor, _ path: String) throws -> Bool {
    var magic = [UInt8](repeating: 0, count: 4)
    // The array's own storage.
    guard
      try unsafe magic.withUnsafeMutableBytes({ try unsafe file.read(fromAbsoluteOffset: 0, into: $0) }) == 4
    else { return false }
    switch magic {
    case [0x50, 0x4b, 3, 4]: return try isBugReport(file)
    case [0x28, 0xb5, 0x2f, 0xfd]: return isBundle(path)
    default: return false
    }
  }

  /// Whether a file is what `report --bundle` wrote.
  package static func isBundle(_ path: String) -> Bool {
    guard let first = first(path) else { return false }
    return !first.isFound && first.name.contains(":\(BundleLayout.folder)/")
  }

  /// The first document of a file.
  private static func first(_ path: String) -> Document.Name? {
    var name: Document.Name?
    let documents = Documents { document in
      name = name ?? document.named
      // One tells.
      throw Stopped()
    } failed: { _, _, _ in
    }
    try? documents.visit(path)
    return name
  }

  /// A pipe can be opened only once: whoever writes to it would find nobody there any more.
  private static func isRegular(_ path: String) -> Bool {
    var info = stat()
    // stat fills the struct it is given and nothing else.
    guard path != "-", unsafe stat(path, &info) == 0 else { return false }
    return info.st_mode & S_IFMT == S_IFREG
  }

  /// Android puts `main_entry.txt` into a bug report's zip, and names stand at a zip's end too.
  private static func isBugReport(_ file: FileDescriptor) throws -> Bool {
    guard let length = file.regularLength, length > 22 else { return false }
    var bytes = [UInt8](repeating: 0, count: min(length, 1 << 20))
    let start = Int64(length - bytes.count)
    // The array's own storage.
    let count = try unsafe bytes.withUnsafeMutableBytes {
      try unsafe file.read(fromAbsoluteOffset: start, into: $0)
    }
    return bytes.span.index(of: "main_entry.txt", to: count) != nil
  }
}
