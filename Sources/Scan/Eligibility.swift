// Whether a boot could have shown a race: rates count such boots only, neither logs nor findings.
import Analysis
import Bytes
import Events
import Verdicts

/// Whether a boot counts in a rate, and why. Whether its kernel can have a cause at all is asked of the cause.
package struct Eligibility: Sendable, Equatable {
  /// It counts.
  package var value: Bool
  /// In a few words.
  package var why: String

  /// A boot that the race hung, or that panicked on the warning, counts however short its log is.
  static let finding = Eligibility(value: true, why: "it shows a finding")

  /// A trace alone in which a race would have shown.
  static let trace = Eligibility(value: true, why: "the trace shows binds and IOMMU probes")
  /// Neither a log nor a trace, or one that could not be read.
  static let unread = Eligibility(value: false, why: "not judged")

  /// `group`: a line of the log adds a device to an IOMMU group.
  init(log state: LogResult.State, gaps: [LogGap], kernel: String?, group: Bool) {
    switch state {
    case .noKernelLog: self.init(value: false, why: "no kernel log and no trace")
    case .unreadable: self.init(value: false, why: "the log is damaged")
    case .incomplete where gaps != [.openEnd]:
      self.init(value: false, why: gaps.map(\.sentence).joined(separator: "; "))
    case .complete, .incomplete:
      if group {
        self.init(value: true, why: "whole to user space, with IOMMU groups")
      } else if KernelFeatures(kernel).printsGroups {
        self.init(value: false, why: "no device was added to an IOMMU group")
      } else {
        self.init(value: true, why: "whole to user space, may have an IOMMU")
      }
    }
  }

  private init(value: Bool, why: String) { (self.value, self.why) = (value, why) }
}
