// Documents that are one machine's, and what their owner calls them.
import Analysis
import Bytes
import Inputs
import Reading

extension LogScanner {
  /// Judges files, or all that an archive holds, as the inputs of one machine.
  func scan(
    _ name: String, _ files: [String], areNamed: Bool, _ folder: Int?, _ emit: (LogResult) -> Void
  ) throws {
    func group(areFound: Bool) throws -> (inputs: [InputSummary], boots: [JudgedBoot<LogLook>]) {
      try Analysis.group(
        files, areFound: areFound, areNamed: areNamed, meter: meter, claims: claims, watchedBy: LogLook.self)
    }
    var (inputs, boots) = try group(areFound: folder != nil && files.count > 1)
    // What lies alone in a folder is taken for a log that somebody named. A page or an archive without one is no damage there.
    if boots.isEmpty, folder != nil, files.count == 1 { inputs = try group(areFound: true).inputs }
    let hash = inputs.allSatisfy { $0.hash != nil } ? ContentHash(of: inputs.compactMap(\.hash)) : nil
    if let hash, rows.known.contains(hash) { return emit(.known(name, hash)) }
    for (index, boot) in boots.enumerated() {
      var result = result(name, isFound: folder != nil, boot, index, inputs.map(\.path))
      result.format = boot.watches.isEmpty ? nil : .kernelLog
      result.inputs = inputs.map(\.path)
      result.folder = folder
      result.hash = hash
      emit(result)
    }
    guard boots.isEmpty else { return }
    let isDamaged = inputs.contains {
      $0.losses.contains { $0.isDamage && $0.kind != .unrecognised && $0.kind != .empty }
    }
    var result = LogResult(
      path: name, boot: 0, state: isDamaged || folder == nil ? .unreadable : .noKernelLog)
    result.isFound = folder != nil
    result.reason = "no kernel log and no trace in here (files: \(inputs.count))"
    result.error =
      isDamaged
      ? inputs.lazy.flatMap(\.losses).first(where: \.isDamage)?.detail : folder == nil ? result.reason : nil
    result.folder = folder
    result.hash = hash
    emit(result)
  }

  /// With what its owner calls it, as its path and a manifest tell.
  func labelled(_ result: LogResult, _ path: String, _ origin: FileWalk.Input.Origin) -> LogResult {
    var result = result
    (result.labels, result.fitsPattern) = rows.labels.labels(
      of: origin.below(path, result.path), own: origin.entry?.labels ?? [:])
    result.id = origin.entry?.id
    // Entries of the allow-list may name boards.
    if !result.labels.isEmpty {
      let place = result.place
      for index in result.findings.indices {
        result.findings[index].decision = gate.decide(result.findings[index].finding, of: place)
      }
    }
    return result
  }
}
