import ArgumentParser
import FoundationEssentials
import Glibc
import Scan
import SystemPackage

/// An allow-list's file, changed by one process at a time.
struct BaselineFile {
  let path: String

  /// What is there; an empty list where no file is.
  func read() throws -> Baseline {
    FileManager.default.fileExists(atPath: path) ? try ScanOptions.list(path) : Baseline()
  }

  /// Reads it, writes what `body` makes of it, and lets nobody else do that meanwhile. Gives what it was and what it is.
  func change(_ body: (Baseline) throws -> Baseline) throws -> (old: Baseline, new: Baseline) {
    let lock = try Self.lock(folder)
    defer { try? lock.close() }
    let old = try read()
    let new = try body(old)
    Output.write(try new.text(), to: path)
    return (old, new)
  }

  private var folder: String {
    let folder = FilePath(path).removingLastComponent().string
    return folder.isEmpty ? "." : folder
  }

  /// The folder is what is locked: the file itself is another one each time that it was written.
  private static func lock(_ folder: String) throws -> FileDescriptor {
    do {
      let descriptor = try FileDescriptor.open(FilePath(folder), .readOnly)
      while flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0 {
        guard errno == EINTR || errno == EWOULDBLOCK else { throw Errno(rawValue: errno) }
        if let signal = Interrupt.signal {
          try? descriptor.close()
          throw ExitCode(128 + signal)
        }
        usleep(20_000)
      }
      return descriptor
    } catch let exit as ExitCode {
      throw exit
    } catch Errno.noSuchFileOrDirectory {
      throw ValidationError("\(folder): there is no such folder")
    } catch {
      throw ValidationError("\(folder) cannot be locked: \(error)")
    }
  }
}
