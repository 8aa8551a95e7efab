import Timelines

/// "Not judged" as an answer: why, what it could be, and what would tell.
enum Undetermined {
  static func finding(_ file: CaseFile) -> Finding {
    let (reason, candidates) = reason(file)
    return finding(file, reason, candidates, [])
  }

  /// The probe is in order, but the device may have run before, without its domain.
  static func finding(_ file: CaseFile, earlier sign: Evidence) -> Finding {
    finding(
      file, "this probe is in order; whether the device ran before without its domain is not in the inputs",
      [.reboundAfterLateIOMMU] + reason(file).1, [sign])
  }

  /// The probe is in order, and the device's DMA is not translated all the same.
  static func finding(_ file: CaseFile, directDMA line: Evidence) -> Finding {
    finding(
      file,
      "this probe is in order, but its IOMMU's DMA operations could not be set up: its DMA is not translated",
      reason(file).1, [line])
  }

  /// The order of things speaks for a harmless race and does not prove it, and the device faults behind it.
  static func finding(_ file: CaseFile, faults: [Evidence]) -> Finding {
    finding(
      file,
      "the probe looks like a harmless one, but the device's own stream faults after it: whether its driver had mapped DMA before its "
        + "domain is not in the inputs", reason(file).1, faults)
  }

  /// The probe is in order, and what it brought was taken away again.
  static func finding(_ file: CaseFile, failed line: Evidence) -> Finding {
    finding(
      file,
      "this probe is in order, but its IOMMU failed after it and took group and domain away: how the driver ran then is not in the "
        + "inputs", reason(file).1, [line])
  }

  /// A WARNING of the same function, of which the message is lost.
  static func unknown(_ file: CaseFile) -> Finding {
    finding(
      file, "which of the function's WARNINGs it is cannot be told: its message is not in the log", [],
      [])
  }

  /// Two proofs that exclude each other: some input is not of this boot, or not whole.
  static func finding(
    _ file: CaseFile, _ first: Judgement, against other: Judgement, _ candidates: [Cause]
  ) -> Finding {
    finding(
      file, "the inputs contradict each other: \(first.summary); but \(other.summary)", candidates,
      first.evidence + other.evidence)
  }

  /// Log and trace say different things of one warning.
  static func finding(_ file: CaseFile, contrary text: String, _ evidence: [Evidence] = []) -> Finding {
    finding(
      file, "the inputs contradict each other: \(text)", reason(file).1,
      evidence + (file.visit.map { [Evidence("the probe in the trace", $0.phase)] } ?? []))
  }

  private static func finding(
    _ file: CaseFile, _ reason: String, _ candidates: [Cause], _ more: [Evidence]
  ) -> Finding {
    var missing = [Advice.trace]
    if file.warning == nil, !file.boot.hasLog { missing.insert("the kernel log of the same boot", at: 0) }
    if file.hasGap {
      missing.insert("a trace without lost events around the probe (larger trace_buf_size)", at: 0)
    }
    if file.warning?.frames.isEmpty == true { missing.insert("the call trace of the warning", at: 0) }
    if file.warning?.isMixed == true { missing.insert(Advice.ownStack, at: 0) }
    return Finding(
      device: file.device.name, driver: file.driver, kind: .lateIOMMUProbe, time: file.warning?.time,
      side: file.side,
      verdict: .undetermined, confidence: nil, cause: nil, candidates: candidates, harm: .unknown,
      tier: file.visit != nil ? .trace : .callTrace, summary: reason,
      evidence: (more + file.stackEvidence + file.context).once.inOrder, missing: missing,
      assumed: file.kernel.version == nil ? [] : [file.kernel.gateReason],
      places: file.warning?.places ?? [])
  }

  /// Who lets a bind go on in a group without a domain.
  private static func kernelSays(_ file: CaseFile) -> String {
    file.kernel.has(.domainCheck) == true ? "this kernel lets" : "kernels with b46064a18810 let"
  }

