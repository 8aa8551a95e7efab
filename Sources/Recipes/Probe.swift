import Records

/// A kprobe, and the kretprobe with it where the result matters.
struct Probe: Sendable {
  var name: String
  var function: String
  /// The entry's arguments, e.g. `dev=+0(+0($arg1)):string`.
  var argument: String
  var hasReturn: Bool

  var role: Role?

  /// `probe`: what it is called; nil as the table has it.
  private init?(_ function: KernelFunction, _ probe: String? = nil) {
    guard let probe = probe ?? function.probe?.description, let argument = function.argument else {
      return nil
    }
    name = probe
    role = function.role
    self.function = function.name.description
    self.argument =
      switch argument {
      case .client(let index): Self.deviceName("dev", index)
      case .iommu(let index): Self.deviceName("hw", index)
      }
    hasReturn = function.role != .busProbe && function.role != .dmaMap
  }

  /// struct device begins with its kobject, and that with the name: no BTF and no offsets are needed.
  private static func deviceName(_ key: String, _ index: Int) -> String {
    "\(key)=+0(+0($arg\(index + 1))):string"
  }

  /// What decides every cause for devices of these buses (docs/capturing.md says why each is there).
  static func all(_ buses: [Bus]) -> [Probe] {
    let buses = Set(buses.map(\.rawValue))
    return KernelFunction.all.filter { $0.bus.map { buses.contains($0.description) } ?? true }
      .compactMap { Probe($0) }
  }

  /// What reads the firmware's description on a machine with ACPI; recipes that know no machine do without.
  static let acpi = KernelFunction.named("acpi_dma_configure_id").flatMap { Probe($0, "adc") }

  /// Definitions with this between the words: a comma on the command line, a blank in kprobe_events.
  func definitions(_ separator: String, group: String = "") -> [String] {
    let entry = ["p:\(group)\(name)", function, argument]
    let end = ["r:\(group)\(name)r", function, "ret=$retval:s32"]
    return (hasReturn ? [entry, end] : [entry]).map { $0.joined(separator: separator) }
  }
}
