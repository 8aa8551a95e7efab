import ArgumentParser
import Bytes
import Glibc
import SystemPackage
import Writing

/// Results go to standard output or a file, diagnostics to standard error.
enum Output {
  /// Writes `text` to `path`, or to standard output. A file has its name only once it is whole. A closed pipe ends
  /// quietly; any other failure exits with 2.
  static func write(_ text: String, to path: String?) {
    write(to: path) { put in
      // Piece by piece: a large text need not be in memory twice.
      var rest = text.utf8[...]
      while !rest.isEmpty {
        let piece = rest.prefix(1 << 16)
        put(Array(piece))
        rest = rest[piece.endIndex...]
      }
    }
  }

  static func write(_ bytes: [UInt8], to path: String?) { write(to: path) { put in put(bytes) } }

  /// JSON texts, each spread over lines, a piece at a time.
  static func write(_ values: [JSONValue], to path: String?) {
    write(to: path) { put in
      for value in values {
        value.write(indent: true, put)
        put([10])
      }
    }
  }

  private static func write(to path: String?, pieces: (([UInt8]) -> Void) -> Void) {
    guard let path else { return pieces { put($0, .standardOutput, "standard output") } }
    do {
      try write(to: path) { descriptor in
        var fault: (any Error)?
        pieces { bytes in
          guard fault == nil else { return }
          do { _ = try descriptor.writeAll(bytes) } catch { fault = error }
        }
        if let fault { throw fault }
      }
    } catch Errno.brokenPipe {
      return
    } catch {
      fail(path, error)
    }
  }

  /// Has a file written: it has its name only once it is whole.
  static func write(to path: String, _ body: (FileDescriptor) throws -> Void) throws {
    guard isFileOrNothing(path) else {
      let descriptor = try open(path, .truncate)
      return try descriptor.closeAfter { try body(descriptor) }
    }
    let part = FilePath("\(path).part-\(getpid())")
    let descriptor = try open(part.string, [.truncate, .exclusiveCreate])
    do {
      // Whom the old one was closed to, the new one is.
      var old = stat()
      if unsafe lstat(path, &old) == 0 { _ = fchmod(descriptor.rawValue, old.st_mode & 0o7777) }
      try descriptor.closeAfter { try body(descriptor) }
      // Both names are C strings for as long as the call lasts.
      guard unsafe rename(part.string, path) == 0 else { throw Errno(rawValue: errno) }
    } catch {
      _ = unsafe unlink(part.string)
      throw error
    }
  }

  /// It can be opened only once.
  static func isPipe(_ path: String) -> Bool {
    var info = stat()
    // stat fills the struct it is given and nothing else.
    guard unsafe stat(path, &info) == 0 else { return false }
    return info.st_mode & S_IFMT != S_IFREG && info.st_mode & S_IFMT != S_IFDIR
  }

  /// Why nothing can be written to `path`, before anything is done for it; nil if it may be there soon.
  static func obstacle(_ path: String) -> Errno? {
    let folder = FilePath(path).removingLastComponent().string
    // access gets C strings for as long as the call lasts.
    guard unsafe access(path, F_OK) != 0, unsafe access(folder.isEmpty ? "." : folder, W_OK) != 0 else {
      return nil
    }
    return Errno(rawValue: errno)
  }

  /// Refuses a place that cannot be written to, or is an input's.
  static func refuse(_ path: String, _ option: String, overwriting inputs: some Sequence<String>) throws {
    if let obstacle = obstacle(path) { throw ValidationError("\(option) \(path): \(obstacle)") }
    let target = FileIdentity(path)
    // What is not there yet has nothing but its name.
    let isTarget = { (input: String) in target.map { $0 == FileIdentity(input) } ?? (input == path) }
    if let input = inputs.first(where: { $0 != "-" && isTarget($0) }) {
      throw ValidationError("\(option) \(path) would overwrite the input \(input)")
    }
  }

  /// A file that grows while the command runs; nil: standard output.
  static func open(growing path: String?) -> FileDescriptor {
    guard let path else { return .standardOutput }
    do { return try open(path, .truncate) } catch { fail(path, error) }
  }

  /// Writes more to an open file; `name` is for the message if it fails.
  static func put(_ bytes: [UInt8], _ descriptor: FileDescriptor, _ name: String) {
    do {
      try descriptor.writeAll(bytes)
    } catch Errno.brokenPipe {
      return
    } catch {
      fail(name, error)
    }
  }

  private static func open(_ path: String, _ options: FileDescriptor.OpenOptions) throws -> FileDescriptor {
    try FileDescriptor.open(
      FilePath(path), .writeOnly, options: options.union(.create),
      permissions: .ownerReadWrite.union([.groupRead, .otherRead]))
  }

  /// What is no plain file (a device, a pipe, a link) is written to directly: another file must not take its place.
  private static func isFileOrNothing(_ path: String) -> Bool {
    var info = stat()
    // lstat fills the struct it is given and nothing else.
    guard unsafe lstat(path, &info) == 0 else { return true }
    return info.st_mode & S_IFMT == S_IFREG
  }

  private static func fail(_ name: String, _ error: any Error) -> Never {
    Diagnostics.say("proberace: \(name): \(error)")
    Proberace.leave(2)
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