  private static func reason(_ file: CaseFile) -> (String, [Cause]) {
    let bypass: Cause = file.kernel.hasGate == false ? .ungatedReplay : .multiIOMMUReplayBypass
    switch file.side {
    case .walk:
      if NullFirmware.applies(file) {
        return (
          "whether the client was bound before its IOMMU registered is not in the inputs; on this platform that is likely",
          [.iommuLateAfterBind, .walkBindTOCTOU]
        )
      }
      if file.isUndone {
        return (
          "the driver's probe ran before the domain and came to nothing; whether it left anything behind, or failed for want of its "
            + "DMA, is not in the inputs",
          [.walkBindTOCTOU, .probeBeforeDomain]
        )
      }
      if let early = file.exposure?.bind {
        let driver = file.driver(of: early)
        if let driver, DriverManagedDMA.isOne(driver) {
          return (
            "the driver's probe ran before the domain, but \(driver) manages its DMA itself (driver_managed_dma)",
            DriverManagedDMA.isMeant(driver) ? [] : [.managedDMABeforeDomain]
          )
        }
        if file.mustHaveWaited(early) {
          let lets =
            kernelSays(file)
            + " only those do that manage their DMA themselves (driver_managed_dma): "
          return (
            "a driver's probe ran in the device's group before the domain, which \(lets)"
              + (driver.map { "whether \($0) is one is not known here" }
                ?? "which driver it was is not in the inputs"),
            driver == nil ? [.managedDMABeforeDomain] : [.managedDMABeforeDomain, .probeBeforeDomain]
          )
        }
        return (
          "the driver's probe ran before the domain; whether it ran on so is not in the inputs",
          [.probeBeforeDomain]
        )
      }
      return (
        "the walk raced a bind; whether the bind waited (harmless) or went on without a domain (harmful) is not in the inputs",
        [.walkBindTOCTOU, .probeBeforeDomain, bypass]
      )
    case .bind:
      if file.leftAlone != nil {
        return (
          "the bind's replay finished the probe of a device that a walk had left alone; whether the client had been bound before that "
            + "is not in the inputs",
          [.skippedByWalkThenReplayed, bypass, .reboundAfterLateIOMMU]
        )
      }
      if file.kernel.hasGate == false {
        return (
          "the bind's replay finished the probe; whether the walk was running or had been refused is not in the inputs",
          [.ungatedReplay, .iommuRegisteredTooEarly, .reboundAfterLateIOMMU]
        )
      }
      return (
        "the bind's replay finished the probe; what the walk had done before is not in the inputs",
        [
          .skippedByWalkThenReplayed, .iommuRegisteredTooEarly, .multiIOMMUReplayBypass,
          .reboundAfterLateIOMMU,
        ]
      )
    case .notifier:
      return (
        "a driver was set before device_add() had announced the device, as one that registers just then does (until 7.1); whether its "
          + "->probe waited for the domain is not in the inputs",
        [.probeBeforeDomain]
      )
    case .direct, .none:
      return (
        "the warning's call trace is \(file.warning?.isMixed == true ? "mixed with another's" : "missing"), so which way the "
          + "probe was reached is not known",
        Cause.all.filter { $0.verdict != nil && !$0.sides.contains(.none) }
      )
    }
  }
}

extension CaseFile {
  /// Walks came by before the replay and none ran dma_configure: nobody was asked, so nobody refused. The last one; of whichever
  /// life, for where one ends may be what is not known.
  fileprivate var leftAlone: Visit? {
    guard let visit, seesConfigure else { return nil }
    let before = whole.visits.filter { $0.side == .walk && $0.phase.start < visit.phase.start }
    let isAlone = before.allSatisfy { $0.isSkip && !$0.isInferred && !$0.isUntimed }
    return isAlone ? before.last : nil
  }

  /// What the inputs show around an undecided warning.
  var context: [Evidence] {
    var evidence: [Evidence] = []
    if side == .bind, let leftAlone {
      evidence.append(Evidence("a walk leaves it alone without dma_configure", leftAlone.phase))
    }
    if let banner {
      evidence.append(Evidence("the last IOMMU that announced itself before it", banner))
    }
    if let adding = addingLine, warning != nil {
      evidence.append(Evidence("\"Adding to iommu group\" for the device", adding))
    }
    if let first = driverLines.first {
      evidence.append(Evidence("first line with the driver's prefix", first))
    }
    return evidence
  }
}
