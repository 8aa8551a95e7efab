// What really happened in an execution, told from the model's own state and never from what proberace says.
//
// The cause of a warning follows from facts that were noted when they happened (docs/kernel.md#causes):
//
//   side    fact                                                                        cause
//   direct  -                                                                           T1
//   walk    a bind had completed before the registration began                          T3
//           (described by ACPI: the walk of its own IOMMU had missed it)                T5
//   walk    a ->probe began without a domain, now or before                             T6
//           (it passed a group without a domain, on a kernel without b46064a18810)      T9 is right as well
//           (driver code had built the fwspec)                                          T1 is right as well
//   walk    a ->probe that began without a domain came to nothing                       any false positive
//   walk    no exposure, and the visit ran dma_configure itself                         F1
//   walk    no exposure, the bind had built the fwspec through the second IOMMU's gate  F2
//   walk    the same through no gate at all                                             F3
//   walk    the same without any firmware description                                   any false positive
//   walk    a ->probe of a driver that manages its DMA began without a domain           T14, with or without a warning
//   any     in an earlier life a driver ran without its domain                          T4b, whatever this race is
//   bind    a bind had completed without a group before                                 T4b
//   bind    the IOMMU driver had refused the client in the walk                         T2
//   bind    before `ready`, with the gate: only a client of two IOMMUs gets there       F2
//   bind    before `ready`, without the gate                                            F3
//   bind    after `ready`, and the walk had left the client alone with a bind in flight F4
//   bind    after `ready`, the walk never met it with a driver                          any false positive

