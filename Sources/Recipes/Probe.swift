import Records

/// A kprobe, and the kretprobe with it where the result matters.
struct Probe: Sendable {
  var name: String
  var function: String
  /// The entry's arguments, e.g. `dev=+0(+0($arg1)):string`.
  var argument: String
  var hasReturn: Bool
  /// The second argument of really_probe(): without a log the driver's name stands nowhere else.
  private var driver: String?
  var role: Role?

  private init?(_ function: KernelFunction) {
    guard let probe = function.probe, let argument = function.argument else { return nil }
    name = probe.description
    role = function.role
    self.function = function.name.description
    self.argument =
      switch argument {
      case .client(let index): Self.deviceName("dev", index)
      case .iommu(let index): Self.deviceName("hw", index)
      }
    // struct device_driver begins with its name.
    driver = function.role == .reallyProbe ? "drv=+0(+0($arg2)):string" : nil
    hasReturn = function.role != .busProbe && function.role != .dmaMap
  }

  /// struct device begins with its kobject, and that with the name: no BTF and no offsets are needed.
  private static func deviceName(_ key: String, _ index: Int) -> String {
    "\(key)=+0(+0($arg\(index + 1))):string"
  }

  /// What decides every cause for devices of these buses (docs/capturing.md says why each is there).
  static func all(_ buses: [Bus], _ firmware: Firmware) -> [Probe] {
    let buses = Set(buses.map(\.rawValue))
    return KernelFunction.all.filter { function in
      function.bus.map { buses.contains($0.description) } ?? true
        && function.firmware.map { $0.description == firmware.rawValue } ?? true
    }.compactMap(Probe.init)
  }

  /// Definitions with this between the words: a comma on the command line, a blank in kprobe_events.
  func definitions(_ separator: String, group: String = "") -> [String] {
    let entry = ["p:\(group)\(name)", function, argument] + [driver].compactMap(\.self)
    let end = ["r:\(group)\(name)r", function, "ret=$retval:s32"]
    return (hasReturn ? [entry, end] : [entry]).map { $0.joined(separator: separator) }
  }
}
