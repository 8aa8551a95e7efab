import Bytes
import Glibc
import SystemPackage

/// Which files to scan: as named, folders recursively, lists of names.
public struct FileWalk: Sendable {
  /// Globs on the file's name (not its path); empty: all.
  public var include: [String]
  /// The same for files and folders that are not wanted.
  public var exclude: [String]
  /// Size of the regular files found, in bytes.
  public private(set) var bytes = 0
  /// Without sizes a folder tells which of its entries are files: none is asked for one by one.
  private let measures: Bool
  /// Named paths that could not be read or have no file to read, and folders that could not be read, with the reason.
  public private(set) var errors: [(path: String, reason: String)] = []
  /// Entries of folders that are no files (pipes, sockets, devices), and links to folders: not read.
  public private(set) var strange = 0
  public private(set) var foreignFolders = 0
  /// Files of folders that the globs left out.
  private var leftOut = 0

  /// `measures`: whether `bytes` is wanted.
  public init(include: [String] = [], exclude: [String] = [], measures: Bool = true) {
    self.measures = measures
    self.include = include
    self.exclude = exclude
  }

  /// The files of `paths` in order; a folder's by name.
  public mutating func files(_ paths: [String]) -> [String] {
    var found: [String] = []
    for path in paths {
      let (files, faults, others) = (found.count, errors.count, leftOut)
      walk(path, name: nil, depth: 0, &found)
      guard found.count == files, errors.count == faults else { continue }
      let unwanted = leftOut - others
      errors.append(
        (
          path,
          unwanted > 0 ? "the globs leave none of its \(unwanted) files to read" : "no file to read in here"
        ))
    }
    return found
  }

  /// Names from a list, separated by NUL if there is one, else by newlines (those of Windows too).
  public static func list(_ bytes: [UInt8]) -> [String] {
    guard !bytes.contains(0) else {
      return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
    return bytes.split(separator: 10).map { $0.last == 13 ? $0.dropLast() : $0 }.filter { !$0.isEmpty }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// `name`: that of a folder's entry; nil for a path that was named, which no glob turns away.
  private mutating func walk(_ path: String, name: String?, depth: Int, _ found: inout [String]) {
    var info = stat()
    // Links are followed, but not those inside a folder that lead to a folder, so that none leads in circles.
    var entry = stat()
    if name != nil, unsafe lstat(path, &entry) == 0, entry.st_mode & S_IFMT == S_IFLNK,
      unsafe stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR
    {
      if !isExcluded(name) { foreignFolders += 1 }
      return
    }
    // What is gone by now, or leads nowhere, is for the one who opens it to report.
    guard path != "-", unsafe stat(path, &info) == 0 else {
      if isWanted(name) { found.append(path) }
      return
    }
    if info.st_mode & S_IFMT == S_IFDIR {
      guard !isExcluded(name) else { return }
      guard depth < 64 else { return errors.append((path, "folders in folders, more than 64 deep")) }
      let prefix = path.utf8.last == UInt8(ascii: "/") ? path : path + "/"
      for (name, isFile) in entries(path) {
        if isFile, !measures {
          if isWanted(name) { found.append(prefix + name) }
        } else {
          walk(prefix + name, name: name, depth: depth + 1, &found)
        }
      }
    } else if name == nil || isWanted(name) {
      let isFile = info.st_mode & S_IFMT == S_IFREG
      guard name == nil || isFile else { return strange += 1 }
      if isFile { bytes += Int(info.st_size) }
      found.append(path)
    }
  }

  private mutating func isWanted(_ name: String?) -> Bool {
    guard let name else { return true }
    let isWanted = (include.isEmpty || include.contains { Glob.matches($0, name) }) && !isExcluded(name)
    if !isWanted { leftOut += 1 }
    return isWanted
  }

  private func isExcluded(_ name: String?) -> Bool {
    guard let name else { return false }
    return exclude.contains { Glob.matches($0, name) }
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
