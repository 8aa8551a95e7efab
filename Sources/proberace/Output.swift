import Glibc
import SystemPackage

/// Results go to standard output or a file, diagnostics to standard error.
enum Output {
  /// Writes `text` to `path`, or to standard output. A closed pipe ends quietly; any other failure exits with 2.
  static func write(_ text: String, to path: String?) { write(Array(text.utf8), to: path) }

  static func write(_ bytes: [UInt8], to path: String?) {
    do {
      let descriptor =
        try path.map {
          try FileDescriptor.open(
            FilePath($0), .writeOnly, options: [.create, .truncate],
            permissions: .ownerReadWrite.union([.groupRead, .otherRead]))
        } ?? .standardOutput
      try descriptor.writeAll(bytes)
      if path != nil { try descriptor.close() }
    } catch Errno.brokenPipe {
      return
    } catch {
      Diagnostics.say("proberace: \(path ?? "standard output"): \(error)")
      Proberace.leave(2)
    }
  }

  /// The reader's pager, as git finds it; nil if he wants none.
  static var pager: String? {
    let chosen = environment("PROBERACE_PAGER") ?? environment("PAGER") ?? "less"
    return chosen.isEmpty || chosen == "cat" ? nil : chosen
  }

  /// Shows `text` with a shell command; false if that could not be started.
  static func write(_ text: String, through pager: String) -> Bool {
    // As git does: less ends at once if one screen is enough, keeps colours, and leaves the text on the screen.
    _ = unsafe setenv("LESS", "FRX", 0)
    // popen gives a stream that is closed below, or nothing.
    guard let stream = unsafe popen(pager, "w") else { return false }
    let bytes = Array(text.utf8)
    _ = unsafe fwrite(bytes, 1, bytes.count, stream)
    // 127 is the shell's word for a command that it did not find.
    return unsafe pclose(stream) != 127 << 8
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
