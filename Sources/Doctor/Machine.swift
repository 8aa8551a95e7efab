/// What the machine that proberace runs on says of itself, in the words of board facts; what could not be read is nil or empty.
package struct Machine: Sendable {
  /// Whether something can be done here.
  package enum Access: Sendable {
    case granted, denied
    /// It is not there for anybody.
    case absent
  }

  /// `6.17.13+deb13-arm64`; nil if /proc does not say it.
  package var release: String?
  /// Without CONFIG_; `n` where it is not set. Nil: the kernel's configuration lies nowhere.
  package var config: [String: String]?
  /// Names below /sys/firmware/acpi/tables that describe IOMMUs.
  package var acpiTables: [String] = []
  /// /sys/class/iommu: names of IOMMUs that are registered, not escaped.
  package var units: [String] = []
  /// How many groups /sys/kernel/iommu_groups has.
  package var groups = 0
  /// Reading the kernel log.
  package var log = Access.absent
  /// Where tracefs is mounted; nil: nowhere.
  package var tracefs: String?
  /// Reading the trace.
  package var trace = Access.absent
  /// Writing kprobe events.
  package var kprobes = Access.absent
  /// Which of `MachineReader.tools` are on PATH.
  package var tools: Set<String> = []

  package init(release: String? = nil) { self.release = release }
}
