import Timelines

/// What to capture next, ready to paste.
enum Recipe {
  /// What is missing, in words; the recipe says how.
  static let trace = "a boot trace of the race (see the recipe)"

  /// Boot parameters that make every cause decidable for a device. probe_iommu_group and iommu_probe_device exist in
  /// every build; __iommu_probe_device may be split.
  static func bootParameters(_ device: String) -> String {
    "trace_buf_size=8M trace_event=iommu:add_device_to_group,iommu:attach_device_to_domain "
      + "kprobe_event=p:rp,really_probe,dev=+0(+0($arg1)):string;r:rpr,really_probe,ret=$retval:s32;"
      + "p:pig,probe_iommu_group,dev=+0(+0($arg1)):string;r:pigr,probe_iommu_group,ret=$retval:s32;"
      + "p:ipd,iommu_probe_device,dev=+0(+0($arg1)):string;r:ipdr,iommu_probe_device,ret=$retval:s32;"
      + "p:reg,iommu_device_register,hw=+0(+0($arg3)):string;r:regr,iommu_device_register,ret=$retval:s32;"
      + "p:odc,of_dma_configure_id,dev=+0(+0($arg1)):string;r:odcr,of_dma_configure_id,ret=$retval:s32;"
      + "p:bdc,\(busFunction(device)),dev=+0(+0($arg1)):string;r:bdcr,\(busFunction(device)),ret=$retval:s32;"
      + "p:drv,\(busProbe(device)),dev=+0(+0($arg1)):string;p:map,dma_alloc_attrs,dev=+0(+0($arg1)):string"
  }

  private static func busProbe(_ device: String) -> String {
    PCIName.matches(device) ? "pci_device_probe" : "platform_probe"
  }

  private static func busFunction(_ device: String) -> String {
    PCIName.matches(device) ? "pci_dma_configure" : "platform_dma_configure"
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
