import Events
import TestSupport
import Testing

/// Where a WARNING block ends, and which lines between are its own.
struct WarningBlockBoundsTests {
  /// Two CPUs warn at once and their lines alternate: each caller's block keeps its own lines.
  @Test func callersAreKeptApart() {
    let walk = stamped(WarningBlockTests.new, caller: "[    T1]").split(separator: "\n")
    let bind = stamped(WarningBlockTests.old, caller: "[  T343]").split(separator: "\n")
    var lines: [Substring] = []
    for index in 0..<max(walk.count, bind.count) {
      if index < walk.count { lines.append(walk[index]) }
      if index < bind.count { lines.append(bind[index]) }
    }
    let log = Log(lines.joined(separator: "\n") + "\n")
    #expect(
      Set(log.described)
        == Set(Log(stamped(WarningBlockTests.new)).described + Log(stamped(WarningBlockTests.old)).described))
  }

  /// Foreign lines inside a block, without caller ids, do not end it; where they stand among frames some may be missing.
  @Test func linesOfOthersInside() {
    let lines = WarningBlockTests.new.split(separator: "\n")
    let noisy = lines.flatMap { [String($0), "virtio-pci 0000:00:05.1: enabling device (0000 -> 0002)"] }
    let log = Log(stamped(noisy.joined(separator: "\n")))
    let frames = log.warnings.map { $0.frames.map { log.names[$0] }.filter { $0 != WarningBlock.hole } }
    #expect(
      frames
        == [Log(stamped(WarningBlockTests.new))].map { log in log.warnings[0].frames.map { log.names[$0] } })
    #expect(log.warnings.contains { $0.isCut } && !log.warnings.contains { !$0.isCut })
  }

  /// What lockdep says behind a stack, as a mail wraps it, is none of it.
  @Test func lockdepBehindTheStack() {
    let lines = WarningBlockTests.new.split(separator: "\n").map(String.init)
    let said = [
      "irq event stamp: 49052", "hardirqs last  enabled at (49051): [<ffffffc0800fb6a8>]",
      "__up_console_sem+0x50/0x74", "softirqs last disabled at (48839): [<ffffffc080010168>]",
      "__do_softirq+0x10/0x18",
    ]
    let log = Log(stamped((lines.dropLast() + said + lines.suffix(1)).joined(separator: "\n")))
    #expect(log.described == Log(stamped(WarningBlockTests.new)).described)
    #expect(log.warnings.map(\.isMixed) == [false])
  }

  /// panic_on_warn: no end-trace line, and a second stack that ends in the same frames.
  @Test func panicOnWarnIsOneWarning() {
    let lines = WarningBlockTests.new.split(separator: "\n").dropLast().joined(separator: "\n")
    let log = Log(
      stamped(
        lines + """

          Kernel panic - not syncing: kernel: panic_on_warn set ...
          CPU: 3 UID: 0 PID: 126 Comm: kworker/u8:1 Not tainted 7.3.4+deb13-arm64 #1
          Call trace:
           show_stack+0x20/0x38 (C)
           vpanic+0x1c/0x50
           __warn+0x8c/0x1a8
           __iommu_probe_device.part.0+0x4c/0x210 (P)
           probe_iommu_group+0x44/0x78
          """))
    #expect(log.described == Log(stamped(WarningBlockTests.new)).described)
  }

  @Test func noEndTraceLine() {
    let lines = WarningBlockTests.new.split(separator: "\n").dropLast().joined(separator: "\n")
    #expect(Log(stamped(lines)).described == Log(stamped(WarningBlockTests.new)).described)
  }

  /// The stack of a warning that follows without an end line belongs to the second one.
  @Test func secondBlockEndsTheFirst() {
    let first = WarningBlockTests.new.split(separator: "\n").prefix(14).joined(separator: "\n")
    let log = Log(stamped(first + "\n" + WarningBlockTests.old))
    #expect(log.warnings.map { log.names[$0.device] } == ["0000:00:10.5", "reg-dummy"])
    #expect(log.warnings.map(\.isMixed) == [false, true])
    #expect(log.warnings.map(\.frames.count) == [1, 2])
  }

  /// A broken or hostile log may have a block of each of many callers that never ends: none is lost, few are kept open.
  @Test func manyCallersAtOnce() {
    let callers = 300
    let text = (0..<callers).map { caller in
      "[    1.000000][T\(caller)] ------------[ cut here ]------------\n"
        + "[    1.000001][T\(caller)] nvme 0000:00:10.\(caller): late IOMMU probe at driver bind, something fishy here!\n"
    }.joined()
    let log = Log(text)
    #expect(log.warnings.count == callers)
    #expect(Set(log.warnings.map { log.names[$0.device] }).count == callers)
  }
}
