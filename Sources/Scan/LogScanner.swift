// One file to its results: byte searches first, the engine only where they hit.
import Analysis
import Bytes
import Inputs
import Records
import Verdicts

/// Scans files with one gate. A worker has one of its own.
final class LogScanner {
  let gate: Gate
  let claims: KernelClaims
  private let unit: BootUnit
  let rows: RowSettings
  private let pool: MemberPool?
  let isStopped: () -> Bool
  let count: (Int) -> Void
  private let clock: ReadingClock?
  /// The text that is looked at, in the first `filled` bytes; kept from one to the next. It grows with the longest: most are short.
  private var buffer = [UInt8](repeating: 0, count: 1 << 17)
  private var filled = 0

  /// Boots of one stream that wait for its end, and with it for their hash.
  private static let mostHeld = 256
  /// Texts up to this size are held whole; larger ones are streamed through the engine.
  private static let held = 8 << 20

  init(
    gate: Gate, claims: KernelClaims, unit: BootUnit = .file, rows: RowSettings = RowSettings(),
    pool: MemberPool? = nil, isStopped: @escaping () -> Bool, count: @escaping (Int) -> Void
  ) {
    self.gate = gate
    self.rows = rows
    self.claims = claims
    self.unit = unit
    self.pool = pool
    self.isStopped = isStopped
    self.count = count
    clock = rows.timeLimit.map(ReadingClock.init)
  }

  /// For one input.
  var meter: Meter { Meter(isStopped: isStopped, count: count, hashes: rows.hashes, clock: clock) }

  /// Throws if the user has stopped it.
  func goOn() throws { if isStopped() { throw Stopped() } }

  /// Whether a plain file holds a log or a trace, or is an archive. A report quotes a kernel's lines, but few of its own are
  /// stamped.
  static func isLog(_ path: String) -> Bool {
    var isLog = false
    // What is packed may be a log further in; text in markup is told like any other.
    let isPlain = (try? MappedFile(path: path))?.withBytes { $0.beginsAsText } ?? false
    let documents = Documents { document in
      let head = LineSource(stream: document.stream).peekable(1 << 15)
      isLog = isLog || LogShare(head.span).isMost
    } failed: { _, _, _ in
    }
    try? documents.visit(path)
    return isLog || !isPlain
  }

  /// Hands what an input holds to `emit`: the boots of a log, or of the logs in an archive. What cannot be read is a
  /// result too. Throws only `Stopped`; what was handed on before stands.
  func scan(_ input: FileWalk.Input, _ put: (LogResult) -> Void) throws {
    switch input {
    case .closed(let path, let reason): put(.unreadable(path, reason))
    case .group(let path, let files, let origin):
      try scan(path, files, areNamed: true, origin.folder) { put(labelled($0, path, origin)) }
    case .file(let path, let origin):
      let folder = origin.folder
      func emit(_ result: LogResult) { put(labelled(result, path, origin)) }
      if unit == .archive && Documents.isArchive(path) {
        try scan(path, [path], areNamed: true, folder, emit)
      } else if try !scan(path, folder, emit) {
        try scan(path, [path], areNamed: false, folder, emit)
      }
    }
  }

  /// False: it is a bug report or a bundle, whose members are one machine's. Nothing was read of it.
  private func scan(_ path: String, _ folder: Int?, _ emit: (LogResult) -> Void) throws -> Bool {
    var documents = 0
    var others = 0
    func put(_ result: LogResult) {
      documents += 1
      var result = result
      result.folder = folder
      if result.state == .noKernelLog, result.isFound { others += 1 }
      emit(result)
    }
    // The visitor's closures end with this call.
    let isTaken = try withoutActuallyEscaping(put) { put -> Bool in
      let queue = MemberQueue(pool)
      let documents = Documents(meter: meter) { document in
        var document = document
        let mayWait = document.isFound
        document.isFound = document.isFound || folder != nil
        try self.judge(document, mayWait: mayWait, queue, put)
      } failed: { name, isFound, error in
        // What came before it in the archive comes before it here.
        try? queue.finish(self, put)
        put(.unreadable(name, InputError.explain(error), isFound: isFound || folder != nil))
      }
      let isTaken = try documents.visitUnlessOneMachine(path)
      try queue.finish(self, put)
      return isTaken
    }
    guard isTaken else { return false }
    if documents == 0 {
      emit(.unreadable(path, "the archive holds no file"))
    } else if documents == others, folder == nil {
      emit(.unreadable(path, "no kernel log and no trace in here (files: \(others))"))
    }
    return true
  }

