import Bytes
import Glibc
import SystemPackage

/// Which files to scan: as named, folders recursively, lists of names.
public struct FileWalk: Sendable {
  /// Globs on the file's name (not its path); empty: all.
  public var include: [String]
  public var exclude: [String]
  /// Size of the regular files found, in bytes.
  public private(set) var bytes = 0
  /// Without sizes a folder tells which of its entries are files: none is asked for one by one.
  private let measures: Bool
  /// Files of folders that the globs left out.
  public private(set) var leftOut = 0
  /// Folders that could not be read, with the reason.
  public private(set) var errors: [(path: String, reason: String)] = []

  /// `measures`: whether `bytes` is wanted.
  public init(include: [String] = [], exclude: [String] = [], measures: Bool = true) {
    self.measures = measures
    self.include = include
    self.exclude = exclude
  }

  /// The files of `paths` in order; a folder's by name.
  public mutating func files(_ paths: [String]) -> [String] {
    var found: [String] = []
    for path in paths { walk(path, name: nil, depth: 0, &found) }
    return found
  }

  /// Names from a list, separated by NUL if there is one, else by newlines.
  public static func list(_ bytes: [UInt8]) -> [String] {
    let separator: UInt8 = bytes.contains(0) ? 0 : 10
    return bytes.split(separator: separator).map { String(decoding: $0, as: UTF8.self) }
  }

  /// `name`: that of a folder's entry; nil for a path that was named, which no glob turns away.
  private mutating func walk(_ path: String, name: String?, depth: Int, _ found: inout [String]) {
    var info = stat()
    // Links are followed, but not those inside a folder that lead to a folder, so that none leads in circles.
    var entry = stat()
    if name != nil, unsafe lstat(path, &entry) == 0, entry.st_mode & S_IFMT == S_IFLNK,
      unsafe stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR
    {
      return
    }
    // What is gone by now, or leads nowhere, is for the one who opens it to report.
    guard path != "-", unsafe stat(path, &info) == 0 else {
      if isWanted(name) { found.append(path) }
      return
    }
    if info.st_mode & S_IFMT == S_IFDIR {
      guard depth < 64 else { return errors.append((path, "folders in folders, more than 64 deep")) }
      let prefix = path.utf8.last == UInt8(ascii: "/") ? path : path + "/"
      for (name, isFile) in entries(path) {
        if isFile, !measures {
          if isWanted(name) { found.append(prefix + name) }
        } else {
          walk(prefix + name, name: name, depth: depth + 1, &found)
        }
      }
    } else if name == nil || info.st_mode & S_IFMT == S_IFREG && isWanted(name) {
      if info.st_mode & S_IFMT == S_IFREG { bytes += Int(info.st_size) }
      found.append(path)
    }
  }

  private mutating func isWanted(_ name: String?) -> Bool {
    guard let name else { return true }
    let isWanted =
      (include.isEmpty || include.contains { Glob.matches($0, name) })
      && !exclude.contains { Glob.matches($0, name) }
    if !isWanted { leftOut += 1 }
    return isWanted
  }

  private mutating func entries(_ path: String) -> [(name: String, isFile: Bool)] {
    // The folder's handle lives in this function; names are copied out of readdir's buffer.
    guard let folder = unsafe opendir(path) else {
      errors.append((path, String(describing: Errno(rawValue: errno))))
      return []
    }
    defer { unsafe closedir(folder) }
    var found: [(name: String, isFile: Bool)] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      // A file system that does not tell says DT_UNKNOWN.
      let isFile = unsafe entry.pointee.d_type == UInt8(DT_REG)
      if name != ".", name != ".." { found.append((name, isFile)) }
    }
    return found.sorted { $0.name < $1.name }
  }
}
