// What a board's own kernel lets be probed, by its facts.
import Facts
import Records

/// A kernel as its board describes it (docs/formats/board-facts.md).
package struct BoardKernel: Sendable {
  /// What is known of it.
  package let facts: BoardFacts

  /// Of any facts; what they lack stays open.
  package init(_ facts: BoardFacts) { self.facts = facts }

  /// Nil if the facts do not say it.
  package var version: KernelVersion? { facts.release.flatMap { KernelVersion(Self.safe($0)) } }
  /// By its release.
  package var isAndroid: Bool { facts.release?.contains("-android") ?? false }
  /// `uname -m`, safe to print.
  package var machine: String { Self.safe(facts.machine) }

  /// What describes its IOMMUs: kernels without the device tree's functions have ACPI.
  var firmware: Firmware {
    let knowsTree =
      !facts.whole.contains(.symbol) || facts.symbols.contains { $0.name == "of_dma_configure_id" }
    return facts.acpiTables.isEmpty && knowsTree ? .devicetree : .acpi
  }

  /// The buses on which it has IOMMU clients; those that recipes ask for where it has none.
  package var buses: [Bus] {
    let clients = facts.devices.filter { $0.group != nil || $0.iommus != nil }
    let used = Set(clients.map(\.bus)).union(facts.leftOut.map(\.device.bus))
    let known = Bus.allCases.filter { used.contains($0.rawValue) }
    return known.isEmpty ? Bus.of(nil) : known
  }

  /// How a probe goes on a function of this kernel.
  enum Fit: Equatable {
    /// On this symbol; what the compiler's change of it means for the probe, where it does.
    case on(String, note: String?)
    case missing(String)
  }

  /// Names come from the board, and recipes are pasted into shells: nothing but what symbols and versions are made of.
  package static func safe(_ text: String) -> String {
    String(text.unicodeScalars.prefix(128).map { isSafe($0) ? Character($0) : "?" })
  }

  private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || "._+~-".unicodeScalars.contains(scalar))
  }

  func fit(_ function: String, atBoot: Bool) -> Fit {
    guard facts.whole.contains(.symbol), !facts.symbols.isEmpty else { return .on(function, note: nil) }
    let own = facts.symbols.filter { $0.name == function || $0.name.hasPrefix(function + ".") }
    guard own.allSatisfy({ Self.safe($0.name) == $0.name }) else {
      return .missing("its symbol has a name that no compiler makes")
    }
    let exact = own.filter { $0.name == function }
    if exact.count > 1 {
      return .missing("\(exact.count) functions have this name, so the kernel refuses a probe on it")
    }
    if let symbol = exact.first { return probed(symbol, function, nil, atBoot) }
    // A tail begins behind the function's head, and its argument is gone; through clang's jump table only some calls go.
    let bodies = own.filter { symbol in
      let rest = symbol.name.dropFirst(function.count)
      return ![".cold", ".part.", ".cfi_jt"].contains { rest.contains($0) }
    }
    guard bodies.count == 1, let symbol = bodies.first else {
      if bodies.count > 1 { return .missing("the compiler made \(bodies.count) of it") }
      return .missing(
        own.isEmpty
          ? "not in its kallsyms"
          : "only \(own.map(\.name).joined(separator: ", ")) is left of it, which begins elsewhere")
    }
    let changes = symbol.name.contains(".isra.") || symbol.name.contains(".constprop.")
    let name = lookedUp(symbol, function)
    let isGuess = name != symbol.name && !facts.traceable.contains(name)
    let note =
      changes
      ? "its arguments may not be those of the source: a device may read (fault)"
      : isGuess ? "LTO has renamed it: where the kernel refuses the probe it is to be on \(symbol.name)" : nil
    return probed(symbol, name, note, atBoot)
  }

  /// The name by which the kernel finds a function. Where LTO has renamed one, 5.13 to 6.9 take `.llvm.N` off the names that they compare,
  /// and from 6.6 on find it under no other; available_filter_functions have what is compared.
  private func lookedUp(_ symbol: BoardFacts.Symbol, _ function: String) -> String {
    guard symbol.name.contains(".llvm."), !facts.traceable.contains(symbol.name) else { return symbol.name }
    let isStripped = version.map { !$0.isBefore(5, 13) && $0.isBefore(6, 10) } ?? false
    return isStripped || facts.traceable.contains(function) ? function : symbol.name
  }

  private func probed(_ symbol: BoardFacts.Symbol, _ name: String, _ note: String?, _ atBoot: Bool) -> Fit {
    if atBoot, !symbol.module.isEmpty {
      return .missing(
        "in the module \(Self.safe(symbol.module)), which is not there when boot parameters are read")
    }
    if facts.blacklist.contains(name) { return .missing("the kernel lets no probe be put on it") }
    if facts.whole.contains(.traceable), !facts.traceable.isEmpty, !facts.traceable.contains(name),
      facts.config["KPROBE_EVENTS_ON_NOTRACE"] != "y"
    {
      return .missing("not among available_filter_functions, so the kernel refuses a probe on it")
    }
    return .on(name, note: note)
  }

  func has(event: String) -> Bool { !facts.whole.contains(.event) || facts.events.contains(event) }

  /// Kprobe events can be made. Unknown counts as yes: Debian's and Android's kernels have them.
  var hasKprobes: Bool {
    if facts.whole.contains(.kprobe) { return true }
    return facts.config["KPROBES"] != "n" && facts.config["KPROBE_EVENTS"] != "n"
  }

  /// arm64 and x86 have 2048.
  var commandLineLimit: Int {
    switch machine {
    case "s390x": 4096
    case let name where name.hasPrefix("arm") || name.hasPrefix("riscv"): 1024
    default: Recipe.commandLineLimit
    }
  }

  /// What its command line has without the parameters that a recipe replaces.
  var commandLineBytes: Int {
    let own = ["kprobe_event=", "trace_event=", "trace_clock=", "trace_buf_size="]
    let words = facts.commandLine?.value.split(separator: " ") ?? []
    return words.filter { word in !own.contains { word.hasPrefix($0) } }.reduce(0) { $0 + $1.utf8.count + 1 }
  }

  /// The driver of one of its IOMMUs is a module.
  var hasModule: Bool { facts.units.contains { !$0.module.isEmpty } }
}