  /// Judges a document; where its hash is asked for, its rows come when it has been read to its end. `mayWait`: others follow in the
  /// same archive, and another worker may have it.
  private func judge(
    _ document: Document, mayWait: Bool, _ queue: MemberQueue, _ put: (LogResult) -> Void
  ) throws {
    let rest = try hold(document.stream)
    guard filled > 0 else {
      // A stream that breaks before its first byte says why.
      if let rest { _ = try unsafe rest.read(into: UnsafeMutableRawBufferPointer(start: nil, count: 0)) }
      try queue.finish(self, put)
      return put(.empty(document.named))
    }
    guard let rest else {
      let hash = try document.hashed?.finish()
      if let hash, rows.known.contains(hash) {
        try queue.finish(self, put)
        return put(.known(document.name, hash))
      }
      if mayWait, pool?.hasIdle == true {
        return try queue.put(Member(document.named, Array(buffer[0..<filled]), hash), self, put)
      }
      try queue.finish(self, put)
      let bytes = buffer
      return try judge(document.named, bytes, filled, nil) { put($0.known(by: hash)) }
    }
    try queue.finish(self, put)
    let bytes = buffer
    guard let hashed = document.hashed else { return try judge(document.named, bytes, filled, rest, put) }
    // A file can be read twice: its rows need not wait for its end.
    if let path = document.path, clock == nil, let hash = try ContentHash(file: path, isStopped) {
      if rows.known.contains(hash) { return put(.known(document.name, hash)) }
      hashed.leave()
      return try judge(document.named, bytes, filled, rest) { put($0.known(by: hash)) }
    }
    var results: [LogResult] = []
    var areMany = false
    try judge(document.named, bytes, filled, rest) { result in
      guard !areMany else { return put(result) }
      results.append(result)
      areMany = results.count > Self.mostHeld
      guard areMany else { return }
      // Memory must not grow with a stream: by what these are known is not known.
      for result in results { put(result) }
      results = []
    }
    guard !areMany else { return }
    let hash = try hashed.finish()
    if let hash, rows.known.contains(hash) { return put(.known(document.name, hash)) }
    for result in results { put(result.known(by: hash)) }
  }

  /// What a member comes to that another worker has unpacked.
  func judge(_ member: Member) -> [LogResult] {
    var results: [LogResult] = []
    do {
      try judge(member.document, member.bytes, member.bytes.count, nil) {
        results.append($0.known(by: member.hash))
      }
    } catch {
      if !(error is Stopped) {
        results.append(
          .unreadable(member.document.name, InputError.explain(error), isFound: member.document.isFound))
      }
    }
    return results
  }

  /// Judges the first `filled` of the bytes, and what follows them.
  private func judge(
    _ document: Document.Name, _ bytes: [UInt8], _ filled: Int, _ rest: (any ByteStream)?,
    _ put: (LogResult) -> Void
  ) throws {
    func emit(_ result: LogResult) {
      put(rest == nil && rows.illustrator != nil ? result.quoting(bytes.span.extracting(0..<filled)) : result)
    }
    let text = bytes.span.extracting(0..<filled)
    switch Recognised(text.extracting(0..<min(filled, Recognised.sniffed))) {
    case .refused, .format:
      return try analyse(document, JoinedStream(Array(bytes[0..<filled]), rest), emit)
    case .text: break
    }
    if rest == nil, let results = quickly(document, text) {
      for result in results { emit(result) }
      return
    }
    try scan(
      document, JoinedStream(Array(bytes[0..<filled]), rest), text.extracting(0..<min(filled, 1 << 14)), emit)
  }

