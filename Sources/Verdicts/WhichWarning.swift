// __iommu_probe_device() has more WARNINGs than this one: the message decides, and where it is lost the line, as far as the
// kernel's lines are known (docs/kernel.md#the-warning).
import Timelines

enum WhichWarning {
  case late, another, unknown

  /// Lines of drivers/iommu/iommu.c, by release series.
  private static let lines: [(series: (Int, Int), late: Int32?, others: [Int32])] = [
    ((6, 12), nil, [428, 561]), ((6, 14), 449, []), ((6, 16), 586, []), ((6, 17), 612, []),
    ((6, 18), 612, []),
    ((7, 1), 655, []), ((7, 2), 654, [523, 669]), ((7, 3), 654, [523, 669]),
  ]

  init(_ warning: Warning, _ kernel: KernelFeatures) {
    guard !warning.hasMessage else { self = .late; return }
    let known = Self.lines.first { $0.series == kernel.series ?? (0, 0) }
    if warning.sourceLine > 0, known?.late == warning.sourceLine {
      self = .late
    } else if known?.others.contains(warning.sourceLine) == true {
      self = .another
    } else {
      self = .unknown
    }
  }
}
