import Bytes

/// One text or recording with nothing around it any more: what a reader can take.
public struct Document {
  /// For reports: the path as it was named; what is inside is `bugreport.zip:FS/sys/fs/pstore/console-ramoops-0`.
  public var name: String
  /// It was found in an archive or a mail; nobody named it, so it need not be a log.
  public var isFound: Bool
  /// The plain file whose bytes these are; nil if something was undone, or it is standard input.
  public var path: String?
  public var stream: any ByteStream
}