  /// What searches can say of a whole text; nil where the engine must look.
  private func quickly(_ document: Document.Name, _ text: Span<UInt8>) -> [LogResult]? {
    var quick = LogLook()
    quick.look(text, at: 0, lines: 0, untilAsked: true)
    guard !quick.needsAnalysis, !quick.hasTrace, text.index(of: 0) == nil, !Self.endsInReport(text),
      !TextReader.mayHoldLines(text), !LogLook.hidesWords(text)
    else { return nil }
    let ends = text[text.count - 1] == 10 || text[text.count - 1] == 13
    // Of a cut dump nobody knows what it would have been.
    guard ends || !quick.dumpsNothing else { return nil }
    let last = ends ? .whole : LastLine(text, isTrace: false)
    let head = text.extracting(0..<min(text.count, 1 << 14))
    if quick.boots == 0 {
      if last != .hides, Prose.isAll(of: text) { return [.noLog(document, text: head)] }
      // A line that only a kernel prints tells a log that lost its beginning.
      guard LogShare(head).isAny, !TextReader.mayBeWrapped(text) else { return nil }
      quick.readMarked(text)
      return [quickResult(document, 0, [quick], last)]
    }
    guard !TextReader.mayBeWrapped(text) else { return nil }
    guard quick.boots > 1 || BootSketch.mayBeDivided(text, above: quick.helloStart) else {
      quick.readMarked(text)
      return [quickResult(document, 0, [quick], last)]
    }
    guard let boots = BootSketch.boots(of: text, quick), !boots.isEmpty else { return nil }
    return boots.enumerated().map { index, boot in
      quickResult(
        document, index, boot.looks, index == boots.count - 1 ? last : .whole, boot.kernel, boot.losses)
    }
  }

  /// Reads the text, or as much of it as may be held; what may follow is returned. A text that breaks is kept as far as
  /// it goes.
  private func hold(_ stream: any ByteStream) throws -> (any ByteStream)? {
    filled = 0
    while filled < Self.held {
      if filled == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
      let start = filled
      do {
        // The rest of the array's own storage.
        let count = try unsafe buffer.withUnsafeMutableBytes { storage in
          try unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[start...]))
        }
        if count == 0 { return nil }
        filled += count
      } catch let stop as Stopped {
        throw stop
      } catch {
        return BrokenStream(error)
      }
    }
    return stream
  }

  /// The last line is one that begins a report.
  private static func endsInReport(_ text: Span<UInt8>) -> Bool {
    text.index(of: "[ cut here ]", from: max(0, text.count - 256)) != nil
  }

  /// `looks`: at the logs of one boot. `kernel`, `losses`: what their lines say beside.
  private func quickResult(
    _ document: Document.Name, _ index: Int, _ looks: [LogLook], _ last: LastLine,
    _ kernel: String? = nil, _ losses: [Loss] = []
  ) -> LogResult {
    var result = LogResult(
      path: document.name, boot: index, gaps: LogLook.gaps(looks) + (last == .open ? [.openEnd] : []))
    result.isFound = document.isFound
    result.format = .kernelLog
    result.kernel = kernel ?? looks.lazy.compactMap(\.kernel).first
    result.hardware = looks.lazy.compactMap(\.hardware).first
    result.others = LogLook.others(looks)
    switch last {
    case .whole: result.losses = losses
    case .open: result.losses = [.openEnd] + losses
    case .hides:
      result.losses = [.cutInside] + losses
      result.state = .unreadable
    }
    result.decideEligibility(group: looks.contains(where: \.showsGroup))
    return result
  }
}
