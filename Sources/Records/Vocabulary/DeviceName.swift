import Bytes

/// What a device's name tells of it: buses name their devices each in its own way (dev_set_name() in the kernel).
package enum DeviceName {
  /// A device of the cdx bus, whose dma_configure drops what of_dma_configure_id() says: it holds no bind back.
  package static func isCDX(_ name: String) -> Bool { name.hasPrefix("cdx-") }

  /// The segment of a PCI function, `0000` of `0000:00:03.2`; nil for other devices.
  package static func pciDomain(_ name: String) -> Substring? {
    // By bytes: going through a name's characters costs more than all else that is asked of it.
    guard fitsOne(name, of: functions), let colon = name.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      return nil
    }
    return name[..<colon]
  }

  private static let functions = ["HHHH:HH:HH.H", "HHHHH:HH:HH.H", "HHHHHHHH:HH:HH.H"].map { Array($0.utf8) }

  /// The segment and the bus of a PCI function, `0000:03` of `0000:03:00.2`; nil for other devices.
  package static func pciBus(_ name: String) -> Substring? {
    guard pciDomain(name) != nil, let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    return name[..<colon]
  }

  // MARK: buses that no IOMMU serves

  /// It sits on a bus without dma_configure, which no IOMMU's walk visits: I²C, SPI, MDIO, USB and the like. What such a
  /// device gives up waiting for is a power domain or a pin controller.
  package static func isBeyondIOMMUs(_ name: String) -> Bool {
    fitsOne(name, of: shapes) || isMDIO(name)
  }

  /// The same for what stands before the name: the bus, while no driver is set.
  package static func isBusBeyondIOMMUs(_ prefix: String) -> Bool { buses.contains(prefix) }

  // "serial" is left out: a PCI driver has that name too.
  private static let buses: Set<String> = [
    "i2c", "i3c", "spi", "spmi", "mdio_bus", "usb", "usb-serial", "hid", "mmc", "sdio", "w1", "virtio",
    "slimbus", "soundwire", "auxiliary", "mipi-dsi", "rpmsg", "scsi", "scmi_protocol", "pnp", "acpi", "typec",
    "ulpi", "thunderbolt", "bcma", "ssb", "mei", "wmi", "serio", "aprbus", "genpd",
  ]

  /// `N`: one or more digits, `H`: a hexadecimal digit, `X`: one or more of them, `*`: anything; the rest stands for itself.
  private static let shapes = [
    // I²C 4-0038, SPMI 0-01, I3C 0-39200144004, USB 1-1.2 and its interface 1-1.2:1.0.
    "N-X", "N-N.*", "N-N:*", "i2c-*", "usbN",
    "spiN.N", "spi-*", "HH-HHHHHHHHHHHH", "w1_*",
    // Cards and SDIO functions; the host, fe310000.mmc, is a platform device.
    "mmcN:*", "HHHH:HHHH:HHHH.HHHH", "serialN", "serialN-N", "serioN", "hciN",
    "virtioN", "virtioN.*", "sdw:*", "slim-*", "aprsvc:*", "genpd:*", "scmi_dev.N", "N:N:N:N", "HH:HH",
    "bcmaN:N", "ssbN:N",
    // A panel at its DSI host.
    "X.dsi.N", "X.mipi-dsi.N", "X.dsi-host.N",
  ].map { Array($0.utf8) }

  /// `stmmac-0:01`, `30be0000.ethernet-1:00`, `32000.mdio-mii:07`. ACPI's platform devices end the same way (`ARMH0011:00`),
  /// and so do those of the CDX bus (`cdx-00:01`), which IOMMUs serve.
  private static func isMDIO(_ name: String) -> Bool {
    let bytes = name.utf8Span.span
    guard bytes.count > 3, bytes[bytes.count - 3] == UInt8(ascii: ":"), isHexadecimal(bytes[bytes.count - 2]),
      isHexadecimal(bytes[bytes.count - 1]), !bytes.has("cdx-", at: 0)
    else { return false }
    return bytes.index(of: UInt8(ascii: "-")) != nil || bytes.index(of: "mdio") != nil
      || bytes.index(of: "mii") != nil
  }

  /// Asked of every device of a boot: nothing is copied.
  private static func fitsOne(_ name: String, of shapes: [[UInt8]]) -> Bool {
    let name = name.utf8Span.span
    return shapes.contains { fits(name, 0, $0.span, 0) }
  }

  /// Whether what is left of the name, from `at`, fits what is left of the shape.
  private static func fits(_ name: Span<UInt8>, _ at: Int, _ shape: Span<UInt8>, _ mark: Int) -> Bool {
    guard mark < shape.count else { return at == name.count }
    guard at < name.count else { return false }
    func some(_ isOne: (UInt8) -> Bool) -> Bool {
      var end = at
      while end < name.count, isOne(name[end]) { end += 1 }
      return end > at && fits(name, end, shape, mark + 1)
    }
    switch shape[mark] {
    case UInt8(ascii: "*"): return true
    case UInt8(ascii: "N"): return some(isDigit)
    case UInt8(ascii: "X"): return some(isHexadecimal)
    case UInt8(ascii: "H"): return isHexadecimal(name[at]) && fits(name, at + 1, shape, mark + 1)
    default: return name[at] == shape[mark] && fits(name, at + 1, shape, mark + 1)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
  private static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || byte | 32 &- 97 < 6 }

  // MARK: IOMMUs

  /// It is called what device trees call IOMMUs: `9050000.smmuv3`, `15000000.iommu`, `10205000.m4u`. A device below another
  /// one (`c900000.mdss:smmu_unsec_cb`) has no registers of its own, and is a client.
  package static func isIOMMU(_ name: String) -> Bool {
    let bytes = name.utf8Span.span
    return isIOMMU(bytes, 0..<bytes.count)
  }

  /// The same for a word of a line: a device's name, or a node's (`iommu@a1000000`).
  package static func isIOMMU(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
    var start = word.lowerBound
    let isChild = line.index(of: UInt8(ascii: ":"), from: start, to: word.upperBound) != nil
    for at in word where line[at] == UInt8(ascii: ":") || line[at] == UInt8(ascii: ",") { start = at + 1 }
    let end = line.index(of: UInt8(ascii: "@"), from: start, to: word.upperBound) ?? word.upperBound
    let own = start..<end
    if isChild { return plain(line, own) }
    for at in own where hasMMU(line, at, own) { return true }
    for at in own where at == start || line[at - 1] == UInt8(ascii: ".") {
      if line.has("m4u", at: at, before: end) || line.has("dart", at: at, before: end) { return true }
    }
    return false
  }

  private static func plain(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
    line.equals(word, "iommu") || line.equals(word, "smmu") || line.equals(word, "mmu")
      || line.equals(word, "sysmmu") || line.equals(word, "ipmmu") || line.equals(word, "m4u")
  }

  /// `mmu` as in iommu, smmu and ipmmu, or as a word: not as in "communication".
  private static func hasMMU(_ line: Span<UInt8>, _ at: Int, _ word: Range<Int>) -> Bool {
    guard lowered(line[at]) == UInt8(ascii: "m"), at + 2 < word.upperBound,
      lowered(line[at + 1]) == UInt8(ascii: "m"), lowered(line[at + 2]) == UInt8(ascii: "u")
    else { return false }
    guard at > word.lowerBound else { return true }
    switch lowered(line[at - 1]) {
    case UInt8(ascii: "s"), UInt8(ascii: "p"): return true
    case UInt8(ascii: "o"):
      return at - 1 > word.lowerBound && lowered(line[at - 2]) == UInt8(ascii: "i")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): return false
    default: return true
    }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 32 : byte }
}
