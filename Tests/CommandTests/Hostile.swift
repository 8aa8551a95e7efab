/// A race whose names try everything, in the log and in the trace.
enum Hostile {
  static let device = "<script>alert(1)</script>'><img/src=x/onerror=alert(2)>&amp;`|,line=9::*[x](y)"
  static let driver = "</style><b>`|${7*7}@all"
  static let comm = "=cmd|'</title>"
  /// Controls, and what reorders and hides text: never shown as it is to people.
  static let unseen = "\u{1}\u{7f}\u{9b}\u{202e}\u{200b}"

  static let log = """
    [    0.000000] Linux version 6.17.13</title><script>alert(3)</script> (gcc) #1
    [    0.000000] Machine model: board"><svg/onload=alert(4)>
    [    2.000000] ------------[ cut here ]------------
    [    2.000000] \(driver) \(device): late IOMMU probe at driver bind, something fishy here!
    [    2.000100] WARNING: CPU: 9 PID: 343 at drivers/iommu/iommu.c:612 __iommu_probe_device+0x2b0/0x4ac
    [    2.000101] CPU: 9 UID: 0 PID: 343 Comm: \(comm) Not tainted 6.17.13 #1
    [    2.000200] Call trace:
    [    2.000300]  __iommu_probe_device+0x2b0/0x4ac (P)
    [    2.000300]  probe_iommu_group+0x2b/0x4a
    [    2.000300]  bus_for_each_dev+0x2b/0x4a
    [    2.000300]  iommu_device_register+0x2b/0x4a
    [    2.000400] ---[ end trace 0000000000000000 ]---
    [    2.010000] \(driver) \(device): Adding to iommu group 3

    """

  static let trace = """
    # tracer: nop
    #
    # entries-in-buffer/entries-written: 9/9   #P:2
    #
      \(comm)-343     [001] d....     1.990000: ipd: (__iommu_probe_device+0x0/0x560) dev="\(device)"
      \(comm)-343     [001] d....     1.990100: pdc: (pci_dma_configure+0x0/0x128) dev="\(device)"
             init-156     [000] d....     1.995000: rp: (really_probe+0x0/0x3a0) dev="\(device)" drv="\(driver)"
             init-156     [000] d....     1.995100: pdc: (pci_dma_configure+0x0/0x128) dev="\(device)"
      \(comm)-343     [001] d....     1.999000: pdc_ret: (__iommu_probe_device+0x7c/0x3a0 <- pci_dma_configure) ret=0
      \(comm)-343     [001] .....     2.009990: add_device_to_group: IOMMU: groupID=3 device=\(device)
      \(comm)-343     [001] d....     2.010100: ipd_ret: (probe_iommu_group+0x7c/0x3a0 <- __iommu_probe_device) ret=0
             init-156     [000] d....     2.020000: pdc_ret: (really_probe+0x7c/0x3a0 <- pci_dma_configure) ret=-517
             init-156     [000] d....     2.020100: rp_ret: (__driver_probe_device+0x7c/0x3a0 <- really_probe) ret=-517

    """
}

/// Devices that are bound and deferred again and again, each time while the walk visits them.
enum ManyRetries {
  static func trace(devices: Int, retries: Int) -> String {
    var out = "# tracer: nop\n#\n# entries-in-buffer/entries-written: 1/1   #P:2\n#\n"
    var micros = 1_000_000
    func line(_ thread: Int, _ text: String) {
      let fraction = String(micros % 1_000_000 + 1_000_000).dropFirst()
      out +=
        "    kworker/u16:\(thread)-\(12 + thread)   [00\(thread)] d....  \(micros / 1_000_000).\(fraction): \(text)\n"
      micros += 20
    }
    func name(_ device: Int) -> String {
      let bus = String(device / 256, radix: 16)
      let slot = String(device % 256 / 8, radix: 16)
      return "0000:\(bus.count < 2 ? "0" : "")\(bus):\(slot.count < 2 ? "0" : "")\(slot).\(device % 8)"
    }
    for _ in 0..<retries {
      for device in 0..<devices {
        let name = name(device)
        line(0, "rp: (really_probe+0x0/0x3a0) dev=\"\(name)\" drv=\"virtio-pci\"")
        line(0, "pdc: (pci_dma_configure+0x0/0x128) dev=\"\(name)\"")
        line(1, "ipd: (__iommu_probe_device+0x0/0x560) dev=\"\(name)\"")
        line(1, "ipd_ret: (probe_iommu_group+0x7c/0x3a0 <- __iommu_probe_device) ret=-19")
        line(0, "pdc_ret: (really_probe+0x7c/0x3a0 <- pci_dma_configure) ret=-517")
        line(0, "rp_ret: (__driver_probe_device+0x7c/0x3a0 <- really_probe) ret=-517")
      }
    }
    for device in 0..<devices {
      line(1, "add_device_to_group: IOMMU: groupID=\(device) device=\(name(device))")
    }
    return out
  }
}
