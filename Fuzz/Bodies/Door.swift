// Any bytes as a file: containers and text forms undone, and what comes out read as what it is.
import Analysis
import Bytes
import Inputs
import Reading
import Records
import Verdicts

enum Door {
  /// The meter's: what it lets pass of a small file, at each depth. What was inflated last may come on top of it.
  private static let mostOfLayer = 24 << 20 + 1 << 16
  /// UTF-16 grows by half when it becomes UTF-8, and twice over is a form in a form.
  private static let most = 3 * mostOfLayer
  /// Larger documents are the text readers' affair.
  private static let mostRead = 1 << 16

  /// A document, or what could not be read.
  private struct Item: Equatable {
    var name: String
    var isFound: Bool
    var fault: String?
    var count = 0
    var sum: UInt64 = 0
  }

  private struct Opened {
    var items: [Item] = []
    var texts: [[UInt8]] = []
    var isBroken: Bool { items.contains { $0.fault != nil } }
  }

  static func read(_ input: [UInt8]) -> String? {
    let whole = open(input, step: 1 << 16)
    for item in whole.items where item.count > most { return "\(item.name) has \(item.count) bytes" }
    // Read again, in other pieces. What comes before a fault may be handed out or not.
    let step = 1 + input.count % 4096
    let again = open(input, step: step)
    guard whole.items.map(\.name) == again.items.map(\.name), whole.isBroken || whole.items == again.items
    else {
      return "read at once and by \(step):\n  \(whole.items)\n  \(again.items)"
    }
    for text in whole.texts {
      if let fault = judge(text, step) { return fault }
    }
    return nil
  }

  private static func open(_ input: [UInt8], step: Int) -> Opened {
    var opened = Opened()
    let documents = Documents { document in
      var item = Item(name: document.name, isFound: document.isFound)
      defer { opened.items.append(item) }
      var kept: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: step)
      while true {
        let count = try buffer.withUnsafeMutableBytes { try document.stream.read(into: $0) }
        guard count > 0 else { break }
        item.count += count
        // By byte: the pieces must not show.
        for byte in buffer[..<count] { item.sum = (item.sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
        if item.count <= mostRead { kept += buffer[..<count] }
      }
      if item.count <= mostRead { opened.texts.append(kept) }
    } failed: { name, isFound, error in
      opened.items.append(Item(name: name, isFound: isFound, fault: "\(error)"))
    }
    do { try documents.visit(input, name: "x") } catch {
      opened.items.append(Item(name: "", isFound: false, fault: "stopped"))
    }
    return opened
  }

  /// Reads a document as the commands do, from memory and from a stream.
  private static func judge(_ text: [UInt8], _ step: Int) -> String? {
    guard Recognised(text.span) == .text else { return nil }
    _ = Refusal(text: text.span)
    return Told.compare("from memory and by \(step)") { told in
      judge(LineSource(bytes: text), &told)
    } _: { told in
      judge(LineSource(stream: Pieces(text, step: step)), &told)
    }
  }

  private static func judge(_ source: LineSource, _ told: inout Told) {
    var boots = DocumentBoots<Nobody>(source, claims: KernelClaims())
    while let boot = boots.next() {
      for finding in boot.analysis.findings {
        told.add(finding.device)
        told.add(finding.time)
        told.add(finding.summary)
        told.add(finding.verdict.rawValue)
        for evidence in finding.evidence {
          told.add(evidence.text)
          told.add(evidence.place)
        }
        told.say("\(finding)")
      }
      told.add(boot.losses)
      told.say("a boot")
    }
    told.add(boots.losses)
  }
}

/// Nobody watches the text.
private struct Nobody: BootWatch {
  var reachedUserSpace: Bool { true }
  mutating func look(
    _ text: Span<UInt8>, _ piece: Range<Int>, at offset: Int, lines: Int, _ tripwire: inout Tripwire
  ) {
    tripwire.search(text, piece, offset, lines, newline: piece.lowerBound)
  }
}

/// Bytes that come in pieces.
final class Pieces: ByteStream {
  private let bytes: [UInt8]
  private let step: Int
  private var at = 0

  init(_ bytes: [UInt8], step: Int) {
    self.bytes = bytes
    self.step = step
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = min(step, buffer.count, bytes.count - at)
    buffer.copyBytes(from: bytes[at..<at + count])
    at += count
    return count
  }
}
