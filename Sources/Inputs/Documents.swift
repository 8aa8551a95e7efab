// Path or stream to documents: containers and text forms are undone, one in the other in any order, by content. The one way
// in; nothing else decides what is packed.
import Bytes
import Glibc
import SystemPackage

/// Visits the documents of one file.
package struct Documents {
  /// A log in a gzip in a tar.gz in a mail is packed four times over; much deeper is a trap.
  package static let deepest = 10

  private let meter: Meter
  /// Gets every document. What it throws is a fault of that document.
  private let body: (Document) throws -> Void
  /// Gets what could not be read (its name, and whether it was found in something), and why.
  private let failed: (String, Bool, any Error) -> Void

  /// `body` gets every document, and `failed` what could not be read; they are called in the order of the
  /// input, never two at once.
  package init(
    meter: Meter = Meter(isStopped: { false }, count: { _ in }), body: @escaping (Document) throws -> Void,
    failed: @escaping (String, Bool, any Error) -> Void
  ) {
    self.meter = meter
    self.body = body
    self.failed = failed
  }

  /// Visits what `path` holds (`-`: standard input); documents are called `name` where that is not their path. Throws only
  /// `Stopped`.
  package func visit(_ path: String, as name: String? = nil) throws {
    _ = try visit(path, as: name ?? path, leavesMachines: false)
  }

  /// The same, unless what is in it belongs together, as in a bug report's zip: then nothing is visited, and it is false.
  package func visitUnlessOneMachine(_ path: String) throws -> Bool {
    try visit(path, as: path, leavesMachines: true)
  }

  private func visit(_ path: String, as name: String, leavesMachines: Bool) throws -> Bool {
    meter.clock?.begin()
    defer { meter.clock?.rest() }
    do {
      guard path != "-" else {
        try visit(Content(name: name, path: nil), FileStream(.standardInput, meter, isOurs: false))
        return true
      }
      let (file, isRegular) = try open(path)
      let stream = FileStream(file, meter, isOurs: true)
      if leavesMachines, isRegular, (try? Self.holdsOneMachine(file, path)) == true { return false }
      try visit(Content(name: name, path: path), stream)
    } catch Errno.noSuchFileOrDirectory where path.unicodeScalars.contains("\u{fffd}") {
      // What a folder or a list named was other bytes.
      failed(name, false, InputError("no such file; a name that is not UTF-8 cannot be opened"))
    } catch let stop as Stopped {
      throw stop
    } catch {
      failed(name, false, error)
    }
    return true
  }

  /// Visits what is in memory.
  package func visit(_ bytes: [UInt8], name: String) throws {
    meter.read(bytes.count)
    try visit(Content(name: name, path: nil), JoinedStream(bytes, nil))
  }

  /// A named pipe without a writer would hold open(2), and Ctrl-C with it: it is opened at once and waited for.
  private func open(_ path: String) throws -> (FileDescriptor, isRegular: Bool) {
    let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .nonBlocking)
    do {
      let type = try descriptor.stat().type
      guard type == .fifo else { return (descriptor, type == .regular) }
      try meter.wait(for: descriptor)
      // From here on a read may wait: a signal wakes it.
      _ = fcntl(descriptor.rawValue, F_SETFL, 0)
      return (descriptor, false)
    } catch {
      try? descriptor.close()
      throw error
    }
  }

  /// What is around a stream's bytes, as far as it has been undone.
  private struct Content {
    var name: String
    var path: String?
    var isFound = false
    var depth = 0

    /// What is inside: of a container with members each has a name of its own.
    func inside(_ member: String? = nil, isNamed: Bool = false) -> Content {
      Content(
        name: member.map { "\(name):\($0)" } ?? name, path: nil,
        isFound: isFound || member != nil && !isNamed, depth: depth + 1)
    }

    /// Lines have other numbers now.
    func renumbered(_ how: String) -> Content {
      Content(name: "\(name):\(how)", path: nil, isFound: isFound, depth: depth + 1)
    }
  }

  /// False if the stream itself broke, not something in it.
  @discardableResult
  private func visit(_ content: Content, _ stream: any ByteStream) throws -> Bool {
    let watched = WatchedStream(stream)
    defer { meter.clock?.rest() }
    do {
      try undo(content, PeekedStream(watched))
      // The checks of what is packed come last, and a tar ends before what it is packed in. Where the stream broke, the
      // one who read it has said so.
      if content.depth > 0, watched.fault == nil { try Self.drain(watched) }
    } catch let stop as Stopped {
      throw stop
    } catch {
      failed(content.name, content.isFound, error)
    }
    return watched.fault == nil
  }

  /// Undoes one layer, or hands the document out if there is none.
  private func undo(_ content: Content, _ stream: PeekedStream) throws {
    guard let layer = layer(stream) else {
      let hosts = stream.peek(TextForm.sniffed) { LineLabel.ofHosts($0) }.map { HostLines(stream, $0, meter) }
      var document = Document(
        name: content.name, isFound: content.isFound, path: content.path, stream: hosts ?? stream)
      if let clock = meter.clock {
        clock.begin()
        document.stream = TimedStream(stream, clock)
      }
      if meter.hashes {
        let hashed = HashedStream(document.stream)
        (document.stream, document.hashed) = (hashed, hashed)
      }
      try body(document)
      try hosts?.visitOthers { try visit(content.inside($0), $1) }
      return
    }
    guard content.depth < Self.deepest else {
      throw InputError(
        "packed more than \(Self.deepest) times over, the last time as \(layer.wrapping.title): not read (a trap?)"
      )
    }
    switch layer {
    case .packing(.deflate(let wrapper)):
      try visit(content.inside(), DeflateStream(stream, wrapper, meter, depth: content.depth))
    case .packing(.layer(.members)):
      let archive = try Archive(stream, .members, meter, depth: content.depth)
      try visitMembers(content, archive) { try archive.next() }
    case .packing(.layer(let layer)):
      try visit(content.inside(), Archive(stream, layer, meter, depth: content.depth))
    case .packing(.atrace(let begin)):
      stream.skip(begin)
      try visit(content.inside(), DeflateStream(stream, .zlib, meter, depth: content.depth))
    case .form(.encoded(let encoding)):
      try visitCounted(content.inside(), stream) { UnicodeStream($0, encoding) }
    case .form(.quotedPrintable): try visit(content.inside(), QuotedPrintableStream(stream))
    case .form(.cast):
      try visitCounted(content.renumbered("session"), stream) { DecodingStream($0, CastDecoder()) }
    case .form(.strings(let strings)):
      try visitCounted(content.renumbered("strings"), stream) {
        DecodingStream($0, JSONStringsDecoder(strings))
      }
    case .form(.mixed(let label)):
      try MixedLines(stream, label, meter).visit { try visit(content.inside($0), $1) }
    case .form(.foldedStrings):
      try visitCounted(content.renumbered("lines"), stream) { DecodingStream($0, FoldedStringsDecoder()) }
    case .form(.quotedLines(let quoted)):
      let inside = quoted.ends == .ofPieces ? content.renumbered("lines") : content.inside()
      try visitCounted(inside, stream) { DecodingStream($0, QuotedLinesDecoder(quoted: quoted)) }
    case .form(.spelledLines(let lines)):
      try visitCounted(content.renumbered("lines"), stream) {
        DecodingStream($0, SpelledLinesDecoder(lines: lines))
      }
    case .form(.rows(let rows)):
      try visit(content.renumbered("rows"), DecodingStream(stream, TerminalRowsDecoder(rows)))
    case .form(.broken(let rows)):
      try visit(content.inside(), DecodingStream(stream, BrokenRowsDecoder(rows)))
    case .form(.tailed(let tail)):
      try visit(content.inside(), DecodingStream(stream, LineTailDecoder(tail: tail)))
    case .form(.spelled(let spelling)):
      try visit(content.inside(), DecodingStream(stream, SpelledDecoder(spelling: spelling)))
    case .form(.backwards): try visit(content.renumbered("turned round"), BackwardsStream(stream))
    case .form(.page): try visitPage(content, WordCount(stream))
    case .mail:
      let parts = MailParts(stream)
      try visitMembers(content, parts) { try parts.next() }
    }
  }

  /// Visits what `decode` makes of a text. It may leave out what is none, but not the warning's words.
  private func visitCounted(
    _ content: Content, _ stream: any ByteStream, _ decode: (any ByteStream) -> any ByteStream
  ) throws {
    let raw = WordCount(stream)
    let text = WordCount(decode(raw))
    try visit(content, text)
    try Self.compare(raw, text.count)
  }

  /// A page's text keeps its name; a trace that is packed into it has one of its own.
  private func visitPage(_ content: Content, _ raw: WordCount) throws {
    let page = HTMLStream(raw)
    var words = 0
    while let part = try page.next() {
      var inside = content.inside()
      inside.isFound = true
      if case .packed(let number) = part { inside = content.inside("trace \(number)") }
      let text = WordCount(page)
      try visit(inside, text)
      words += text.count
    }
    try Self.compare(raw, words)
  }

  /// `words`: how often the warning's words are in what was handed out.
  private static func compare(_ raw: WordCount, _ words: Int) throws {
    guard raw.count > words else { return }
    throw InputError(
      "the words of a late-IOMMU-probe warning stand in a part that is no text of it (a script, a comment, another encoding): "
        + "look at the file")
  }

  private func visitMembers(
    _ content: Content, _ stream: any ByteStream, _ next: () throws -> String?
  ) throws {
    var isWhole = true
    var bundle = BundleMembers()
    do {
      while let name = try next() {
        guard let member = try bundle.take(name, stream) else { continue }
        isWhole = try visit(content.inside(name, isNamed: member.isNamed), member.stream)
      }
    } catch {
      // A member that broke has been reported; that the archive goes on no further is the same fault.
      if isWhole || error is Stopped { throw error }
    }
  }

  private func layer(_ stream: PeekedStream) -> Layer? {
    if let packing = stream.peek(Packing.sniffed, { Packing($0) }) { return .packing(packing) }
    // What a mail's headers say may stand far from its beginning; only what begins like one is looked at.
    if stream.peek(Packing.sniffed, { MailParts.mayBegin($0) }),
      stream.peek(MailParts.sniffed, { MailParts.isMail($0) })
    {
      return .mail
    }
    return stream.peek(TextForm.sniffed) { TextForm($0) }.map { .form($0) }
  }

  /// Reads to the end, and throws what breaks on the way.
  static func drain(_ stream: any ByteStream) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // The array's own storage.
    while try unsafe buffer.withUnsafeMutableBytes({ try unsafe stream.read(into: $0) }) > 0 {}
  }
}

