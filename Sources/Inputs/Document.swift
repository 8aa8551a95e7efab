import Bytes

/// One text or recording with nothing around it any more: what a reader can take.
package struct Document {
  /// For reports: the path as it was named; what is inside is `bugreport.zip:FS/sys/fs/pstore/console-ramoops-0`.
  package var name: String
  /// It was found in an archive or a mail; nobody named it, so it need not be a log.
  package var isFound: Bool
  /// The plain file whose bytes these are; nil if something was undone, or it is standard input.
  package var path: String?
  /// Its bytes from the first one on; can be read once.
  package var stream: any ByteStream
  /// Hashes what is read of `stream`; nil unless somebody asked for it.
  package var hashed: HashedStream?

  /// The same without the bytes, which are held by somebody.
  package struct Name: Sendable {
    /// As `Document.name`.
    package var name: String
    /// As `Document.isFound`.
    package var isFound: Bool
    var path: String?
  }
  /// Keep this where the bytes are read elsewhere.
  package var named: Name { Name(name: name, isFound: isFound, path: path) }

  /// `stream` has the bytes that `name` belongs to, from the first one on.
  package init(_ name: Name, _ stream: any ByteStream) {
    self.init(name: name.name, isFound: name.isFound, path: name.path, stream: stream)
  }

  init(name: String, isFound: Bool, path: String?, stream: any ByteStream) {
    self.name = name
    self.isFound = isFound
    self.path = path
    self.stream = stream
  }
}
