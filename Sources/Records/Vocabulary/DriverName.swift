/// Names of drivers, as lines and traces give them.
public enum DriverName {
  /// False for what stands where a name could not be read (`(fault)`, `(null)`, blanks), and for the name of a bus, which
  /// dev_driver_string() prints where no driver is set.
  public static func isOne(_ name: String) -> Bool {
    !name.hasPrefix("(") && !name.allSatisfy(\.isWhitespace) && !BusName.isOne(name)
  }

  /// A function of a driver's own code has the driver's name, or the first word of it, in front: `toy_drm_probe` of `toy-drm`.
  public static func fits(_ function: String, driver: String) -> Bool {
    let name = driver.lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 }
    guard let word = name.split(separator: "_").first, word.count >= 3 else { return false }
    let function = function.lowercased()
    return function.hasPrefix(String(word)) || function.contains(String(name))
  }
}
