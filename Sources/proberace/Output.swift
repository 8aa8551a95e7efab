import Glibc
import SystemPackage

/// Results go to standard output or a file, diagnostics to standard error.
enum Output {
  /// Writes `text` to `path`, or to standard output. A closed pipe ends quietly; any other failure exits with 2.
  static func write(_ text: String, to path: String?) {
    do {
      let descriptor =
        try path.map {
          try FileDescriptor.open(
            FilePath($0), .writeOnly, options: [.create, .truncate],
            permissions: .ownerReadWrite.union([.groupRead, .otherRead]))
        } ?? .standardOutput
      try descriptor.writeAll(text.utf8)
      if path != nil { try descriptor.close() }
    } catch Errno.brokenPipe {
      return
    } catch {
      Diagnostics.say("proberace: \(path ?? "standard output"): \(error)")
      Proberace.leave(2)
    }
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns of the terminal: what it says, else COLUMNS, else 80.
  static var width: Int {
    var size = winsize()
    // ioctl fills the struct it is given and nothing else.
    if unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return environment("COLUMNS").flatMap { Int($0) } ?? 80
  }

  static func environment(_ name: String) -> String? {
    // getenv's string is copied at once.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}

enum Diagnostics {
  static func say(_ text: String) { put(text + "\n") }

  static func put(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }
}
