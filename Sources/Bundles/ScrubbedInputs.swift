// The inputs' documents once more, with what tells whose machine it was replaced.
import Analysis
import Bytes
import Inputs
import Records

enum ScrubbedInputs {
  /// Every kernel log and trace of the inputs as a text of its own. Throws for what cannot be scrubbed. Memory stays at a buffer;
  /// the texts lie in temporary files.
  static func members(
    _ sources: [(name: String, source: String)], _ analysis: Analysis, _ scrubber: inout Scrubber
  ) throws -> [BundleMember] {
    var learning = scrubber
    try visit(sources, analysis) { _, document in
      let source = LineSource(stream: document.stream)
      while try source.next({ text, _ in learning.learn(text.array) }) {}
    }
    scrubber = learning
    var members: [BundleMember] = []
    var scrubbing = scrubber
    try visit(sources, analysis) { input, document in
      let stream = ScrubStream(LineSource(stream: document.stream), scrubbing)
      let copy = try TemporaryFile(stream)
      scrubbing = stream.scrubber
      let summary = analysis.inputs[input]
      members.append(
        BundleMember(
          name: BundleMember.name(
            members.count + 1, scrubbing.scrub(name: document.name),
            in: summary.isFound ? BundleLayout.found : BundleLayout.named),
          source: copy.path, copy: copy, input: input))
    }
    scrubber = scrubbing
    if scrubber.isFull {
      throw InputError(
        "more than \(Placeholders.most) different names or addresses of one kind: what is left of them is not known"
      )
    }
    return members
  }

  /// The documents that were taken for logs or traces, in the order of the analysis.
  private static func visit(
    _ sources: [(name: String, source: String)], _ analysis: Analysis,
    _ body: (Int, Document) throws -> Void
  ) throws {
    var input = 0
    var fault: (any Error)?
    try withoutActuallyEscaping(body) { body in
      for (name, source) in sources {
        let documents = Documents { document in
          defer { input += 1 }
          guard fault == nil, analysis.inputs.indices.contains(input) else { return }
          let summary = analysis.inputs[input]
          do {
            guard summary.path == document.name else { throw InputError("\(name) changed while it was read") }
            if let format = summary.format {
              try refuse(format, document.name)
              try body(input, document)
            } else if !summary.isFound {
              throw InputError("\(name) is no kernel log and no trace, and may hold anything: leave it out")
            }
          } catch {
            fault = fault ?? error
          }
        } failed: { name, _, error in
          input += 1
          fault =
            fault
            ?? InputError(
              "\(name) could not be read whole (\(InputError.explain(error))), and a scrubbed copy would not show it: mend it, or bundle it as it is"
            )
        }
        try documents.visit(source, as: name)
        // What the analysis says of an input as a whole stands behind its documents.
        if analysis.inputs.indices.contains(input), analysis.inputs[input].source == nil,
          analysis.inputs[input].path == name
        {
          fault = fault ?? InputError("\(name): no kernel log and no trace is in it: leave it out")
          input += 1
        }
      }
    }
    if let fault { throw fault }
  }

  /// Recordings have names and addresses in tables of their own; to leave them in would be a lie.
  private static func refuse(_ format: InputFormat, _ name: String) throws {
    switch format.reader {
    case .text, .probes, .facts: break
    case .traceDat:
      throw InputError(
        "\(name) is \(format.title), of which only text could be scrubbed: give /sys/kernel/tracing/trace instead, or bundle it without --scrub"
      )
    case .perfettoTrace:
      throw InputError(
        "\(name) is \(format.title), which holds the names of all processes and is not scrubbed: give /sys/kernel/tracing/trace instead, or bundle it without --scrub"
      )
    }
  }
}

/// A text while it is scrubbed.
private final class ScrubStream: ByteStream {
  private let source: LineSource
  private(set) var scrubber: Scrubber
  private var waiting: [UInt8] = []
  private var at = 0

  init(_ source: LineSource, _ scrubber: Scrubber) {
    self.source = source
    self.scrubber = scrubber
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while at == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      at = 0
      guard try source.next({ text, _ in scrubber.scrub(text.array, into: &waiting) }) else { return 0 }
    }
    let count = min(buffer.count, waiting.count - at)
    // count is bounded by both sides.
    unsafe buffer.copyBytes(from: waiting[at..<at + count])
    at += count
    return count
  }
}
