/// Names of drivers, as lines and traces give them.
package enum DriverName {
  /// False for what stands where a name could not be read (`(fault)`, `(null)`, blanks), and for the name of a bus, which
  /// dev_driver_string() prints where no driver is set.
  package static func isOne(_ name: String) -> Bool {
    // The first byte tells of nearly every name that it is one.
    let isPlain = name.utf8.first.map { Self.isLetter($0) } ?? false
    return (isPlain || !name.hasPrefix("(") && !name.allSatisfy(\.isWhitespace)) && !BusName.isOne(name)
  }

  /// A function of a driver's own code has the driver's name in it, or begins with the first word of it: `toy_drm_probe` of
  /// `toy-drm`, `lab_misuse_probe` of `labmisuse`.
  package static func fits(_ function: String, driver: String) -> Bool {
    let words = driver.lowercased().split { !$0.isLetter && !$0.isNumber }
    guard let first = words.first else { return false }
    let letters = function.lowercased().filter { $0 != "_" }
    return first.count >= 3 && letters.hasPrefix(first) || letters.contains(words.joined())
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte | 32 &- 97 < 26 }
}
