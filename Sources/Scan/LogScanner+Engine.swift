// Documents that the engine must look at, boot by boot.
import Analysis
import Bytes
import Inputs
import Reading
import Records
import Verdicts

extension LogScanner {
  /// Reads a text boot by boot.
  func scan(
    _ document: Document.Name, _ stream: any ByteStream, _ head: Span<UInt8>, _ emit: (LogResult) -> Void
  ) throws {
    let watched = WatchedStream(stream)
    var boots = DocumentBoots<LogLook>(LineSource(stream: watched), claims: claims)
    var index = 0
    while let boot = boots.next() {
      guard !(watched.fault is Stopped) else { throw Stopped() }
      var result = result(document.name, isFound: document.isFound, boot, index)
      // A trace alone is judged at the document's end, when it is known what it is.
      result.format = boot.watches.isEmpty ? boots.format : .kernelLog
      index += 1
      emit(result)
    }
    if watched.fault is Stopped { throw Stopped() }
    finish(document, boots, index, watched.fault, head, emit)
  }

  /// What the document as a whole comes to, beside its boots.
  func finish(
    _ document: Document.Name, _ boots: DocumentBoots<LogLook>, _ index: Int, _ fault: (any Error)?,
    _ head: Span<UInt8>,
    _ emit: (LogResult) -> Void
  ) {
    var damage = boots.losses.filter(\.isDamage)
    if index == 0, boots.format == nil { damage = damage.whereNothingWasFound(Refusal(text: head)) }
    if index == 0, damage.isEmpty {
      if let format = boots.format {
        return emit(.notTelling(document, "\(format.title): \(Analysis.notTelling)"))
      }
      return emit(.noLog(document, text: head))
    }
    guard !damage.isEmpty else { return }
    var result = LogResult(path: document.name, boot: index, state: .unreadable)
    result.isFound = document.isFound
    result.losses = damage
    result.error = fault.map(InputError.explain) ?? damage.first?.detail
    emit(result)
  }

  /// `inputs`: what the boot was read from, if that is not what the result is called by.
  func result(
    _ name: String, isFound: Bool, _ boot: JudgedBoot<LogLook>, _ index: Int, _ inputs: [String]? = nil
  ) -> LogResult {
    var result = LogResult(path: name, boot: index, gaps: boot.gaps)
    result.isFound = isFound
    result.kernel = boot.analysis.timeline.kernel
    result.hardware = boot.analysis.timeline.hardware
    let place = result.place
    result.findings = boot.analysis.findings.map { Judged(finding: $0, decision: gate.decide($0, of: place)) }
    rows.illustrator?.illustrate(&result.findings, boot.analysis, inputs ?? [name])
    result.suspects = boot.analysis.suspects
    result.showsRaces = boot.analysis.showsRaces
    result.others = LogLook.others(boot.watches)
    result.losses = boot.losses
    if boot.losses.contains(where: \.isDamage) { result.state = .unreadable }
    result.error = boot.losses.first { $0.kind == .unreadable }?.detail
    // Of a recording alone: what it shows of groups.
    result.decideEligibility(
      group: boot.watches.contains(where: \.showsGroup)
        || boot.analysis.timeline.devices.values.contains { !$0.groups.isEmpty })
    return result
  }

  /// Takes a binary document, a recording or something that is refused, through the analysis as report does.
  func analyse(_ document: Document.Name, _ stream: any ByteStream, _ emit: (LogResult) -> Void)
    throws
  {
    let analysis = try Analysis.run(Document(document, stream), claims: claims)
    let input = analysis.inputs[0]
    for (index, boot) in analysis.boots.enumerated() {
      emit(
        result(
          document.name, isFound: document.isFound,
          JudgedBoot(analysis: boot, watches: [], losses: index == 0 ? input.losses : []), index))
    }
    guard analysis.boots.isEmpty else { return }
    guard input.format != nil && input.format != .kprobeEvents || input.isDamaged else {
      return emit(.noLog(document, input.losses.first?.detail ?? Analysis.nothingFound))
    }
    guard input.isDamaged else {
      return emit(.notTelling(document, Analysis.notTelling, input.losses))
    }
    var result = LogResult.unreadable(
      document.name, input.losses.first(where: \.isDamage)?.detail ?? "damaged", isFound: document.isFound)
    result.losses = input.losses
    emit(result)
  }
}
