import Records

/// How an IOMMU probe was reached.
struct Approach: Equatable {
  var side: Side
  /// The function that called of_dma_configure_id, for a direct call.
  var culprit = ""
  var registration: Int?
}

/// From which side a call was reached: the nearest selector outward decides, the walk, the bus's dma_configure, driver code or
/// the notifier.
struct SideReader {
  let view: TraceView
  let registrations: Registrations

  func approach(_ index: Int32) -> Approach {
    var firmware: Int32?
    for at in view.tree.outward(from: index) {
      let call = view.tree[at]
      switch call.role {
      case .walkVisit: return walk(at)
      case .registration: return Approach(side: .walk, registration: registrations.number(of: at))
      case .busDMAConfigure where isBus(at): return Approach(side: .bind)
      case .iommuNotifier: return Approach(side: .notifier)
      case .firmwareDMAConfigure: firmware = at
      // A probe that adds devices has the notifier probe those: nobody binds them.
      case .reallyProbe: return view.sameDevice(index, at) ? inBind(at, firmware) : Approach(side: .none)
      default: break
      }
      switch Role.named(view.names[call.caller]) {
      case .iommuNotifier: return Approach(side: .notifier)
      case .walkVisit: return walk(at)
      default: continue
      }
    }
    return firmware.map(alone) ?? Approach(side: .none)
  }

  private func walk(_ index: Int32) -> Approach {
    Approach(side: .walk, registration: registrations.number(around: index))
  }

  /// The bus's own dma_configure is not traced, or driver code called from ->probe.
  private func inBind(_ bind: Int32, _ firmware: Int32?) -> Approach {
    guard let firmware else { return Approach(side: .bind) }
    let caller = view.caller(firmware)
    if !caller.isEmpty { return called(by: caller, inProbe: isSecond(firmware, in: bind)) }
    return isSecond(firmware, in: bind)
      ? Approach(side: .direct, culprit: view.names[view.tree[firmware].caller]) : Approach(side: .bind)
  }

  /// The bus makes its call once, before ->probe begins.
  private func isSecond(_ firmware: Int32, in bind: Int32) -> Bool {
    view.tree.children(of: bind).contains { child in
      child < firmware
        && [.firmwareDMAConfigure, .busDMAConfigure, .busProbe].contains(view.tree[child].role)
    }
  }

  /// In no bind that is known. A module that is gone has left only addresses; the bus's functions have their names, and call only
  /// in a bind.
  private func alone(_ firmware: Int32) -> Approach {
    let address = view.names[view.tree[firmware].caller]
    let caller = address.hasPrefix("0x") ? address : view.caller(firmware)
    return caller.isEmpty ? Approach(side: .none) : called(by: caller, inProbe: false)
  }

  private func called(by caller: String, inProbe: Bool) -> Approach {
    KernelFunction.isBusConfigure(caller, inProbe: inProbe)
      ? Approach(side: .bind) : Approach(side: .direct, culprit: caller)
  }

  /// Not a driver's function of such a name, called from its ->probe.
  private func isBus(_ index: Int32) -> Bool {
    let outer = view.tree.outward(from: index).dropFirst().first {
      [.busProbe, .reallyProbe].contains(view.tree[$0].role)
    }
    return KernelFunction.isBusConfigure(
      view.names[view.tree[index].function.name], inProbe: outer.map { view.tree[$0].role } == .busProbe)
  }
}
