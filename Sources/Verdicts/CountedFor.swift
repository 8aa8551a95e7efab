/// What a boot counts for among many: what its owner calls it goes before what its log says.
package enum CountedFor {
  /// Where nothing names it.
  package static let unknown = "unknown"

  /// The label `board`, else the log's own name of the machine.
  package static func board(_ labels: [String: String], hardware: String?) -> String {
    label("board", labels) ?? hardware.map(machine) ?? unknown
  }

  /// Reports of arm64 and riscv call a machine `MODEL (DT)` that at boot is its model alone: else a boot that warns would be of another board than one
  /// that does not.
  package static func machine(_ hardware: String) -> String {
    let mark = " (DT)"
    return hardware.hasSuffix(mark) ? String(hardware.dropLast(mark.count)) : hardware
  }

  /// The label `kernel`, else the log's release.
  package static func kernel(_ labels: [String: String], release: String?) -> String {
    label("kernel", labels) ?? release ?? unknown
  }

  /// A label without a value, of a variable that was not set, is none.
  package static func label(_ name: String, _ labels: [String: String]) -> String? {
    labels[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
