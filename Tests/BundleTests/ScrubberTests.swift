import TestSupport
import Testing

@testable import Bundles

struct ScrubberTests {
  /// What a text becomes, its names learnt first.
  static func scrubbed(_ text: String, keeping: [String] = []) -> String {
    var scrubber = Scrubber(keeping: keeping)
    scrubber.learn(Array(text.utf8))
    return scrubber.scrub(text)
  }

  @Test(arguments: [
    ("inet 192.168.1.20/24 brd", "inet 198.18.0.1/24 brd"),
    ("server 10.0.0.1:2049, 10.0.0.2.", "server 198.18.0.1:2049, 198.18.0.2."),
    ("fe80::5054:ff:fe12:3456%eth0", "2001:db8::1%eth0"),
    ("addr 2001:4860:4860:0:0:0:0:8888 up", "addr 2001:db8::1 up"),
    ("virtio_net virtio0: MAC 52:54:00:12:34:56", "virtio_net virtio0: MAC 02:00:00:00:00:01"),
    ("hw 52-54-00-12-34-56.", "hw 02-00-00-00-00-01."),
    ("enx525400123456: renamed from eth0", "enx020000000001: renamed from eth0"),
    ("androidboot.serialno=0123ABCD rootwait", "androidboot.serialno=serial-1 rootwait"),
    ("usb 1-1: SerialNumber: FTX1234Z", "usb 1-1: SerialNumber: serial-1"),
    ("[ro.serialno]: [9A1B2C3D]", "[ro.serialno]: [serial-1]"),
    ("\tSerial Number: PF0ABC12", "\tSerial Number: serial-1"),
    ("Serial\t\t: 10000000abcdef01", "Serial\t\t: serial-1"),
    (
      "root=UUID=4c4c4544-0042-3510-8051-b7c04f4d4e31 ro",
      "root=UUID=00000000-0000-0000-0000-000000000001 ro"
    ),
    ("root=PARTUUID=1234abcd-02 ro", "root=PARTUUID=00000000-0000-0000-0000-000000000001 ro"),
    ("boot id 0123456789abcdef0123456789abcdef", "boot id 00000000000000000000000000000001"),
    ("exe=/home/jane.doe/bin/x", "exe=/home/user-1/bin/x"),
    (
      "Linux version 6.17.13 (jane@builder.corp) (gcc 14) #1 SMP",
      "Linux version 6.17.13 (user-1@host-1) (gcc 14) #1 SMP"
    ),
    ("Nov 28 10:31:28 mybox kernel: hello of mybox", "Nov 28 10:31:28 host-1 kernel: hello of host-1"),
    ("2026-11-28T10:31:28.1+00:00 mybox systemd[1]: x", "2026-11-28T10:31:28.1+00:00 host-1 systemd[1]: x"),
    (
      "mybox7 login: root\nroot=/dev/mapper/mybox7--vg-root /dev/mybox7-vg/root on mybox7",
      "host-1 login: root\nroot=/dev/mapper/host-1--vg-root /dev/host-1-vg/root on host-1"
    ),
    (
      "my-box7 login:\n/dev/mapper/my--box7--vg-root",
      "host-1 login:\n/dev/mapper/host-1--vg-root"
    ),
    ("jane@mybox7:/home/jane$ uname", "user-1@host-1:/home/user-1$ uname"),
    ("[jane@mybox7 ~]$ id\nroot@mybox7:~# dmesg", "[user-1@host-1 ~]$ id\nroot@host-1:~# dmesg"),
    (
      "sudo: jane42 : TTY=pts/0 ; PWD=/home/jane42 ; USER=root\nby jane42",
      "sudo: user-1 : TTY=pts/0 ; PWD=/home/user-1 ; USER=root\nby user-1"
    ),
    (
      "sshd[5]: Accepted publickey for jane from 8.8.4.4 port",
      "sshd[5]: Accepted publickey for user-1 from 198.18.0.1 port"
    ),
    ("cifs: user=jane,vers=3", "cifs: user=user-1,vers=3"),
    ("tun: C:\\Users\\jane\\logs", "tun: C:\\Users\\user-1\\logs"),
    ("wlx525400123456: renamed from wlan0", "wlx020000000001: renamed from wlan0"),
    ("range 10.2.3.4-10.2.3.9", "range 198.18.0.1-198.18.0.2"),
    ("server nfs-10.1.2.3:/export", "server nfs-198.18.0.1:/export"),
    ("Serial#: 998877665544", "Serial#: serial-1"), ("serial#=0123456789AB", "serial#=serial-1"),
    ("Serial No. ZX81234567", "Serial No. serial-1"), ("mmc0: S/N: AB12CD34", "mmc0: S/N: serial-1"),
    ("scsi: SN=WD-WCC4E123", "scsi: SN=serial-1"), ("Service Tag: 5XQ7Z53", "Service Tag: serial-1"),
    ("wwid eui.0025385b71b07e2c", "wwid eui.serial-1"), ("naa.5000c500a1b2c3d4", "naa.serial-1"),
    ("nvme0: model X serial S64DNX0R123456", "nvme0: model X serial serial-1"),
    ("mmc0: card at 0001 serial 0x1a2b3c4d", "mmc0: card at 0001 serial serial-1"),
    ("socinfo: serial_number 2864434397", "socinfo: serial_number serial-1"),
    ("imei 356938035643809", "imei serial-1"),
    ("as iqn.1993-08.org.debian:01:9d3f4d5a6b7c.", "as iqn.1993-08.org.debian:serial-1."),
    (
      "systemd[1]: Set hostname to <box7.lab.corp>.\nnfs: server nas01.lab.corp not responding, x.corp",
      "systemd[1]: Set hostname to <host-1>.\nnfs: server host-2 not responding, x.corp"
    ),
    ("systemd[1]: Hostname set to <mybox.corp>.", "systemd[1]: Hostname set to <host-1>."),
    (
      "{\"_HOSTNAME\" : \"mybox\", \"MESSAGE\" : \"mybox\"}",
      "{\"_HOSTNAME\" : \"host-1\", \"MESSAGE\" : \"host-1\"}"
    ),
    ("Linux mybox 6.17.13 #1 SMP", "Linux host-1 6.17.13 #1 SMP"),
    (
      "quiet ip=10.0.0.2:10.0.0.1:10.0.0.1:255.255.255.0:board7:eth0:off",
      "quiet ip=198.18.0.1:198.18.0.2:198.18.0.2:255.255.255.0:host-1:eth0:off"
    ),
  ])
  func replaces(_ text: String, _ becomes: String) {
    #expect(Self.scrubbed(text) == becomes)
  }

