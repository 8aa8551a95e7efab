// Reads a machine below a root, so that tests have machines of their own. It only looks.
import Bytes
import Facts
import FoundationEssentials
import Inputs
import SystemPackage

/// From files to a `Machine`.
package struct MachineReader {
  /// Programs that a capture may be made with.
  static let tools = ["dmesg", "trace-cmd", "perfetto"]
  private static let tables = ["IORT", "VIOT", "DMAR", "IVRS", "RIMT"]
  private static let mostBytes = 4 << 20

  private let root: String
  private var files: FileManager { .default }

  /// `root`: what stands before every path; empty for this machine.
  package init(root: String) { self.root = root }

  /// `path`: the folders of PATH.
  package func read(path: [String]) -> Machine {
    var machine = Machine(release: text("/proc/sys/kernel/osrelease").flatMap(Self.firstLine))
    machine.config = config(machine.release)
    machine.acpiTables = Self.tables.filter {
      files.fileExists(atPath: root + "/sys/firmware/acpi/tables/" + $0)
    }
    machine.units = names("/sys/class/iommu").sorted()
    machine.groups = names("/sys/kernel/iommu_groups").count
    machine.log = log
    machine.tracefs = text("/proc/mounts").flatMap(Self.tracefs)
    if let tracefs = machine.tracefs {
      machine.trace = files.isReadableFile(atPath: root + tracefs + "/trace") ? .granted : .denied
      // Who may not look into the folder sees no file in it.
      let events = root + tracefs + "/kprobe_events"
      machine.kprobes =
        files.isWritableFile(atPath: events)
        ? .granted : machine.trace == .granted && !files.fileExists(atPath: events) ? .absent : .denied
    }
    machine.tools = Set(
      Self.tools.filter { tool in path.contains { files.isExecutableFile(atPath: root + $0 + "/" + tool) } })
    return machine
  }

  /// /dev/kmsg asks for the same right as dmesg. In containers it is missing where dmesg may work.
  private var log: Machine.Access {
    do {
      try FileDescriptor.open(FilePath(root + "/dev/kmsg"), .readOnly, options: .nonBlocking).close()
      return .granted
    } catch Errno.noSuchFileOrDirectory {
      return text("/proc/sys/kernel/dmesg_restrict").flatMap(Self.firstLine) == "0" ? .granted : .absent
    } catch {
      return .denied
    }
  }

  private func config(_ release: String?) -> [String: String]? {
    let places =
      ["/proc/config.gz"] + (release.map { ["/boot/config-\($0)", "/lib/modules/\($0)/config"] } ?? [])
    guard let text = places.lazy.compactMap({ text($0) }).first else { return nil }
    var config: [String: String] = [:]
    for line in text.split(separator: "\n") {
      if let option = ConfigLine.read(line) { config[option.name] = option.value }
    }
    return config.isEmpty ? nil : config
  }

  /// Type tracefs; more than one mount is the same files.
  private static func tracefs(_ mounts: String) -> String? {
    let places = mounts.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.count > 2 && words[2] == "tracefs" ? String(words[1]) : nil
    }
    return places.first { $0 == "/sys/kernel/tracing" } ?? places.first
  }

  private static func firstLine(_ text: String) -> String? {
    text.split(separator: "\n").first.map(String.init)
  }

  private func names(_ folder: String) -> [String] {
    (try? files.contentsOfDirectory(atPath: root + folder)) ?? []
  }

  /// A small file, packed or not; nil if it is not there, or not to be read.
  private func text(_ path: String) -> String? {
    var bytes: [UInt8]?
    try? Documents { document in
      var read: [UInt8] = []
      let source = LineSource(stream: document.stream)
      while try source.next({ text, offset in
        guard offset < Self.mostBytes else { throw InputError("too large for what it should be") }
        read += text.array
      }) {}
      bytes = read
    } failed: { _, _, _ in
    }.visit(root + path)
    return bytes.map { String(decoding: $0, as: UTF8.self) }
  }
}
