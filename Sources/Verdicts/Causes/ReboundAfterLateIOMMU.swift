import Bytes
import Timelines

extension Cause {
  static let reboundAfterLateIOMMU = Cause(
    kind: .reboundAfterLateIOMMU, letter: "T4b",
    title: "The client ran without its IOMMU and was bound again after it came", verdict: .real,
    harm: "exposed before the rebind", sides: [.bind],
    story: """
      The client gave up waiting for its IOMMU (deferred_probe_timeout, or no modules) and ran untranslated. The IOMMU \
      registered later and left the bound client alone, silently. When the client is unbound and bound again, the \
      replay in its bind finds the IOMMU and prints the warning. This bind is in order; the first life was not.
      """,
    needs: ["a bind-side warning", "a completed bind, or the give-up line, before the IOMMU registered"],
    proof: """
      "deferred probe timeout, ignoring dependency" (or its sister) for the client before the warning, and behind it a word that its driver \
      kept the device ("returned 0", "bound", its use); or a traced bind that completed before the walk skipped the device. A driver's \
      line alone only shows that its ->probe began.
      """,
    decidedBy: [
      Proof(
        .kernelLog,
        if:
          "it reaches back to the line with which the client gave up, and says that its driver kept the device"
      ),
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
      return file.rebound(file.earlierLives)
    })
}

extension CaseFile {
  /// What an earlier life makes of a probe that is in order itself.
  func rebound(_ lives: EarlierLives) -> Judgement? {
    guard case .ranWithoutDomain(let before, let isProven) = lives else { return nil }
    var evidence = before
    // Only a walk that came after that bind tells that the IOMMU was late.
    let skip = whole.visits.last { visit in
      guard visit.side == .walk, case .skipped = visit.outcome else { return false }
      return visit.phase.start < life.after && visit.phase.start > before.compactMap(\.time).max() ?? .max
    }
    if let skip { evidence.append(Evidence("the walk leaves the bound device alone", skip.phase)) }
    if let line = gaveUpLine, let came = iommuCame(after: line) { evidence.append(came) }
    evidence += stackEvidence
    if let visit {
      let what =
        visit.side == .bind ? "the replay of the rebind" : "the walk takes it while it is bound again"
      evidence.append(Evidence(what, visit.phase))
    }
    let wasTaken = before.contains { seen in whole.ungroups.contains { $0.place == seen.place } }
    return Judgement(
      confidence: isProven ? .certain : .likely, harm: damage.isEmpty ? .exposed : .harmed,
      tier: visit == nil ? .kernelLog : .trace,
      summary: "it ran untranslated until it was bound again", evidence: evidence + damage,
      missing: isProven
        ? []
        : ["whether the ->probe that began without its IOMMU kept the device: initcall_debug, or a trace"],
      advice: wasTaken ? Advice.unbindFirst : nil)
  }
}

extension CaseFile {
  /// A sign that an IOMMU registered after `line`: other devices put into groups by a walk, or its announcement.
  func iommuCame(after line: LogMoment) -> Evidence? {
    if let added = walkAdditions(after: line.order, before: .max).first(where: { isOfWalk($0, after: line) })
    {
      return Evidence("an IOMMU registers: its walk puts unbound devices into groups", added)
    }
    return BootLines.between(lines.banners, after: line.order, before: .max)
      .first { banner in
        boot.devices[banner.device(in: boot)]?.failures.isEmpty != false
      }
      .map { Evidence("an IOMMU announces itself", $0) }
  }
}
