/// Bus, device and function of a PCI function, as IOMMUs number their endpoints.
package struct PCIAddress: Sendable, Equatable {
  var bus: UInt8
  var slot: UInt8
  var function: UInt8

  /// `bus << 8 | devfn`
  package init(_ endpoint: UInt16) {
    bus = UInt8(endpoint >> 8)
    slot = UInt8(endpoint >> 3 & 31)
    function = UInt8(endpoint & 7)
  }

  /// Of the first segment; nothing says which one it is.
  package var name: String {
    func hex(_ value: UInt8) -> String {
      value < 16 ? "0" + String(value, radix: 16) : String(value, radix: 16)
    }
    return "0000:\(hex(bus)):\(hex(slot)).\(function)"
  }
}
