import Foundation

/// A capture's expected.json: the truth, read by hand.
public struct Expected: Decodable, Sendable {
  public struct Finding: Decodable, Sendable {
    public var device: String
    public var warningTime: Double?
    public var side: String
    public var cause: String
    public var verdict: String
    public var harm: String
    public var harmAcceptable: [String]?
    public var decidableFrom: [String]?

    /// Inputs that alone suffice for certainty.
    public var sureFrom: [String] { decidableFrom ?? ["both"] }
    public var harms: [String] {
      (harmAcceptable ?? [harm]) + (cause == "dma-configure-outside-bus" ? ["unknown"] : [])
    }
  }
  public var inputs: Inputs
  public var findings: [Finding]
  public var clientsWithGroup: [String]?
  public var otherRealAllowed: Bool?

  public struct Inputs: Decodable, Sendable {
    public var dmesg: String?
    public var trace: String?
  }
}

/// One capture's folder.
public struct Capture: Sendable, CustomStringConvertible {
  public var name: String
  public var folder: URL
  public var expected: Expected
  public var description: String { name }

  public init(_ folder: URL) throws {
    name = folder.lastPathComponent
    self.folder = folder
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    expected = try decoder.decode(
      Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
  }

  /// Text inputs by their key, those that are there.
  public var texts: [(key: String, path: String)] {
    [("dmesg", expected.inputs.dmesg), ("trace", expected.inputs.trace)].compactMap { key, file in
      file.map { (key, folder.appending(path: $0).path(percentEncoded: false)) }
    }
  }

  /// Why the rules do not know this capture's truth yet; nil if they do. What is mended must be taken off the list: then
  /// CaptureTests fails.
  public var open: String? {
    switch name {
    case "amba-oops-7.3.4": "the oops is a finding of an unknown device: its log names none"
    case "reload-race-late-trace-6.17.13":
      "the log has two group lines of a device, the trace one event: which of them it is is not known yet"
    default: nil
    }
  }

  public static let samples = all(Here.samples)
  /// The lab's captures that are no sample, or whole where the sample is cut.
  public static let shared: [Capture] = Here.hasShared ? all(Here.shared).filter { !$0.isSampled } : []

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
