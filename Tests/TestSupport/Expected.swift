import Foundation

/// A capture's expected.json: the truth, read by hand.
package struct Expected: Decodable, Sendable {
  package struct Finding: Decodable, Sendable {
    package var device: String
    package var warningTime: Double?
    package var side: String
    package var cause: String
    package var verdict: String
    package var harm: String
    package var harmAcceptable: [String]?
    package var decidableFrom: [String]?
    package var deviceAcceptable: [String]?

    /// The device, and other names that are as right: an oops in a log alone need not tell it.
    package var devices: [String] { [device] + (deviceAcceptable ?? []) }
    /// Inputs that alone suffice for certainty.
    package var sureFrom: [String] { decidableFrom ?? ["both"] }
    package var harms: [String] {
      (harmAcceptable ?? [harm]) + (cause == "dma-configure-outside-bus" ? ["unknown"] : [])
    }
  }
  package var inputs: Inputs
  package var findings: [Finding]
  package var clientsWithGroup: [String]?
  package var otherRealAllowed: Bool?

  package struct Inputs: Decodable, Sendable {
    package var dmesg: String?
    package var trace: String?
  }
}

/// One capture's folder.
package struct Capture: Sendable, CustomStringConvertible {
  package var name: String
  package var folder: URL
  package var expected: Expected
  package var description: String { name }

  package init(_ folder: URL) throws {
    name = folder.lastPathComponent
    self.folder = folder
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    expected = try decoder.decode(
      Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
  }

  /// Text inputs by their key, those that are there.
  package var texts: [(key: String, path: String)] {
    [("dmesg", expected.inputs.dmesg), ("trace", expected.inputs.trace)].compactMap { key, file in
      file.map { (key, folder.appending(path: $0).path(percentEncoded: false)) }
    }
  }

  /// Why the rules do not know this capture's truth yet; nil if they do. What is mended must be taken off the list: then
  /// CaptureTests fails.
  package var open: String? { Self.notKnownYet[name] }
  private static let notKnownYet: [String: String] = [:]

  package static let samples = all(Here.samples)
  /// The lab's captures that are no sample, or whole where the sample is cut.
  package static let shared: [Capture] = Here.hasShared ? all(Here.shared).filter { !$0.isSampled } : []

  private static func all(_ folder: URL) -> [Capture] {
    Here.captures(in: folder).compactMap { try? Capture($0) }
  }

  private var isSampled: Bool {
    texts.allSatisfy { _, path in
      let sample = Here.samples.appending(path: name).appending(path: URL(filePath: path).lastPathComponent)
      return FileManager.default.contentsEqual(atPath: sample.path(percentEncoded: false), andPath: path)
    }
  }
}
