import Foundation

/// Where things lie.
package enum Here {
  /// The repository.
  package static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  package static let samples = root.appending(path: "sample-traces")
  /// The lab's captures beside the repository; not everybody has them.
  package static let shared = root.deletingLastPathComponent().appending(path: "shared/captures")

  package static func sample(_ path: String) -> String {
    samples.appending(path: path).path(percentEncoded: false)
  }

  /// The folders of `folder` that hold an expected.json, by name.
  package static func captures(in folder: URL) -> [URL] {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    return names.sorted().map { folder.appending(path: $0) }
      .filter {
        FileManager.default.fileExists(
          atPath: $0.appending(path: "expected.json").path(percentEncoded: false))
      }
  }

  /// Whether the lab's captures are here; says so once if they are not.
  package static let hasShared: Bool = {
    if FileManager.default.fileExists(atPath: shared.path(percentEncoded: false)) { return true }
    print("../shared/captures is not here: only sample-traces/ is tested")
    return false
  }()
}

/// A folder that goes away with the value.
package final class TemporaryFolder: Sendable {
  package let url: URL
  package init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "proberace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  package var path: String { url.path(percentEncoded: false) }

  /// Writes a file and returns its path.
  package func file(_ name: String, _ bytes: some Collection<UInt8>) throws -> String {
    let path = url.appending(path: name)
    try Data(bytes).write(to: path)
    return path.path(percentEncoded: false)
  }

  package func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }
}
