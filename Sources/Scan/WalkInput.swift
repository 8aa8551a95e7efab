import Glibc

extension FileWalk {
  /// One thing to scan.
  package enum Input: Sendable, Equatable {
    /// Where it comes from.
    package struct Origin: Sendable {
      /// The named folder that it was found in, by its number.
      var folder: Int?
      /// So many bytes of its path name that folder.
      var base = 0
      /// The manifest's line; nil if no manifest names it.
      package var entry: ManifestEntry?
      /// It was named.
      package init() {}

      /// What labels are told of: the path below the named folder, with what lies in an archive below the archive's name; below a
      /// named archive, what lies in it. `path`: the file's; `document`: what is in it.
      func below(_ path: String, _ document: String) -> Substring {
        // By bytes: a member's name may begin with a mark that would be one character with the colon.
        let isInside = document.utf8.starts(with: (path + ":").utf8)
        let inside = isInside ? Substring(document.utf8.dropFirst(path.utf8.count + 1)) : nil
        guard folder != nil else { return inside ?? path[...] }
        let own = Substring(path.utf8.dropFirst(base))
        return inside.map { own + "/" + $0 } ?? own
      }
    }
    case file(String, Origin = Origin())
    /// The files of one folder, which are those of one machine.
    case group(String, files: [String], Origin = Origin())
    /// A folder that could not be read, or a named path that has no file to read, and why.
    case closed(String, reason: String)

    /// Files that it is made of.
    package var files: Int {
      switch self {
      case .file: 1
      case .group(_, let files, _): files.count
      case .closed: 0
      }
    }

    /// Where it was found does not make it another.
    package static func == (a: Input, b: Input) -> Bool {
      switch (a, b) {
      case (.file(let one, _), .file(let other, _)): one == other
      case (.group(let one, let files, _), .group(let other, let others, _)): one == other && files == others
      case (.closed(let one, let reason), .closed(let other, let why)): one == other && reason == why
      default: false
      }
    }

    /// The file, or the folder of a group; as it was named or found.
    package var path: String {
      switch self {
      case .file(let path, _), .group(let path, _, _), .closed(let path, _): path
      }
    }
  }

  static func isFolder(_ path: String) -> Bool { type(path) == S_IFDIR }

  /// It can be read more than once.
  static func isRegular(_ path: String) -> Bool { path != "-" && type(path) == S_IFREG }

  private static func type(_ path: String) -> mode_t? {
    var info = stat()
    // stat fills the struct it is given and nothing else.
    guard unsafe stat(path, &info) == 0 else { return nil }
    return info.st_mode & S_IFMT
  }
}
