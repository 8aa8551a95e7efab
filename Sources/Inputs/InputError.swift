import SystemPackage

/// Why a file or a member could not be read.
package struct InputError: Error, Sendable, CustomStringConvertible {
  package let description: String
  /// One sentence for the user, with what to do where that is known.
  package init(_ description: String) { self.description = description }

  /// Why something could not be read, in the words of the field.
  package static func explain(_ error: any Error) -> String {
    switch error {
    case Errno.noSuchFileOrDirectory: "no such file"
    case Errno.permissionDenied: "permission denied"
    case Errno.isDirectory: "this is a directory"
    default: "\(error)"
    }
  }
}

/// The user has stopped it: nothing more is to be read.
package struct Stopped: Error {
  package init() {}
}
