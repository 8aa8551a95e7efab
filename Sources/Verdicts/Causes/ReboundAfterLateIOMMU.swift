import Bytes
import Timelines

extension Cause {
  static let reboundAfterLateIOMMU = Cause(
    id: "rebound-after-late-iommu", letter: "T4b",
    title: "The client ran without its IOMMU and was bound again after it came", verdict: .real,
    harm: "exposed before the rebind", sides: [.bind],
    story: """
      The client gave up waiting for its IOMMU (deferred_probe_timeout, or no modules) and ran untranslated. The IOMMU \
      registered later and left the bound client alone, silently. When the client is unbound and bound again, the \
      replay in its bind finds the IOMMU and prints the warning. This bind is in order; the first life was not.
      """,
    needs: ["a bind-side warning", "a completed bind, or the give-up line, before the IOMMU registered"],
    proof: """
      "deferred probe timeout, ignoring dependency" (or its sister) for the client before the warning, or a traced \
      bind that completed before the walk skipped the device.
      """,
    decidedBy: [
      Proof(.kernelLog, if: "it reaches back to the line with which the client gave up"),
      Proof(
        .binds, .results, .visits, .dmaConfigure, .registrations,
        if: "the trace reaches back to the bind of the client"),
    ],
    against: "A bind that was still in flight when the walk came by: that is skipped-by-walk-then-replayed.",
    advice:
      "Make the IOMMU come first: raise deferred_probe_timeout, build its driver (and its suppliers) in.",
    cites: ["bcb81ac6ae3c"],
    judge: { file in
      guard file.side == .bind else { return nil }
      return gaveUp(file) ?? completed(file)
    })

  private static func gaveUp(_ file: CaseFile) -> Judgement? {
    guard let line = file.gaveUpLine,
      !file.device.log.contains(where: { later in
        later.saysUnbound && later.order > line.order && later.order < file.warning?.order ?? .max
      })
    else { return nil }
    // The attempt that gave up may have come to nothing all the same: its driver may wait for something else.
    let attempts =
      file.visit.map { visit in file.device.binds.filter { $0.phase.end ?? .max < visit.phase.start } } ?? []
    let ran = attempts.contains(where: \.succeeded) || file.workedLine != nil
    guard ran || attempts.isEmpty || !attempts.allSatisfy(\.failed) else { return nil }
    var evidence = [Evidence("the client gives up waiting for its IOMMU", line)]
    if let worked = file.workedLine { evidence.append(Evidence("its driver runs without one", worked)) }
    if let came = file.iommuCame(after: line) { evidence.append(came) }
    evidence += file.stackEvidence
    if let visit = file.visit { evidence.append(Evidence("the replay of the rebind", visit.phase)) }
    return judgement(file, evidence, ran ? .certain : .likely)
  }

  private static func completed(_ file: CaseFile) -> Judgement? {
    guard let visit = file.visit else { return nil }
    let completed = file.completedBind(before: visit.phase.start)
    // Without its result a bind that came to ->probe has most likely completed.
    let started = file.startedBind(before: visit.phase.start).flatMap { $0.failed ? nil : $0 }
    guard let bind = completed ?? started else { return nil }
    // A driver that had its group before was bound in order; losing and regaining it is another story.
    guard !file.device.groups.contains(where: { $0.moment.time < visit.phase.start }) else { return nil }
    var evidence = [Evidence("a bind of the device completes without a group", end: bind.phase)]
    // Only a walk that came after that bind tells that the IOMMU was late.
    let skip = file.earlierWalkVisits.last { $0.phase.start > (bind.phase.end ?? .max) }
    if let skip { evidence.append(Evidence("the walk leaves the bound device alone", skip.phase)) }
    evidence.append(Evidence("a later bind replays the IOMMU probe", visit.phase))
    return judgement(
      file, evidence + file.stackEvidence, completed == nil || skip == nil ? .likely : .certain)
  }

  private static func judgement(
    _ file: CaseFile, _ evidence: [Evidence], _ confidence: Confidence = .certain
  ) -> Judgement {
    Judgement(
      confidence: confidence, harm: file.damage.isEmpty ? .exposed : .harmed,
      tier: file.visit == nil ? .kernelLog : .trace,
      summary: "it ran untranslated until it was bound again", evidence: evidence + file.damage,
      missing: confidence == .certain ? [] : ["that its driver ran before: " + Advice.trace])
  }
}

extension CaseFile {
  /// A sign that an IOMMU registered after `line`: other devices put into groups by a walk, or its announcement.
  func iommuCame(after line: LogMoment) -> Evidence? {
    if let added = walkAdditions(after: line.order, before: .max).first {
      return Evidence("an IOMMU registers: its walk puts unbound devices into groups", added)
    }
    return BootLines.between(lines.banners, after: line.order, before: .max)
      .first { banner in
        boot.devices[banner.device(in: boot)]?.log.contains(where: \.isFailure) != true
      }
      .map { Evidence("an IOMMU announces itself", $0) }
  }
}
