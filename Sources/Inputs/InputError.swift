import SystemPackage

/// Why a file or a member could not be read.
public struct InputError: Error, Sendable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }

  /// Why something could not be read, in the words of the field.
  public static func explain(_ error: any Error) -> String {
    switch error {
    case Errno.noSuchFileOrDirectory: "no such file"
    case Errno.permissionDenied: "permission denied"
    case Errno.isDirectory: "this is a directory"
    default: "\(error)"
    }
  }
}

/// The user has stopped it: nothing more is to be read.
public struct Stopped: Error {
  public init() {}
}
