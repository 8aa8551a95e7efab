import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Timelines

/// Lines that are lost or there twice, in ways that once led to a certain and wrong verdict.
struct HoleTests {
  /// Without the bus's frame really_probe seems to call of_dma_configure_id itself, which it never does.
  @Test func aLostFrameMakesNoMisuse() throws {
    let folder = try TemporaryFolder()
    let whole = try String(contentsOfFile: Here.sample("race-bind-6.17.13-plain/dmesg.txt"), encoding: .utf8)
    let lines = whole.split(separator: "\n").filter { !$0.contains(" pci_dma_configure+") }
    let analysis = Analysis.run([try folder.file("dmesg.txt", lines.joined(separator: "\n") + "\n")])
    let findings = analysis.boots.flatMap(\.findings)
    #expect(findings.count == 3)
    #expect(findings.allSatisfy { $0.cause?.id != "dma-configure-outside-bus" })
  }

  private static let lostReturns = """
    # tracer: nop
       kworker-36   [000] d....     6.943677: rp: (really_probe+0x0/0x3f8) dev="lab-cl00" drv="labcl"
       kworker-36   [000] d....     6.943757: pldc: (platform_dma_configure+0x0/0x110) dev="lab-cl00"
       kworker-36   [000] d....     7.043907: rp: (really_probe+0x0/0x3f8) dev="lab-cl07" drv="labcl"
       kworker-36   [000] d....     7.044007: pldc: (platform_dma_configure+0x0/0x110) dev="lab-cl07"
       kworker-36   [000] d..1.     7.070821: pldc_ret: (really_probe+0x7c/0x3f8 <- platform_dma_configure) ret=0

    """
  private static let driverProbe = """
       kworker-36   [000] d....     7.070907: plp: (platform_probe+0x0/0xc0) dev="lab-cl07"
       kworker-36   [000] d..1.     7.080000: rp_ret: (__driver_probe_device+0x16c/0x1e0 <- really_probe) ret=0

    """

  private static func binds(_ text: String, _ device: String) throws -> [Bind] {
    let folder = try TemporaryFolder()
    return Analysis.run([try folder.file("trace.txt", text)]).boots.first?.timeline.devices[device]?.binds
      ?? []
  }

  /// The returns of lab-cl00 are lost; a return that is in the text twice must not become its own.
  @Test func aDoubledReturnEndsNoFrameFurtherOut() throws {
    let doubled = Self.lostReturns.split(separator: "\n").last.map { $0 + "\n" } ?? ""
    let text = Self.lostReturns + doubled + Self.driverProbe
    let stale = try #require(try Self.binds(text, "lab-cl00").first)
    #expect(stale.dmaConfigure != nil && stale.dmaConfigure?.end == nil)
    #expect(stale.driverProbe == nil)
    let whole = try #require(try Self.binds(text, "lab-cl07").first)
    #expect(whole.dmaConfigure?.result == 0 && whole.succeeded)
  }

  /// Mappings at run time are counted, not kept; what follows one whose return is lost is no mapping.
  @Test func aLostMappingHidesNoAttempt() throws {
    var mappings = ""
    for number in 0..<40 {
      mappings +=
        "   kworker-36   [000] d....     6.\(500_000 + number * 10): m: (dma_alloc_attrs+0x0/0x110) dev=\"a\"\n"
      if number < 39 {
        mappings +=
          "   kworker-36   [000] d..1.     6.\(500_005 + number * 10): mr: (x+0x1/0x2 <- dma_alloc_attrs) ret=1\n"
      }
    }
    let attempt = try Self.binds(mappings + Self.lostReturns + Self.driverProbe, "lab-cl07")
    #expect(attempt.first?.succeeded == true)
  }

  /// What hangs below an attempt whose return is lost belongs to it only if it is the same device.
  @Test func anotherDevicesCallsAreNotTaken() throws {
    let lines = Self.lostReturns.split(separator: "\n").filter { !$0.contains("7.043907") }
    let text = lines.joined(separator: "\n") + "\n" + Self.driverProbe
    let stale = try #require(try Self.binds(text, "lab-cl00").first)
    #expect(stale.busProbe == nil)
  }
}
