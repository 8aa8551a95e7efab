import Events
import Records

/// Which way `__iommu_probe_device` was reached, from a call trace: the selector frame nearest to it counts
/// (docs/kernel.md#callers, docs/kernel.md#in-the-call-trace). A walk's stack also ends in a really_probe, the IOMMU
/// driver's own.
package struct StackSide: Sendable, Equatable {
  /// `none` if the frames do not tell.
  package var side: Side
  /// Index of the frame that decided; nil if none did.
  package var selector: Int?
  /// For a direct call, the driver function that called of_dma_configure_id.
  package var culprit: String?
  /// What called that in the end: the driver's ->probe, with the bus's function that called it, or a work function.
  package var root: Root?
  /// Frame directly outside iommu_device_register: the registering driver.
  package var registrar: String?

  /// `frames` are function names, innermost first, without offsets. `isMixed`: another thread's may be among them.
  init(frames: [String], isMixed: Bool = false) {
    side = .none
    if isMixed {
      mixed(frames)
      return
    }
    // They keep their places: `selector` counts all.
    let frames = frames.map { Self.isTrampoline($0) ? "" : $0 }
    let ways = frames.map { KernelFunction.named($0)?.way }
    let start = ways.firstIndex(of: .probe) ?? 0
    for index in frames.indices.dropFirst(start) {
      switch ways[index] {
      case .walk:
        side = .walk
        selector = index
        if let outer = frames.firstIndex(where: { Role.named($0) == .registration }), outer + 1 < frames.count
        {
          registrar = frames[outer + 1]
        }
        return
      case .notifier:
        side = .notifier
        selector = index
        return
      case .firmware:
        firmware(frames, index)
        return
      case .probe, nil: continue
      }
    }
  }

  /// What tracing and BPF put between a function and its caller, and a bare address: nobody's code.
  static func isTrampoline(_ frame: String) -> Bool {
    trampolines.contains(frame) || frame.hasPrefix("bpf_trampoline_") || frame.hasPrefix("0x")
      || frame.hasPrefix("optprobe_template_") || frame.hasPrefix("bpf_prog_")
  }
  private static let trampolines: Set<String> = [
    "return_to_handler", "arch_rethook_trampoline", "arch_rethook_trampoline_callback",
    "rethook_trampoline_handler",
    "kretprobe_trampoline", "__kretprobe_trampoline", "kretprobe_trampoline_handler", "ftrace_call",
    "ftrace_regs_call", "ftrace_caller", "ftrace_regs_caller", "ftrace_common", "ftrace_graph_call",
    "ftrace_graph_caller", "ftrace_stub",
  ]

  /// The driver core, and the IOMMU core itself: never the driver code that made a call it must not make.
  static func isCore(_ function: String) -> Bool { KernelFunction.named(function)?.isCore == true }

  /// Whose a driver's function is cannot be told, nor whose stack goes through the walk if one goes through a bus.
  private mutating func mixed(_ frames: [String]) {
    let roles = frames.map(Role.named)
    let walk = roles.firstIndex { $0 == .walkVisit || $0 == .busWalk }
    let bus = roles.firstIndex(of: .busDMAConfigure)
    guard (walk == nil) != (bus == nil) else { return }
    side = walk == nil ? .bind : .walk
    selector = walk ?? bus
  }

  private mutating func firmware(_ frames: [String], _ index: Int) {
    var at = index
    while at < frames.count, frames[at].isEmpty || KernelFunction.named(frames[at])?.way == .firmware {
      at += 1
      // Who stood where frames are missing nobody knows; but only a bind calls the bus's function.
      if at < frames.count, frames[at] == WarningBlock.hole {
        guard at + 1 < frames.count else { return }
        let next = KernelFunction.named(frames[at + 1])
        guard next?.way == .firmware || next?.role == .busDMAConfigure && Self.isBind(behind: at + 1, frames)
        else { return }
        at += 1
      }
    }
    // The driver core never calls these itself: the frame between was lost, and it may have been the bus's.
    guard at < frames.count, !Self.isCore(frames[at]) else { return }
    if KernelFunction.isBusConfigure(frames[at], inProbe: !Self.isBind(behind: at, frames)) {
      side = .bind
    } else if Self.isBind(behind: at, frames) {
      // really_probe() calls the bus's dma_configure, never a driver's function: that name is damaged.
      return
    } else if let bus = frames[at...].firstIndex(where: { Role.named($0) == .busDMAConfigure }),
      Self.isBind(behind: bus, frames)
    {
      // Nor does anybody call the bus's but really_probe(): frames of another stack stand in between.
      return
    } else {
      // That nothing of the core is known to stand between proves nothing: frames may be missing.
      guard let root = Self.root(frames[at...]) else { return }
      side = .direct
      culprit = frames[at]
      self.root = root
    }
    selector = at
  }

  /// Where a driver's code begins.
  package enum Root: Sendable, Equatable {
    /// Its ->probe, and the bus that called it where that function tells.
    case probe(String, bus: String?)
    case work(String)
  }

  private static func root(_ frames: ArraySlice<String>) -> Root? {
    guard let end = frames.firstIndex(where: { isCore($0) || Role.named($0) == .busProbe }),
      end > frames.startIndex,
      !frames[..<end].contains(WarningBlock.hole), let last = frames[..<end].last(where: { !$0.isEmpty })
    else { return nil }
    switch Role.named(frames[end]) {
    case .busProbe: return .probe(last, bus: KernelFunction.named(frames[end])?.bus.map { "\($0)" })
    case .reallyProbe: return .probe(last, bus: nil)
    default: return ["process_one_work", "kthread"].contains(frames[end]) ? .work(last) : nil
    }
  }

  /// The next frame further out than `index` is a bind's.
  private static func isBind(behind index: Int, _ frames: [String]) -> Bool {
    frames[index...].dropFirst().first { !$0.isEmpty }.flatMap(Role.named) == .reallyProbe
  }
}
