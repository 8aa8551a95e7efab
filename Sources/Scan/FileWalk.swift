import Bytes
import Glibc
import Inputs
import SystemPackage

/// What is to be scanned, one after the other and as it is found: paths in the order in which they were named, folders
/// recursively, their entries by name. It holds the folders that it is in, never all files.
package struct FileWalk: Sequence, IteratorProtocol, Sendable {
  /// Globs on the file's name (not its path); empty: all.
  package var include: [String]
  /// The same for files and folders that are not wanted.
  package var exclude: [String]
  /// Files of folders that are no logs of them: where the results go, and lists that were named.
  package var notInputs: [FileIdentity] = []
  /// The files of a folder are the inputs of one machine; so are named files that follow each other and are of one folder.
  package var groupsFolders = false
  /// The folders that were named, in their order: `Input.file` tells them by their number.
  package private(set) var namedFolders: [String] = []
  /// Asked at every step: the walk ends early then.
  package var isStopped: @Sendable () -> Bool = { false }
  /// Whether `bytes` is wanted. Without sizes a folder tells which of its entries are files: none is asked for one by one.
  package var measures = false
  /// Size of the regular files found, in bytes.
  package private(set) var bytes = 0
  /// Entries of folders that are no files (pipes, sockets, devices), and links to folders: not read.
  package private(set) var specialFiles = 0
  /// Links to folders, found in a folder: not followed, so that none leads in circles.
  package private(set) var foreignFolders = 0

  /// Only these of all inputs; nil for all.
  package var shard: Shard?
  /// One path was named, and no list.
  private(set) var namesOne: Bool
  /// Inputs that are for other shards.
  package private(set) var ofOtherShards = 0

  /// What was named, the last first.
  private var named: [Input]
  var upcomingInput: Input?
  /// Lists that are to be read, after what was named.
  private var lists: [InputList] = []
  private var list: OpenList?
  /// The folders that the walk is in.
  var folders: [Folder] = []
  /// The named path that it is in, until it has given something.
  var silent: String?
  /// What a manifest says of the named folder that it is in.
  private var entered: ManifestEntry?
  /// The globs have left out something of that path.
  private var hasLeftOut = false

  struct Folder {
    /// The path with a slash at its end.
    let prefix: String
    /// Those that are still to be visited, the next one last.
    var entries: [Entry]
  }

  struct Entry {
    enum Kind { case file, folder, other }
    let name: String
    let inode: UInt64
    /// As the folder tells it.
    let kind: Kind
  }

  /// `paths` that name nothing are for the one who opens them to report.
  package init(_ paths: [String] = [], include: [String] = [], exclude: [String] = []) {
    named = paths.reversed().map { .file($0) }
    namesOne = paths.count == 1
    self.include = include
    self.exclude = exclude
  }

  /// Also what a list names, after what else was named. It is opened when its turn comes.
  package mutating func add(_ list: InputList) {
    lists.append(list)
    namesOne = false
  }

  /// A copy tells beforehand how much there is: no list is a pipe, which is read once.
  package var isCountable: Bool { list == nil && lists.allSatisfy(\.isRegular) }

  /// Nil at the end, and once `isStopped` says so.
  package mutating func next() -> Input? { next(waits: true) }

  /// The same; nil too where a list has nothing more yet, unless it `waits` for that.
  mutating func next(waits: Bool) -> Input? {
    while waits || !mayWait, let input = nextOfAll() {
      guard let shard, let name = shardName(of: input), !shard.has(name) else { return input }
      ofOtherShards += 1
    }
    return nil
  }

  private mutating func nextOfAll() -> Input? {
    while !isStopped() {
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
        return .closed(
          path, reason: hasLeftOut ? "the globs leave nothing in here to read" : "no file to read in here")
      }
      let next = upcoming()
      upcomingInput = nil
      switch next {
      case .file(let path, let origin)?:
        if let input = visit(path, origin) { return groupsFolders ? grouped(input) : input }
        silent = path
        hasLeftOut = false
      case let other: return other
      }
    }
    return nil
  }

  /// What comes next is told by a list that has nothing in hand.
  private var mayWait: Bool {
    guard folders.isEmpty, silent == nil, upcomingInput == nil, named.isEmpty else { return false }
    return list?.mayWait ?? lists.first?.mayWait ?? false
  }

  /// What is named next, without taking it.
  mutating func upcoming() -> Input? {
    if upcomingInput == nil { upcomingInput = named.popLast() ?? nextOfLists() }
    return upcomingInput
  }

  private mutating func nextOfLists() -> Input? {
    while true {
      if let open = list {
        switch open.next(isStopped: isStopped) {
        case .entry(let entry)?:
          var origin = Input.Origin()
          if entry.id != nil || entry.labels != nil { origin.entry = entry }
          return .file(entry.path, origin)
        case .fault(let place, let reason)?: return .closed(place, reason: reason)
        case nil: if isStopped() { return nil }
        }
        list = nil
        let done = lists.removeFirst()
        if open.isEmpty { return .closed(done.title, reason: "the list names no file") }
      }
      guard let next = lists.first else { return nil }
      do {
        list = try OpenList(next)
      } catch {
        lists.removeFirst()
        return .closed(next.title, reason: InputError.explain(error))
      }
    }
  }

  /// A path that was named: no glob turns it away. Nil for a folder, which is entered.
  mutating func visit(_ path: String, _ origin: Input.Origin = Input.Origin()) -> Input? {
    var info = stat()
    // stat fills the struct it is given and nothing else.
    guard path != "-", unsafe stat(path, &info) == 0 else { return .file(path, origin) }
    if info.st_mode & S_IFMT == S_IFDIR {
      namedFolders.append(path)
      entered = origin.entry
      return enter(path)
    }
    if info.st_mode & S_IFMT == S_IFREG { bytes += Int(info.st_size) }
    return .file(path, origin)
  }

  /// Of what is found in the named folder that the walk is in.
  var origin: Input.Origin {
    var origin = Input.Origin()
    guard !folders.isEmpty, let last = namedFolders.indices.last else { return origin }
    origin.folder = last
    origin.base = folders[0].prefix.utf8.count
    origin.entry = entered
    return origin
  }

  /// Nil for a folder, which is entered, and for what is not wanted.
  mutating func visit(_ entry: Entry, in prefix: String) -> Input? {
    let path = prefix + entry.name
    if notInputs.contains(where: { $0.inode == entry.inode && $0 == FileIdentity(path) }) { return nil }
    switch entry.kind {
    case .file where !measures: return isWanted(entry.name) ? .file(path, origin) : nil
    // Whoever opens it says why it cannot be read: a whole folder must not be lost for a glob on the names of files.
    case .folder: return isExcluded(entry.name) ? nil : enter(path)
    case .file, .other: return examine(path, entry.name)
    }
  }

  /// Of an entry whose folder does not tell enough: links, and what some file systems tell nothing of.
  private mutating func examine(_ path: String, _ name: String) -> Input? {
    var own = stat()
    // lstat and stat fill what they are given.
    guard unsafe lstat(path, &own) == 0 else {
      return isExcluded(name) ? nil : .closed(path, reason: InputError.explain(Errno(rawValue: errno)))
    }
    var info = stat()
    guard unsafe stat(path, &info) == 0 else {
      // What leads nowhere is for the one who opens it to report.
      return isWanted(name) ? .file(path, origin) : nil
    }
    switch info.st_mode & S_IFMT {
    case S_IFDIR:
      guard !isExcluded(name) else { return nil }
      // Links are followed, but not those inside a folder that lead to a folder, so that none leads in circles.
      guard own.st_mode & S_IFMT != S_IFLNK else {
        foreignFolders += 1
        return nil
      }
      return enter(path)
    case S_IFREG:
      guard isWanted(name), !notInputs.contains(where: { $0 == FileIdentity(info) }) else { return nil }
      bytes += Int(info.st_size)
      return .file(path, origin)
    default:
      if isWanted(name) { specialFiles += 1 }
      return nil
    }
  }

  private mutating func isWanted(_ name: String) -> Bool {
    if isExcluded(name) { return false }
    let isWanted = include.isEmpty || include.contains { Glob.matches($0, name) }
    if !isWanted { hasLeftOut = true }
    return isWanted
  }

  mutating func isExcluded(_ name: String) -> Bool {
    let isExcluded = exclude.contains { Glob.matches($0, name) }
    if isExcluded { hasLeftOut = true }
    return isExcluded
  }

  /// Nil, or what is wrong with the folder; what can be read of it is visited all the same.
  private mutating func enter(_ path: String) -> Input? {
    let (folder, reason) = Self.read(path, depth: folders.count)
    if let folder { folders.append(folder) }
    if let reason { return .closed(path, reason: reason) }
    return groupsFolders ? group(path) : nil
  }

  /// Enters a folder of which all can be read; else says what is wrong, and the walk is not in it.
  mutating func open(_ path: String) -> String? {
    let (folder, reason) = Self.read(path, depth: folders.count)
    if let folder, reason == nil { folders.append(folder) }
    return reason
  }

  /// What can be read of a folder, and what is wrong with it.
  private static func read(_ path: String, depth: Int) -> (Folder?, String?) {
    guard depth < 64 else { return (nil, "folders in folders, more than 64 deep") }
    // The folder's handle lives in this function; names are copied out of readdir's buffer.
    guard let folder = unsafe opendir(path) else {
      return (nil, InputError.explain(Errno(rawValue: errno)))
    }
    defer { unsafe closedir(folder) }
    var entries: [Entry] = []
    // Nil is the end, and what a read says that failed.
    errno = 0
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      let kind: Entry.Kind =
        switch unsafe Int(entry.pointee.d_type) {
        case DT_REG: .file
        case DT_DIR: .folder
        // Links too, and a file system that does not tell says DT_UNKNOWN.
        default: .other
        }
      if name != ".", name != ".." {
        entries.append(Entry(name: name, inode: unsafe UInt64(entry.pointee.d_ino), kind: kind))
      }
      errno = 0
    }
    let fault = errno
    // Names that differ in their bytes alone are equal to Swift.
    entries.sort {
      $0.name != $1.name ? $0.name > $1.name : $1.name.utf8.lexicographicallyPrecedes($0.name.utf8)
    }
    return (
      Folder(prefix: path.utf8.last == UInt8(ascii: "/") ? path : path + "/", entries: entries),
      fault == 0 ? nil : "\(InputError.explain(Errno(rawValue: fault))): it may have more files"
    )
  }
}
