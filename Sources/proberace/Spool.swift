import Glibc
import SystemPackage

/// Standard input, kept so that it can be read a second time.
enum Spool {
  /// Copies standard input to a file without a name, which goes with the process, and returns a path that opens it.
  static func standardInput() throws -> String {
    var name = Array("\(Output.environment("TMPDIR") ?? "/tmp")/proberace-XXXXXX".utf8CString)
    // mkstemp fills in the Xs of a C string that is ours, and opens the file for us alone.
    let raw = unsafe mkstemp(&name)
    guard raw >= 0 else { throw Errno(rawValue: errno) }
    // The same string, now with the file's name.
    _ = unsafe unlink(name)
    let file = FileDescriptor(rawValue: raw)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // read(2) writes at most the buffer's length.
      let count = try unsafe buffer.withUnsafeMutableBytes {
        unsafe try FileDescriptor.standardInput.read(into: $0)
      }
      guard count > 0 else { return "/proc/self/fd/\(raw)" }
      try file.writeAll(buffer[..<count])
    }
  }
}
