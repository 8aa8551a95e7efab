// The list of causes.

extension Cause {
  /// In the order in which a case is held against them. No cause can be made without its case, and no case without its cause.
  enum Kind: String, CaseIterable, Sendable {
    case prematureWarning = "premature-warning-prerelease"
    case dmaConfigureOutsideBus = "dma-configure-outside-bus"
    case reboundAfterLateIOMMU = "rebound-after-late-iommu"
    case missedWalkLateAttach = "missed-walk-late-attach"
    case iommuLateAfterBind = "iommu-late-after-bind"
    case probeBeforeDomain = "probe-before-domain"
    case iommuRegisteredTooEarly = "iommu-registered-too-early"
    case skippedByWalkThenReplayed = "skipped-by-walk-then-replayed"
    case multiIOMMUReplayBypass = "multi-iommu-replay-bypass"
    case ungatedReplay = "ungated-replay"
    case walkBindTOCTOU = "walk-bind-toctou"
    case silentLateIOMMU = "silent-late-iommu"
    case acpiMissedWalkOrphan = "acpi-missed-walk-orphan"
    case managedDMABeforeDomain = "managed-dma-before-domain"
    case skippedBridgeSplitGroups = "skipped-bridge-split-groups"
    case walkAbortedRegistration = "walk-aborted-registration"
    case doubleProbe = "double-probe"
    case defaultDomainFlip = "default-domain-flip"
    case dmaConfigureNullDriver = "dma-configure-null-driver"
    case deviceLockSelfDeadlock = "device-lock-self-deadlock"
    case firmwareDMAHandover = "firmware-dma-handover"
    case ownDeviceInWalk = "own-device-in-walk"

    var cause: Cause {
      switch self {
      case .prematureWarning: .prematureWarning
      case .dmaConfigureOutsideBus: .dmaConfigureOutsideBus
      case .reboundAfterLateIOMMU: .reboundAfterLateIOMMU
      case .missedWalkLateAttach: .missedWalkLateAttach
      case .iommuLateAfterBind: .iommuLateAfterBind
      case .probeBeforeDomain: .probeBeforeDomain
      case .iommuRegisteredTooEarly: .iommuRegisteredTooEarly
      case .skippedByWalkThenReplayed: .skippedByWalkThenReplayed
      case .multiIOMMUReplayBypass: .multiIOMMUReplayBypass
      case .ungatedReplay: .ungatedReplay
      case .walkBindTOCTOU: .walkBindTOCTOU
      case .silentLateIOMMU: .silentLateIOMMU
      case .acpiMissedWalkOrphan: .acpiMissedWalkOrphan
      case .managedDMABeforeDomain: .managedDMABeforeDomain
      case .skippedBridgeSplitGroups: .skippedBridgeSplitGroups
      case .walkAbortedRegistration: .walkAbortedRegistration
      case .doubleProbe: .doubleProbe
      case .defaultDomainFlip: .defaultDomainFlip
      case .dmaConfigureNullDriver: .dmaConfigureNullDriver
      case .deviceLockSelfDeadlock: .deviceLockSelfDeadlock
      case .firmwareDMAHandover: .firmwareDMAHandover
      case .ownDeviceInWalk: .ownDeviceInWalk
      }
    }
  }

  /// As JSON, `explain` and the allow-list have it: it stays as it is.
  package var id: String { kind.rawValue }

  /// In the order in which a case is held against them.
  package static let all: [Cause] = Kind.allCases.map(\.cause)
}
