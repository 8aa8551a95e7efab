import Glibc

/// Which file something is, whatever it is called.
package struct FileIdentity: Equatable, Sendable {
  let device: UInt64
  /// The inode's number; only with the device it tells a file from others.
  package let inode: UInt64

  /// Nil for what is no plain file, or is not there.
  package init?(_ path: String) {
    var info = stat()
    // stat fills the struct it is given and nothing else.
    guard unsafe stat(path, &info) == 0 else { return nil }
    self.init(info)
  }

  /// Of an open file.
  package init?(_ descriptor: Int32) {
    var info = stat()
    // fstat fills the struct it is given and nothing else.
    guard unsafe fstat(descriptor, &info) == 0 else { return nil }
    self.init(info)
  }

  /// Of what stat says.
  package init?(_ info: stat) {
    guard info.st_mode & S_IFMT == S_IFREG else { return nil }
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
  }
}
