import Bytes
import Glibc
import SystemPackage

/// What is to be scanned, one after the other and as it is found: paths in the order in which they were named, folders
/// recursively, their entries by name. It holds the folders that it is in, never all files.
public struct FileWalk: Sequence, IteratorProtocol, Sendable {
  public enum Input: Sendable, Equatable {
    case file(String)
    /// A folder that could not be read, or a named path that has no file to read, and why.
    case closed(String, reason: String)

    public var path: String {
      switch self {
      case .file(let path), .closed(let path, _): path
      }
    }
  }

  /// Globs on the file's name (not its path); empty: all.
  public var include: [String]
  /// The same for files and folders that are not wanted.
  public var exclude: [String]
  /// A file of a folder that is not to be read, for the results go there.
  public var target: FileIdentity?
  /// Whether `bytes` is wanted. Without sizes a folder tells which of its entries are files: none is asked for one by one.
  public var measures = false
  /// Size of the regular files found, in bytes.
  public private(set) var bytes = 0
  /// Entries of folders that are no files (pipes, sockets, devices), and links to folders: not read.
  public private(set) var strange = 0
  public private(set) var foreignFolders = 0

  /// What was named, the last first.
  private var named: [Input]
  /// The folders that the walk is in.
  private var folders: [Folder] = []
  /// The named path that it is in, until it has given something.
  private var silent: String?
  /// Files of that path which the globs left out.
  private var leftOut = 0

  private struct Folder {
    /// The path with a slash at its end.
    let prefix: String
    /// Those that are still to be visited, the next one last.
    var entries: [Entry]
  }

  private typealias Entry = (name: String, inode: UInt64, isFile: Bool)

  /// `paths` that name nothing are for the one who opens them to report.
  public init(_ paths: [String] = [], include: [String] = [], exclude: [String] = []) {
    named = paths.reversed().map { .file($0) }
    self.include = include
    self.exclude = exclude
  }

  /// Also what a list names; `name` is that of the list. Whoever made an empty one may have failed.
  public mutating func add(_ paths: [String], from name: String) {
    named =
      (paths.isEmpty ? [.closed(name, reason: "the list names no file")] : paths.reversed().map { .file($0) })
      + named
  }

  public mutating func next() -> Input? {
    while true {
      if let last = folders.indices.last {
        guard let entry = folders[last].entries.popLast() else {
          folders.removeLast()
          continue
        }
        guard let input = visit(entry, in: folders[last].prefix) else { continue }
        silent = nil
        return input
      }
      if let path = silent {
        silent = nil
        let reason =
          leftOut > 0 ? "the globs leave none of its \(leftOut) files to read" : "no file to read in here"
        return .closed(path, reason: reason)
      }
      switch named.popLast() {
      case .file(let path)?:
        if let input = visit(path) { return input }
        silent = path
        leftOut = 0
      case let other: return other
      }
    }
  }

  /// Names from a list, separated by NUL if there is one, else by newlines (those of Windows too).
  public static func list(_ bytes: [UInt8]) -> [String] {
    guard !bytes.contains(0) else {
      return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
    return bytes.split(separator: 10).map { $0.last == 13 ? $0.dropLast() : $0 }.filter { !$0.isEmpty }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// A path that was named: no glob turns it away. Nil for a folder, which is entered.
  private mutating func visit(_ path: String) -> Input? {
    var info = stat()
    // stat fills the struct it is given and nothing else.
    guard path != "-", unsafe stat(path, &info) == 0 else { return .file(path) }
    if info.st_mode & S_IFMT == S_IFDIR { return enter(path) }
    if info.st_mode & S_IFMT == S_IFREG { bytes += Int(info.st_size) }
    return .file(path)
  }

  /// Nil for a folder, which is entered, and for what is not wanted.
  private mutating func visit(_ entry: Entry, in prefix: String) -> Input? {
    let path = prefix + entry.name
    if entry.inode == target?.inode, target == FileIdentity(path) { return nil }
    if entry.isFile, !measures { return isWanted(entry.name) ? .file(path) : nil }
    var own = stat()
    var info = stat()
    // What is gone by now, or leads nowhere, is for the one who opens it to report. lstat and stat fill what they are given.
    guard unsafe lstat(path, &own) == 0, unsafe stat(path, &info) == 0 else {
      return isWanted(entry.name) ? .file(path) : nil
    }
    switch info.st_mode & S_IFMT {
    case S_IFDIR:
      guard !isExcluded(entry.name) else { return nil }
      // Links are followed, but not those inside a folder that lead to a folder, so that none leads in circles.
      guard own.st_mode & S_IFMT != S_IFLNK else {
        foreignFolders += 1
        return nil
      }
      return enter(path)
    case S_IFREG:
      guard isWanted(entry.name) else { return nil }
      bytes += Int(info.st_size)
      return .file(path)
    default:
      if isWanted(entry.name) { strange += 1 }
      return nil
    }
  }

  private mutating func isWanted(_ name: String) -> Bool {
    let isWanted = (include.isEmpty || include.contains { Glob.matches($0, name) }) && !isExcluded(name)
    if !isWanted { leftOut += 1 }
    return isWanted
  }

  private func isExcluded(_ name: String) -> Bool {
    exclude.contains { Glob.matches($0, name) }
  }

  private mutating func enter(_ path: String) -> Input? {
    guard folders.count < 64 else { return .closed(path, reason: "folders in folders, more than 64 deep") }
    // The folder's handle lives in this function; names are copied out of readdir's buffer.
    guard let folder = unsafe opendir(path) else {
      return .closed(path, reason: String(describing: Errno(rawValue: errno)))
    }
    defer { unsafe closedir(folder) }
    var entries: [Entry] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      // A file system that does not tell says DT_UNKNOWN.
      let isFile = unsafe entry.pointee.d_type == UInt8(DT_REG)
      if name != ".", name != ".." { entries.append(unsafe (name, UInt64(entry.pointee.d_ino), isFile)) }
    }
    entries.sort { $0.name > $1.name }
    folders.append(Folder(prefix: path.utf8.last == UInt8(ascii: "/") ? path : path + "/", entries: entries))
    return nil
  }
}
