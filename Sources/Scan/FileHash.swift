import Bytes
import Inputs

extension ContentHash {
  /// Of a plain file, read for it alone; nil if it is none, or cannot be read. Throws only `Stopped`.
  init?(file path: String, _ isStopped: @escaping () -> Bool) throws {
    guard FileWalk.isRegular(path) else { return nil }
    var hash: ContentHash?
    let documents = Documents(meter: Meter(isStopped: isStopped, count: { _ in }, hashes: true)) { document in
      // Lines of other machines that the file holds are documents too.
      guard document.path != nil else { return }
      hash = try document.hashed?.finish()
    } failed: { _, _, _ in
    }
    try documents.visit(path)
    guard let hash else { return nil }
    self = hash
  }
}