/// One layer around the bytes, by their beginning.
private enum Layer {
  case packing(Packing)
  case form(TextForm)
  case mail

  /// Exhaustive: no layer is undone that the list does not name.
  var wrapping: Wrapping {
    switch self {
    case .packing(.deflate(.gzip)): .gzip
    case .packing(.deflate(.zlib)): .zlib
    case .packing(.deflate(.none)): .deflate
    case .packing(.layer(.members)): .archive
    case .packing(.layer(.lzip)): .lzip
    case .packing(.layer(.bzip2)): .bzip2
    case .packing(.layer(.xz)): .xz
    case .packing(.layer(.lzma)): .lzma
    case .packing(.layer(.zstd)): .zstd
    case .packing(.layer(.lz4)): .lz4
    case .packing(.atrace): .atrace
    case .form(.encoded(.markedUTF8)): .markedUTF8
    case .form(.encoded(.utf16)): .utf16
    case .form(.encoded(.utf32)): .utf32
    case .form(.quotedPrintable): .quotedPrintable
    case .form(.page): .page
    case .form(.cast): .cast
    case .form(.strings): .strings
    case .form(.mixed): .mixed
    case .form(.foldedStrings): .foldedStrings
    case .form(.quotedLines): .quotedLines
    case .form(.spelledLines): .spelledLines
    case .form(.rows): .rows
    case .form(.broken): .broken
    case .form(.tailed): .tailed
    case .form(.spelled): .spelled
    case .form(.backwards): .backwards
    case .mail: .mail
    }
  }
}
