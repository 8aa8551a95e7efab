// A bind attempt and what it did for its device.
import Records

struct BindReader {
  let view: TraceView

  func bind(_ index: Int32) -> Bind {
    var bind = Bind(
      phase: view.phase(index), driver: view.names[view.tree[index].detail],
      isWithoutReturn: view.tree[index].isWithoutReturn)
    bind.isByAddress = view.tree[index].subject.name == .none
    collect(index, index, &bind)
    // Its own return was not recorded, but a deferral in dma_configure ends the attempt right there.
    if bind.phase.result == nil, let dma = bind.dmaConfigure, dma.result == -517, let end = dma.end {
      bind.phase.end = min(bind.phase.end ?? .max, end)
      bind.phase.endPlace = dma.endPlace
    }
    return bind
  }

  /// Walks down from the bind attempt, not into what it does for other devices (a registration, children's binds).
  private func collect(_ root: Int32, _ index: Int32, _ bind: inout Bind) {
    let inBus = view.tree[index].role == .busDMAConfigure
    for child in view.tree.children(of: index) {
      let call = view.tree[child]
      // Where a return was lost, what the thread did next hangs below this attempt, for another device.
      guard view.sameDevice(child, root) || call.role == .pinctrlBind else { continue }
      let start = view.clock.boot(call.start)
      switch call.role {
      case .reallyProbe, .registration: continue
      case .pinctrlBind: bind.setBy = bind.setBy ?? start
      case .busDMAConfigure where bind.dmaConfigure == nil:
        bind.dmaConfigure = view.phase(child)
        bind.setBy = bind.setBy ?? start
      case .firmwareDMAConfigure:
        if !inBus, isDirect(child, bind) {
          bind.direct.append(view.phase(child))
        } else if bind.firmware == nil {
          bind.firmware = view.phase(child)
          bind.setBy = bind.setBy ?? start
        }
      case .ofIOMMUConfigure where bind.ofIOMMU == nil: bind.ofIOMMU = view.phase(child)
      case .busProbe:
        if bind.busProbe == nil {
          bind.busProbe = view.phase(child)
        } else {
          bind.probedAgain = view.phase(child)
        }
      default: break
      }
      collect(root, child, &bind)
    }
  }

  /// of_dma_configure_id belongs to the bus if `<bus>_dma_configure` called it; anything else is driver code.
  private func isDirect(_ index: Int32, _ bind: Bind) -> Bool {
    let caller = view.caller(index)
    if KernelFunction.isBusConfigure(caller, inProbe: bind.busProbe != nil) { return false }
    // A bare address or an unknown caller: the bus calls it once, before ->probe begins.
    return !caller.isEmpty || bind.busProbe != nil || bind.firmware != nil
  }
}
