import Bytes

extension LogEnvelope {
  /// An object a line whose message is told by a kernel's stamp at its beginning, or stands under a name that collectors use or
  /// under which one with a stamp stood before: docker's `{"log":"…\n","stream":…}`, Kubernetes', GitLab's, structured logs. Also
  /// `"message": "…",` alone, where the object is spread over lines, if a line of the kernel's is in it.
  static let object = LogEnvelope(.object, begins: "{}[]\"") { line, at, state in
    // Between the messages of such objects nothing is the kernel's.
    if state.pieces.aloneKey != 0, ObjectFields.isFrame(line, at) { return true }
    let isAlone = line[at] == UInt8(ascii: "\"")
    guard isAlone || line[at] == UInt8(ascii: "{"), line.index(of: UInt8(ascii: ":"), from: at) != nil else {
      return false
    }
    var object = ObjectFields(told: state.pieces.messageKey)
    FlatJSON.each(line, from: at) { key, kind, value in object.take(line, key, kind, value) }
    guard let message = object.message ?? (isAlone ? object.lines : nil) else {
      return isAlone && state.pieces.aloneKey != 0 && object.hasFields
    }
    if let key = object.stampedKey { state.pieces.messageKey = key }
    state.isAnybodys = true
    if object.isKernels == false { return true }
    FlatJSON.unescape(line, message, into: &state.text)
    if isAlone {
      // One string of those that are alike has told whose they are.
      let isOne = state.text.span.index(of: 10) == nil
      let isTold = isOne && object.key != 0 && object.key == state.pieces.aloneKey
      guard isTold || Told.holdsKernels(state.text.span) else { return false }
      if isOne { state.pieces.aloneKey = object.key }
    }
    if object.isDockers, state.pieces.dockers(&state.text) { return true }
    var prefix = LogPrefix()
    if object.isKernels == true {
      prefix.isKernels = true
      prefix.keepsOrder = false
    }
    state.add(prefix)
    return true
  }

  /// `    "…",` of a list of strings, one a line, as JSON is indented: a kernel's line, and those behind one.
  static let listed = LogEnvelope(.listed, begins: "\"") { line, at, state in
    guard at > 0, let text = FlatJSON.string(line, line.trimmed(at..<line.count)) else { return false }
    FlatJSON.unescape(line, text, into: &state.text)
    state.isListed = state.isListed || Told.isKernels(state.text.span)
    guard state.isListed else { return false }
    state.isAnybodys = true
    if !state.text.isEmpty { state.add(LogPrefix()) }
    return true
  }

  /// `2026-11-27T10:00:00.123456789Z stdout F msg`: a line of a container, as Kubernetes' nodes keep it; `P` for `F` where
  /// the rest is still to come.
  static let cri = LogEnvelope(.cri, begins: LogDialect.digits) { line, at, state in
    guard let (end, _) = ISOTime.dateAndTime(line, at) else { return false }
    let zone = ISOTime.zoneEnd(line, end)
    guard line.has(" stdout ", at: zone) || line.has(" stderr ", at: zone), zone + 9 < line.count,
      line[zone + 9] == 32 || line[zone + 9] == UInt8(ascii: ":")
    else { return false }
    let isPart = line[zone + 8] == UInt8(ascii: "P")
    guard isPart || line[zone + 8] == UInt8(ascii: "F"),
      let blank = line.index(of: 32, from: zone + 9, to: min(line.count, zone + 64))
    else { return false }
    state.isAnybodys = true
    _ = state.pieces.take(into: &state.text)
    FlatJSON.append(line, blank + 1..<line.count, &state.text)
    if isPart { state.pieces.hold(state.text) } else { state.add(LogPrefix()) }
    return true
  }
}

/// What collectors' lines before said: a line that came in pieces, until it is whole, and where the messages stand.
struct Pieces {
  /// The field in which a kernel's stamp stood, hashed; 0 if none has.
  fileprivate(set) var messageKey: UInt64 = 0
  /// The same of objects that are spread over lines.
  fileprivate var aloneKey: UInt64 = 0
  private var text: [UInt8] = []
  /// Docker keeps the line ends of this input: one that is missing says that the line goes on.
  private var areEnded = false
  /// No line is longer: a writer that ends none is not waited for.
  private static let longest = 1 << 20

  mutating func hold(_ piece: [UInt8]) { text = piece.count < Self.longest ? piece : [] }

  /// Moves what is held to the end of `target`; false if it is nothing.
  mutating func take(into target: inout [UInt8]) -> Bool {
    defer { text.removeAll(keepingCapacity: true) }
    target += text
    return !text.isEmpty
  }

  /// Puts what is held before docker's `piece`; true if the line still goes on.
  mutating func dockers(_ piece: inout [UInt8]) -> Bool {
    let isWhole = piece.last == 10
    if isWhole { areEnded = true }
    if !text.isEmpty {
      piece = text + piece
      text.removeAll(keepingCapacity: true)
    }
    guard !isWhole, areEnded, piece.count < Self.longest else { return false }
    text = piece
    return true
  }
}

private struct ObjectFields {
  /// The field that held messages in the lines before, hashed.
  let told: UInt64
  /// The field that begins with printk's stamp in this line, whatever its name is.
  private(set) var stampedKey: UInt64?
  private(set) var message: Range<Int>?
  /// That field, hashed.
  private(set) var key: UInt64 = 0
  /// A text of several lines, under whatever name: somebody's prose, which may quote a log.
  private(set) var lines: Range<Int>?
  private var rank = Int.max
  private var hasLog = false
  private var hasStream = false
  /// Whose line it is, where the object says so.
  private(set) var isKernels: Bool?
  /// docker's json-file: those fields and no others.
  var isDockers: Bool { hasLog && hasStream && !hasMore }
  private var hasMore = false
  private(set) var hasFields = false

