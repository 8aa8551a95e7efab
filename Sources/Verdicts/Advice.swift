import Recipes
import Timelines

/// What to capture next, ready to paste.
enum Advice {
  /// What is missing, in words; the recipe says how.
  static let trace = "a boot trace of the race (see the recipe)"

  static let ownStack =
    "a call trace by itself: lines of it were dropped, or another thread's stand between them (CONFIG_PRINTK_CALLER tells)"

  static let beginning =
    "the beginning of the boot (a whole kernel log, or a trace from the kernel's start): whether it ran before, without its "
    + "domain, is not known"

  static let oneClock =
    "one clock for all inputs: printk:console events or iommu:add_device_to_group in the trace tie it to the kernel log"

  static let finerClock =
    "a trace clock that tells which of two threads came first (trace_clock=global, or mono): this one's steps are too long"

  /// Of a client whose IOMMU was taken away under its driver: waiting longer for it helps nothing.
  static let unbindFirst = "Unbind the clients before their IOMMU, and bind them again after it."

  /// Of `probe-before-domain` where the firmware is ACPI: firmware links, and fw_devlink.strict with them, are the device tree's.
  static let laterClient = """
    Not to be ignored: DMA addresses made before the attach fault after it. Keep the client from binding while its \
    IOMMU registers (load the client's driver later) and report it to iommu@lists.linux.dev.
    """

  /// Of `probe-before-domain` outside a walk.
  static let readyToProbe = """
    Not to be ignored: DMA addresses made before the attach fault after it. a2225b6e834a (7.1) keeps a device from being bound \
    before device_add() has announced it; until then load the client's driver before its parent's, or later.
    """

  static let named =
    "the device's name in the binds of the trace (dev=+0(+0($arg1)):string): what has its address may have been another device"

  static let mapped = "whether DMA was mapped before the attach: probe dma_alloc_attrs and use the device"
  static let used = "whether the device was harmed: use it, and look for IOMMU faults of its stream"
  static let interrupts = "whether it was harmed: its interrupt counts, and the kernel log of its use"
  /// What tells the harm, and nothing of the cause.
  static let ofHarm: Set<String> = [mapped, used, interrupts]

  /// Boot parameters that make every cause decidable for a device.
  static func bootParameters(_ device: String, isACPI: Bool) -> String {
    Recipe.bootParameters(device, isACPI ? .acpi : .devicetree)
  }
}

extension CaseFile {
  /// The message and the frame that decided the side.
  var stackEvidence: [Evidence] {
    guard let warning else { return [] }
    let words =
      warning.hasMessage ? "\"late IOMMU probe at driver bind\"" : "a WARNING of __iommu_probe_device()"
    var evidence = [Evidence(words, warning.places.first, time: warning.time)]
    if let selector = warning.stack.selector, warning.frames.indices.contains(selector) {
      evidence.append(
        Evidence(
          "its call trace: \(warning.frames[selector])() makes it \(side.phrase)", warning.selectorPlace))
    }
    return evidence
  }
}

extension Side {
  var phrase: String {
    switch self {
    case .walk: "the registration's bus walk"
    case .bind: "the replay inside a bind"
    case .direct: "a direct call by a driver"
    case .notifier: "the bus notifier"
    case .none: "unknown"
    }
  }
}
