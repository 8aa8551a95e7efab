// Where the files of a folder are the inputs of one machine.
import Inputs

extension FileWalk {
  /// With the named files that follow and lie in the same folder.
  mutating func grouped(_ input: Input) -> Input {
    guard case .file(let first, let origin) = input, origin.folder == nil, first != "-" else { return input }
    let folder = Self.machine(of: first)
    var files = [first]
    while case .file(let next, _)? = upcoming(), next != "-", Self.machine(of: next) == folder,
      !Self.isFolder(next),
      case .file(let path, _)? = visit(next)
    {
      upcomingInput = nil
      files.append(path)
    }
    let name = folder.isEmpty ? first.hasPrefix("/") ? "/" : "." : String(folder)
    return files.count == 1 ? input : .group(name, files: files, origin)
  }

  /// The folder that a file lies in, or that holds its `per_cpu/cpuN`.
  private static func machine(of path: String) -> Substring {
    func parent(_ path: Substring) -> Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
    let folder = parent(path[...])
    let above = parent(folder)
    guard isPerCPU(above), let name = folder.split(separator: "/").last, isCPU(name) else { return folder }
    return parent(above)
  }

  private static func isPerCPU(_ folder: Substring) -> Bool { folder.split(separator: "/").last == "per_cpu" }

  private static func isCPU(_ name: Substring) -> Bool {
    name.hasPrefix("cpu") && name.utf8.count > 3 && name.utf8.dropFirst(3).allSatisfy { $0 &- 48 < 10 }
  }

  /// The files of the folder that was entered last, as one; its folders are for later. Nil if it has no file.
  mutating func group(_ path: String) -> Input? {
    guard let last = folders.indices.last else { return nil }
    var files: [String] = []
    gather(last, &files)
    guard !files.isEmpty else { return nil }
    silent = nil
    return .group(path, files: files, origin)
  }

  /// Takes the files of a folder that was entered. Its folders stay in it, but for those of tracefs: `per_cpu/cpuN/trace` are
  /// parts of the trace that lies beside `per_cpu`.
  private mutating func gather(_ number: Int, _ files: inout [String]) {
    let prefix = folders[number].prefix
    var left: [Entry] = []
    for entry in folders[number].entries.reversed() {
      guard entry.kind != .folder else {
        let isPart = entry.name == "per_cpu" || Self.isPerCPU(prefix[...]) && Self.isCPU(entry.name[...])
        let isOpen = isPart && !isExcluded(entry.name) && open(prefix + entry.name) == nil
        guard isOpen else {
          left.append(entry)
          continue
        }
        gather(folders.count - 1, &files)
        // Nothing in it is for later: the walk is not in it any more.
        if folders.last?.entries.isEmpty == true { folders.removeLast() }
        continue
      }
      if case .file(let file, _)? = visit(entry, in: prefix) { files.append(file) }
    }
    // Links to folders are told by looking at them, and entered on the spot: their folders stand behind this one.
    folders[number].entries = left.reversed()
  }
}
