/// Something that an input lacks or has lost, so that a conclusion can say what could undo it.
package struct Loss: Hashable, Sendable {
  /// The raw value is the code in JSON (docs/schema): it stays as it is.
  package enum Kind: String, Sendable {
    case lostEvents = "lost-events"
    case droppedPrintk = "dropped-printk"
    /// A log that begins after the boot did: an old ring buffer, a quiet console.
    case noBeginning = "no-beginning"
    case truncated
    /// The end of a boot is not known: its last line has no newline, or a power cut has left NUL bytes there.
    case openEnd = "open-end"
    /// Words of the warning stand in the input, and no finding or reason explains them.
    case unexplained
    case damaged
    case noTimes = "no-times"
    case coarseTimes = "coarse-times"
    /// Stamps and places of a log's lines contradict each other.
    case noOrder = "no-order"
    case noContext = "no-context"
    case unusable
    case tracingStopped = "tracing-stopped"
    case probeRefused = "probe-refused"
    /// A trace of one CPU, where others ran too.
    case oneCPU = "one-cpu"
    case tooMany = "too-many"
    case unreadable
    case empty
    case unrecognised
    /// A trace of nothing that tells about IOMMU probes: there is no answer.
    case notTelling = "not-telling"
    /// The same trace as another input: used once.
    case repeated
    /// A trace of another boot than the other inputs.
    case anotherBoot = "another-boot"
  }
  /// What programs go by; `isDamage` says which ones make the exit status 2.
  package var kind: Kind
  /// How many things were lost, where that is known.
  package var count: Int64?
  /// One sentence: what is missing, and what to do about it.
  package var detail: String
  /// The first place where it shows; nil for what is of the whole input.
  package var place: Place?

  /// `detail` is one sentence, without a full stop, that says what to do about it.
  package init(_ kind: Kind, count: Int64? = nil, _ detail: String, at place: Place? = nil) {
    self.kind = kind
    self.count = count
    self.detail = detail
    self.place = place
  }

  /// One loss for many of a kind: where the first was, and how many things were lost in all.
  fileprivate mutating func add(_ other: Loss) {
    // Damaged lines name any number.
    let (sum, isTooMuch) = (count ?? 1).addingReportingOverflow(other.count ?? 1)
    count = isTooMuch ? .max : sum
  }

  /// The input ends inside a line.
  package static let cutInside = Loss(
    .truncated, "the last line has no newline: the file was cut inside it, and what followed is missing")
  /// The same where no finding can hang on it.
  package static let openEnd = Loss(
    .openEnd, "the last line has no newline: whether more followed is not known")

  /// `input`: the trace's number.
  package static func anotherBoot(_ input: Int) -> Loss {
    Loss(
      .anotherBoot,
      "this trace is of another boot than the files beside it: kernel, IOMMU groups or times differ; judged apart",
      at: Place(input: input, line: 0, offset: 0))
  }

  /// Whether findings may be missing because of it, so that the run must not end as a pass. What the kernel
  /// itself dropped (ring-buffer overruns, printk) is a gap in the evidence, not an error of the input.
  package var isDamage: Bool {
    switch kind {
    case .truncated, .damaged, .unreadable, .empty, .unrecognised, .unusable, .tooMany, .unexplained,
      .notTelling:
      true
    case .lostEvents, .droppedPrintk, .noBeginning, .openEnd, .oneCPU, .noTimes, .coarseTimes, .noOrder,
      .noContext,
      .tracingStopped,
      .probeRefused,
      .repeated, .anotherBoot:
      false
    }
  }
}

extension [Loss] {
  /// Puts losses of the same words together: an input may have any number of them.
  package mutating func fold() {
    var index: [String: Int] = [:]
    var folded: [Loss] = []
    for loss in self {
      if let known = index["\(loss.kind) \(loss.detail)"] {
        folded[known].add(loss)
      } else {
        index["\(loss.kind) \(loss.detail)"] = folded.count
        folded.append(loss)
      }
    }
    self = folded
  }
}