  /// Whether a line has only brackets and commas of JSON.
  static func isFrame(_ line: Span<UInt8>, _ at: Int) -> Bool {
    line.trimmed(at..<line.count).allSatisfy { place in
      switch line[place] {
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), 32:
        true
      default: false
      }
    }
  }

  init(told: UInt64) { self.told = told }

  private static let names: [StaticString] = [
    "message", "msg", "log", "MESSAGE", "line", "text", "output", "_raw", "textPayload", "@message",
    "short_message",
  ]

  mutating func take(_ line: Span<UInt8>, _ key: Range<Int>, _ kind: FlatJSON.Kind, _ value: Range<Int>) {
    hasFields = true
    if line.equals(key, "log") {
      hasLog = true
    } else if line.equals(key, "stream") {
      hasStream = true
    } else if !line.equals(key, "time"), !line.equals(key, "attrs") {
      hasMore = true
    }
    if line.equals(key, "_TRANSPORT") || line.equals(key, "SYSLOG_IDENTIFIER") && isKernels == nil {
      isKernels = line.equals(value, "kernel")
    }
    guard kind == .string else { return }
    // Of several the one that begins as a kernel's line does.
    let first = line.skipBlanks(from: value.lowerBound, to: value.upperBound)
    let mayHaveStamp =
      first < value.upperBound && (line[first] == UInt8(ascii: "[") || line[first] == UInt8(ascii: "<"))
    let name = Self.names.firstIndex { line.equals(key, $0) }
    let own: Int
    if let name {
      own = mayHaveStamp ? name : name + Self.names.count + 2
    } else if mayHaveStamp, Self.hasStamp(line.extracting(first..<value.upperBound)) {
      stampedKey = stampedKey ?? line.hash(key)
      own = Self.names.count
    } else if told != 0, line.hash(key) == told {
      own = Self.names.count + 1
    } else {
      if line.index(of: "\\n", from: value.lowerBound, to: value.upperBound) != nil { lines = value }
      return
    }
    if own < rank {
      rank = own
      message = value
      self.key = line.hash(key)
    }
  }

  /// Whether a text begins with printk's own stamp, behind a level or not.
  private static func hasStamp(_ text: Span<UInt8>) -> Bool {
    var at = 0
    if text.has("<", at: 0) {
      let end = text.digitsEnd(from: 1, to: text.count)
      guard text.has(">", at: end) else { return false }
      at = end + 1
    }
    var prefix = LogPrefix()
    return at < text.count && PrintkStamp.strip(&prefix, text, at) && prefix.resolution == 1000
  }
}

/// Whether a text is a line of the kernel's log or of its tracer, told from nothing but itself.
enum Told {
  /// Whether one of the text's lines is.
  static func holdsKernels(_ text: Span<UInt8>) -> Bool {
    var start = 0
    while start < text.count {
      if isKernels(text.extracting(start...)) { return true }
      start = (text.index(of: 10, from: start) ?? text.count) + 1
    }
    return false
  }

  static func isKernels(_ text: Span<UInt8>) -> Bool {
    let end = text.index(of: 10) ?? text.count
    let line = text.extracting(0..<end)
    guard !line.isEmpty else { return false }
    let prefix = LogPrefix.parse(line)
    if prefix.clock == .boot || prefix.isKernels { return true }
    return saysSo(line) || TraceHeader.parse(line) != nil || line.has("# tracer: ", at: 0)
      || GraphLine.parse(line) != nil
  }

  /// The kernel's own words, wherever else they may stand: those that a finding rests on.
  static func saysSo(_ line: Span<UInt8>) -> Bool {
    let start = line.skipBlanks(from: 0, to: line.count)
    guard start < line.count else { return false }
    if begins(line, start) { return true }
    guard line.index(of: UInt8(ascii: ":"), from: start) != nil else { return isFrame(line, start) }
    return line.index(of: ": late IOMMU probe at driver", from: start) != nil
      || line.index(of: ": Adding to iommu group ", from: start) != nil
      || line.index(of: ": deferred probe ", from: start) != nil
      || line.index(of: "ignoring dependency", from: start) != nil
  }

  /// Whether one of a report's or a boot's fixed lines begins at `start`.
  static func begins(_ line: Span<UInt8>, _ start: Int) -> Bool {
    guard start < line.count else { return false }
    switch line[start] {
    case UInt8(ascii: "W"):
      if line.has("WARNING: CPU: ", at: start) { return true }
      if line.has("WARNING: ", at: start), line.index(of: "+0x", from: start) != nil { return true }
    case UInt8(ascii: "C"):
      if line.has("Call trace:", at: start) || line.has("Call Trace:", at: start) { return true }
      if line.has("CPU: ", at: start), line.index(of: " PID: ", from: start) != nil { return true }
    case UInt8(ascii: "L"): if line.has("Linux version ", at: start) { return true }
    case UInt8(ascii: "B"): if line.has("Booting Linux on ", at: start) { return true }
    case UInt8(ascii: "M"):
      return line.has("Machine model: ", at: start) || line.has("Modules linked in:", at: start)
    case UInt8(ascii: "H"): if line.has("Hardware name: ", at: start) { return true }
    case UInt8(ascii: "-"):
      if line.has("------------[ cut here ]", at: start) || line.has("---[ end ", at: start) { return true }
    default: break
    }
    return false
  }

  /// `__iommu_probe_device+0x1f8/0x560`
  static func isFrame(_ line: Span<UInt8>, _ start: Int) -> Bool {
    let end = line.wordEnd(from: start, to: line.count)
    return line.has("+0x", at: end) || line.has(".", at: end) && line.index(of: "+0x", from: end) != nil
  }
}
