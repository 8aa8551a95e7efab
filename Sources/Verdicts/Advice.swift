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

  /// Boot parameters that make every cause decidable for a device.
  static func bootParameters(_ device: String, isACPI: Bool) -> String {
    Recipe.bootParameters(device, isACPI ? .acpi : .devicetree)
  }
}

extension CaseFile {
  /// The message and the frame that decided the side.
  var stackEvidence: [Evidence] {
    guard let warning else { return [] }
    var evidence = [
      Evidence("\"late IOMMU probe at driver bind\"", warning.places.first, time: warning.time)
    ]
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