  /// What only looks like one.
  @Test(arguments: [
    "[   12.345678] arm-smmu-v3 9050000.smmuv3: ias 44-bit, oas 44-bit (features 0x00000305)",
    "pci 0000:00:03.0: Adding to iommu group 4", "pci 0000:00:03.0: [1b36:0010] type 00 class 0x010802",
    "pci_bus 0000:00: root bus resource [mem 0x10000000-0x3efeffff]", "12:34:56 and 10:31:28.123",
    "Linux version 6.6.0.1-vendor", "v1.2.3.4", "Serial: 8250/16550 driver, 32 ports", "serial8250: too many",
    "New USB device strings: Mfr=3, Product=2, SerialNumber=1", "serial 00:05: ttyS0 at I/O 0x3f8",
    "inet 127.0.0.1 and ::1", "mask 255.255.255.0", "call std::dec, a::method", "usb 1-1.2:1.0: claimed",
    "2026-11-28T10:31:28,123456+00:00 pci 0000:00:03.0: Adding to iommu group 4",
    "really_probe+0x0/0x3f8 dev=\"4010000000.pcie\" drv=\"pci-host-generic\"",
    "iommu@9050000 platform-bus@c000000 PNP0A08:00 1-0050", "Hardware name: Dell Inc. X/0ABC, BIOS 2.1",
    "Last login: Sat Nov 28", "linux-image-6.6.0.1 is there", "Serial: 8250. Next",
    "deferred for regulator from dt",
    "serial port opened12345", "serial 3f201000.serial: ttyS0", "an iqn. of", "serial console0",
    "usb1-1: new, user: none", "user=root uid=0", "Nov 28 10:31:28 localhost kernel: x", "", "\u{0}:::::::",
    "....", "::",
  ])
  func leaves(_ text: String) {
    #expect(Self.scrubbed(text) == text)
  }

  @Test func theSameThingIsTheSameEverywhere() {
    var scrubber = Scrubber(keeping: [])
    let first = scrubber.scrub("10.1.1.1 52:54:00:AB:CD:EF 10.1.1.2\n10.1.1.1")
    #expect(first == "198.18.0.1 02:00:00:00:00:01 198.18.0.2\n198.18.0.1")
    #expect(scrubber.scrub("52:54:00:ab:cd:ef 10.1.1.2\r\n") == "02:00:00:00:00:01 198.18.0.2\r\n")
    #expect(scrubber.replaced(.ipv4) == (2, 4) && scrubber.replaced(.mac) == (1, 2))
    #expect(scrubber.replaced(.host) == (0, 0))
  }

  /// A device that is called like an id, and a host that is called like a driver.
  @Test func namesOfTheAnalysisStay() {
    let id = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"
    #expect(
      Self.scrubbed("vfio_mdev \(id): Adding, \(id.replacing("83b8", with: "93b8"))", keeping: [id])
        == "vfio_mdev \(id): Adding, 00000000-0000-0000-0000-000000000001")
    #expect(
      Self.scrubbed("Nov 28 10:31:28 nvme kernel: nvme 0000:00:10.0: x", keeping: ["nvme", "0000:00:10.0"])
        == "Nov 28 10:31:28 nvme kernel: nvme 0000:00:10.0: x")
  }

  /// A user who is called like a word stays one: the log's texts must be read as before.
  @Test func wordsStayWords() {
    #expect(
      Self.scrubbed("/home/will/x\nThe driver will probe late, will--x")
        == "/home/user-1/x\nThe driver will probe late, will--x")
    #expect(
      Self.scrubbed("arm7 login:\narm7-smmu 9050000.arm7: x", keeping: ["arm7-smmu", "9050000.arm7"])
        == "host-1 login:\narm7-smmu 9050000.arm7: x")
  }

  /// Any bytes: as many lines as before, and nothing breaks.
  @Test func anyBytes() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("0123456789abcdef:.-/=@ \n\"<>[]()serialUUIDhomeLinux version ip".utf8)
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0..<200, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      var scrubber = Scrubber(keeping: ["0000:00:03.0"])
      scrubber.learn(text)
      var out: [UInt8] = []
      scrubber.scrub(text, into: &out)
      #expect(out.count { $0 == 10 } == text.count { $0 == 10 })
    }
  }

  @Test func whoHasTooManyIsSaid() {
    var scrubber = Scrubber(keeping: [])
    var out: [UInt8] = []
    for number in 0...Placeholders.most {
      scrubber.scrub(Array("10.\(number >> 16).\(number >> 8 & 255).\(number & 255)\n".utf8), into: &out)
      if number == 100 { #expect(!scrubber.isFull) }
    }
    #expect(scrubber.isFull)
  }
}
