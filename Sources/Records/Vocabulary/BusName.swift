import Bytes

/// Buses whose devices an IOMMU may serve. dev_driver_string() (drivers/base/core.c) prints the bus's name where no driver is
/// set, so a message that begins with one came before the bind, or after the unbind.
package enum BusName {
  /// Compared one by one, which costs less than a hash of the name.
  package static func isOne(_ name: String) -> Bool {
    switch name {
    case "pci", "platform", "amba", "fsl-mc", "cdx", "host1x-context": true
    default: false
    }
  }

  /// The same for a word of a line, without making a string of it.
  package static func isOne(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
    line.equals(word, "pci") || line.equals(word, "platform") || line.equals(word, "amba")
      || line.equals(word, "fsl-mc") || line.equals(word, "cdx") || line.equals(word, "host1x-context")
  }
}