package struct Truth: Hashable, Sendable {
  package enum Side: String, Hashable, Sendable { case walk, bind, direct }
  package enum Harm: String, Hashable, Sendable { case unharmed, exposed, harmed }

  package struct Warned: Hashable, Sendable {
    package var side: Side
    /// Ids of causes; the first is the one meant. Empty: the taxonomy has none.
    package var causes: [String]
    package var isReal: Bool
  }
  /// The printed warnings, in order.
  package var warned: [Warned]
  package var harm: Harm
  /// The client runs without a group, and its IOMMU is there.
  package var isLeftOut: Bool
  /// …because the walk skipped it, on ACPI.
  package var isOrphan: Bool
  /// In an earlier life a driver ran without its domain.
  package var ranEarlier: Bool
  /// A driver that looks after its DMA itself was bound before the domain came.
  package var isManagedEarly: Bool
  /// The registration failed.
  package var isAborted: Bool
  package var isProbedTwice: Bool
  /// The walking thread died in <bus>_dma_configure.
  package var isCrashed: Bool
  /// use_default_domain let a bind pass that had a group and no domain.
  package var isFlipped: Bool
  /// The threads wait for each other.
  package var isDeadlocked: Bool
  /// Its IOMMU is there, and no attempt bound it.
  package var isUnbound: Bool

  /// Ids of what is true of the whole boot and prints no warning of its own.
  package var silent: [String] {
    [
      (isLeftOut && !isOrphan, "silent-late-iommu"), (isOrphan, "acpi-missed-walk-orphan"),
      (
        isManagedEarly && !warned.contains { $0.causes.first == "managed-dma-before-domain" },
        "managed-dma-before-domain"
      ),
      (isAborted, "walk-aborted-registration"),
      (isProbedTwice, "double-probe"),
      (isCrashed, "dma-configure-null-driver"),
    ].filter(\.0).map(\.1)
  }

  /// Ids of all that went wrong or warned, each once.
  package var causes: Set<String> {
    Set(warned.compactMap(\.causes.first) + silent + (isFlipped ? ["default-domain-flip"] : []))
  }

  /// A driver ran without its domain, and neither a warning nor one of the silent causes says so.
  package var isHidden: Bool { harm != .unharmed && silent.isEmpty && !warned.contains(where: \.isReal) }

  init(_ scenario: Scenario, _ machine: Machine) {
    let history = machine.history
    let runsWithout = machine.isBound && !machine.client.group && scenario.client != .misused
    isAborted = machine.registerResult != 0
    isLeftOut = runsWithout && machine.ready
    isOrphan = isLeftOut && scenario.client == .acpi && history.skippedInFlight
    ranEarlier = history.ranEarlier
    isManagedEarly = scenario.managesDMA && history.exposed && machine.client.domain
    isProbedTwice = history.probedTwice
    isCrashed = machine.isCrashed
    isFlipped = history.flipped
    // A thread that waits for the client to be bound, which never happens, is in no deadlock.
    isDeadlocked = !Run.hasEnded(machine) && machine.walker.step != .idle
    isUnbound = !machine.isBound && machine.ready && !scenario.twoRegister && !isDeadlocked
    let misuse = scenario.client == .misused && machine.client.group
    let exposed = history.exposed && (machine.client.domain || isLeftOut) || misuse
    harm = !exposed && !ranEarlier ? .unharmed : history.mapped ? .harmed : .exposed
    warned = history.warned.map { warned in
      let causes = Truth.causes(warned, scenario, history, exposed)
      return Warned(side: warned.side, causes: causes, isReal: Truth.isReal(causes, exposed))
    }
  }

  private static func isReal(_ causes: [String], _ exposed: Bool) -> Bool {
    guard let cause = causes.first else { return exposed }
    return real.contains(cause)
  }

  private static let real: Set<String> = [
    "dma-configure-outside-bus", "iommu-late-after-bind", "probe-before-domain", "rebound-after-late-iommu",
    "iommu-registered-too-early", "default-domain-flip", "missed-walk-late-attach",
    "managed-dma-before-domain",
  ]

  private static func causes(
    _ warned: History.Warned, _ scenario: Scenario, _ history: History, _ exposed: Bool
  ) -> [String] {
    let causes =
      switch warned.side {
      case .direct: ["dma-configure-outside-bus"]
      case .walk: walk(warned, scenario, history, exposed)
      case .bind: bind(warned, scenario)
      }
    guard history.ranEarlier else { return causes }
    // However clean this race is.
    return ["rebound-after-late-iommu"] + causes.filter(real.contains)
  }

  private static func walk(
    _ warned: History.Warned, _ scenario: Scenario, _ history: History, _ exposed: Bool
  ) -> [String] {
    if warned.boundBeforeRegister {
      return [scenario.client == .acpi ? "missed-walk-late-attach" : "iommu-late-after-bind"]
    }
    if exposed, scenario.managesDMA { return ["managed-dma-before-domain"] }
    if exposed {
      var causes = ["probe-before-domain"]
      if history.flipped { causes.append("default-domain-flip") }
      if scenario.client == .misused { causes.append("dma-configure-outside-bus") }
      if scenario.client == .nullFirmware { causes.append("iommu-late-after-bind") }
      return causes
    }
    // Neither did that bind wait, nor does one run that had begun too early.
    if history.isUndone { return [] }
    if warned.ranConfigure { return ["walk-bind-toctou"] }
    // A driver set before read #1, and a bind that waited: harmless, but no class of its own.
    if scenario.client == .nullFirmware { return [] }
    if scenario.kernel.gates { return ["multi-iommu-replay-bypass"] }
    return ["ungated-replay"] + (scenario.client == .multi ? ["multi-iommu-replay-bypass"] : [])
  }

  private static func bind(_ warned: History.Warned, _ scenario: Scenario) -> [String] {
    if warned.ranBefore { return ["rebound-after-late-iommu"] }
    if warned.refusedBefore { return ["iommu-registered-too-early"] }
    if warned.isRegistering {
      if scenario.kernel.gates { return ["multi-iommu-replay-bypass"] }
      return ["ungated-replay"] + (scenario.client == .multi ? ["multi-iommu-replay-bypass"] : [])
    }
    return warned.skippedBefore ? ["skipped-by-walk-then-replayed"] : []
  }
}
