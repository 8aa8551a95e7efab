import Analysis
import Bytes
import Reading
import TestSupport
import Testing

/// Numbers that no kernel prints, made by bit rot or by hand: nothing may overflow.
struct DamageTests {
  private static let bind = "rp: (really_probe+0x0/0x3a0) dev=\"0000:00:10.5\" drv=\"nvme\""

  private static func analyse(_ texts: String...) throws -> Analysis {
    let folder = try TemporaryFolder()
    let paths = try texts.enumerated().map { try folder.file("input-\($0.offset).txt", $0.element) }
    return Analysis.run(paths)
  }

  @Test(arguments: ["99999999999999999", "9223372036854775807", "1000000000000000000"])
  func latencyFormat(_ number: String) throws {
    let text = "# tracer: nop\n      sh-114       1..... \(number)us+: \(Self.bind)\n"
    #expect(try Self.analyse(text).boots.flatMap(\.findings).isEmpty)
  }

  @Test(arguments: ["99999999999999999", "9223372036854775807", "1000000000000000000"])
  func durationOfAProbe(_ number: String) throws {
    let text =
      "[    0.000000] Linux version 6.17.13\nprobe of 0000:00:10.5 returned 0 after \(number) usecs\n"
    #expect(try Self.analyse(text).boots.count == 1)
  }

  @Test(arguments: ["8999999999.0", "2199999999.9", "9223372036.854775807"])
  func clocksFarApart(_ stamp: String) throws {
    let log = """
      [    0.000000] Linux version 6.17.13
      [\(stamp)00000] pci 0000:00:10.5: Adding to iommu group 1
      [    0.500000] nvme 0000:00:10.6: late IOMMU probe at driver bind, something fishy here!

      """
    let trace = """
      # tracer: nop
        init-1     [001] d....    1.500000: add_device_to_group: IOMMU: groupID=1 device=0000:00:10.5
        init-1     [001] d....    1.600000: \(Self.bind)
        init-1     [001] d....    \(stamp): add_device_to_group: IOMMU: groupID=1 device=0000:00:10.6
        init-1     [001] d....    \(stamp): \(Self.bind)

      """
    #expect(try !Self.analyse(log, trace).boots.isEmpty)
    #expect(try !Self.analyse(trace, log).boots.isEmpty)
  }

  @Test(arguments: ["9223372036854775807", "1000000000000000", "99999999999999.99"])
  func functionsThatRanForYears(_ duration: String) throws {
    let text = """
      # tracer: function_graph
      2199999999.999999 |   0)    init-1     | $ \(duration) us |  really_probe(dev=0x1, drv=0x2);
      2199999999.999999 |   0)    init-1     |               |  really_probe(dev=0x1, drv=0x2) {
      2199999999.999999 |   0)    init-1     | $ \(duration) us |  } /* really_probe ret=-517 */

      """
    #expect(try Self.analyse(text).boots.count == 1)
  }

  @Test func entriesThatNobodyCanCount() throws {
    let most = String(Int64.max)
    let text =
      "# tracer: nop\n#\n# entries-in-buffer/entries-written: \(most)/\(most)   #P:4\n  a-1 [0] 1.0: \(Self.bind)\n"
    #expect(try Self.analyse(text).isDamaged)
    let other = text.replacing("\(most)/\(most)", with: "0/\(most)")
    #expect(try !Self.analyse(other).boots.isEmpty)
  }

  @Test func idsOutOfRange() throws {
    let log = """
      [    0.000000][T99999999999999] nvme 0000:00:10.6: Adding to iommu group 99999999999999
      [    0.500000] nvme 0000:00:10.6: late IOMMU probe at driver bind, something fishy here!
      [    0.500001] WARNING: CPU: 99999999999 PID: 99999999999 at drivers/iommu/iommu.c:99999999999 __iommu_probe_device+0x1/0x2

      """
    let trace = "  a-99999999999999     [99999999999] d....    1.5: \(Self.bind)\n"
    #expect(try Self.analyse(log, trace).boots.count == 1)
  }
}
