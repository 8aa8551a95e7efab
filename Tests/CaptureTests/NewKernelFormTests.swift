import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// What kernels from 7.1 on print in another way (docs/formats/ftrace.md, docs/formats/kernel-log.md): a real boot, written so, is
/// judged as before.
struct NewKernelFormTests {
  private static func text(_ path: String) throws -> String {
    try String(contentsOfFile: Here.sample(path), encoding: .utf8)
  }

  private static func answers(_ texts: [String]) -> [String] {
    Analysis.run(texts: texts.map { Array($0.utf8) }).boots.flatMap(\.findings).map { finding in
      "\(finding.device) \(finding.side) \(finding.verdict) \(finding.cause?.id ?? "-") \(finding.confidence?.rawValue ?? "-")"
    }
  }

  /// Arguments as 7.1.13 prints them: enum values with their names, unknown ones, ranges, more than there is room for.
  static let arguments = [
    "attr=1 [DEV_DMA_NOT SUPPORTED (0)]", "attr=?0xffff, s=(struct x)[0x10:0x20..:0x30]",
    "t=0x2 [BUS_NOTIFY_ADD], ...",
  ]

  @Test(arguments: arguments) func functionArguments(_ arguments: String) throws {
    let log = try Self.text("race-bind-7.2.13-fgraph/dmesg.txt")
    let trace = try Self.text("race-bind-7.2.13-fgraph/trace.txt")
    let wanted = Self.answers([log, trace])
    let new = trace.replacing("force_dma=0x1", with: arguments)
    #expect(new != trace && !wanted.isEmpty)
    #expect(Self.answers([log, new]) == wanted)
    // The caller on the same line (funcgraph-retaddr).
    let called = new.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasSuffix(");")
        ? line + " /* <-caller+0x10/0x20 */"
        : line.hasSuffix(") {") ? line + " /* <-caller+0x10/0x20 */" : String(line)
    }.joined(separator: "\n")
    #expect(Self.answers([log, called]) == wanted)
  }

  /// How a log may differ from that of natural-7.3.4.
  enum Form: String, CaseIterable {
    /// The cut line is KERN_INFO: a filter on warnings takes it away.
    case noCutLine
    /// Retries run in bus_probe_device_deferred().
    case deferred
    /// x86: a trapping static call.
    case trap
    /// riscv: frames behind `status:`, without `Call Trace:`.
    case riscv
    /// Another warning whose stack is the walk's.
    case ats

    func written(_ log: String) -> String {
      var out: [String] = []
      var isFirst = true
      for line in log.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
        let stamp = line.prefix { $0 != "]" } + "]"
        switch self {
        case .noCutLine where line.contains("cut here"): continue
        case .deferred: out.append(line.replacing("bus_probe_device+", with: "bus_probe_device_deferred+"))
        case .trap where line.contains("] pc : "): out.append("\(stamp) RIP: 0010:__WARN_trap+0x0/0x10")
        case .trap where line.contains("] Call trace:"): out += ["\(stamp) Call Trace:", "\(stamp)  <TASK>"]
        case .riscv where line.contains("] Call trace:"): continue
        case .riscv where line.contains("] pstate: "):
          out.append("\(stamp) status: 0000000200000120 badaddr: ffffffff80f1d3f0 cause: 0000000000000003")
        case .riscv where line.contains("]  ") && line.contains("+0x"):
          out.append(line.replacing("]  ", with: "] [<ffffffff809a4d70>] "))
        case .ats where line.contains("cut here") && isFirst:
          isFirst = false
          out += Self.noise.map { "\(stamp) \($0)" } + [line]
        default: out.append(line)
        }
      }
      return out.joined(separator: "\n")
    }

    private static let noise = [
      "------------[ cut here ]------------", "pci 0000:00:04.6: Failed to enable ATS (STU 12)",
      "WARNING: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c:3012 at arm_smmu_attach_commit+0x1f8/0x550, CPU#0: kworker/u16:4/123",
      "pc : arm_smmu_attach_commit+0x1f8/0x550", "Call trace:", " arm_smmu_attach_commit+0x1f8/0x550 (P)",
      " arm_smmu_attach_dev+0x44/0x78", " iommu_setup_default_domain+0x44/0x78",
      " bus_for_each_dev+0x84/0x100",
      " iommu_device_register+0x104/0x2a0", " arm_smmu_device_probe+0xeb4/0x1540",
      "---[ end trace 0000000000000000 ]---",
    ]
  }

  @Test(arguments: Form.allCases) func logs(_ form: Form) throws {
    let log = try Self.text("natural-7.3.4/dmesg.txt")
    let trace = try Self.text("natural-7.3.4/trace.txt")
    // Debian's package id ends the CPU line of it already.
    #expect(log.contains("Debian 7.3.4-1~bpo13+1"))
    let new = form.written(log)
    #expect(new != log)
    #expect(Self.answers([new]) == Self.answers([log]))
    #expect(Self.answers([new, trace]) == Self.answers([log, trace]))
  }
}
