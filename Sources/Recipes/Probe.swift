/// A kprobe, and the kretprobe with it where the result matters.
struct Probe: Sendable {
  var name: String
  var function: String
  /// The entry's arguments, e.g. `dev=+0(+0($arg1)):string`.
  var argument: String
  var hasReturn = true
  /// What it shows.
  var sight: Sight

  /// struct device begins with its kobject, and that with the name: no BTF and no offsets are needed.
  private static let name = "dev=+0(+0($arg1)):string"

  /// What decides every cause for devices of these buses (docs/capturing.md says why each is there).
  ///
  /// Only functions that no compiler may inline or split: __iommu_probe_device is `.part.0` in some builds,
  /// iommu_init_device is inlined in others, and a probe on either is refused there.
  static func all(_ buses: [Bus]) -> [Probe] {
    [
      Probe(name: "rp", function: "really_probe", argument: name, sight: .binds),
      Probe(name: "pig", function: "probe_iommu_group", argument: name, sight: .visits),
      Probe(name: "ipd", function: "iommu_probe_device", argument: name, sight: .visits),
      Probe(
        name: "reg", function: "iommu_device_register", argument: "hw=+0(+0($arg3)):string",
        sight: .registrations),
      Probe(name: "odc", function: "of_dma_configure_id", argument: name, sight: .dmaConfigure),
      Probe(name: "oic", function: "of_iommu_configure", argument: name, sight: .dmaConfigure),
    ]
      + buses.map {
        Probe(name: "\($0.short)dc", function: $0.dmaConfigure, argument: name, sight: .dmaConfigure)
      }
      + buses.map {
        Probe(name: "\($0.short)p", function: $0.probe, argument: name, hasReturn: false, sight: .driverProbe)
      }
      + [
        Probe(
          name: "map", function: "dma_alloc_attrs", argument: name, hasReturn: false, sight: .driverProbe)
      ]
  }

  /// Definitions with this between the words: a comma on the command line, a blank in kprobe_events.
  func definitions(_ separator: String, group: String = "") -> [String] {
    let entry = ["p:\(group)\(name)", function, argument]
    let end = ["r:\(group)\(name)r", function, "ret=$retval:s32"]
    return (hasReturn ? [entry, end] : [entry]).map { $0.joined(separator: separator) }
  }
}
