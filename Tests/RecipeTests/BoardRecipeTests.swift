import Facts
import Recipes
import TestSupport
import Testing

@testable import Check

/// The recipe for a board's own kernel: symbols that are there, a length that fits.
struct BoardRecipeTests {
  private static let functions = [
    "really_probe", "probe_iommu_group", "iommu_probe_device", "iommu_device_register", "of_dma_configure_id",
    "of_iommu_configure", "pci_dma_configure", "platform_dma_configure", "pci_device_probe", "platform_probe",
    "dma_alloc_attrs",
  ]

  private static func facts(
    _ symbols: [String] = functions.map { "t \($0)" }, release: String = "7.3.4", machine: String = "aarch64",
    commandLine: String = "console=ttyAMA0 quiet", config: [String] = [], more: [(String, [String])] = []
  ) -> BoardFacts {
    let parts: [(String, [String])] =
      [
        ("version", ["version Linux version \(release) (x)"]), ("cmdline", ["cmdline \(commandLine)"]),
        ("user", ["user 0", "machine \(machine)"]), ("config", config.map { "config \($0)" }),
        ("symbol", symbols.map { "symbol \($0)" }),
      ] + more
    let lines = parts.flatMap { part, lines in lines + ["read \(part) \(lines.count)"] }
    var reader = FactsReader(input: 0)
    withBytes((["proberace board-facts 1"] + lines + ["end"]).joined(separator: "\n") + "\n") {
      reader.read($0, at: 0)
    }
    reader.finish(isCut: false)
    #expect(reader.facts.losses.isEmpty)
    return reader.facts
  }

  private static func recipe(_ facts: BoardFacts, _ target: Target? = nil) -> BoardRecipe {
    BoardRecipe(BoardKernel(facts), target: target, device: nil)
  }

  private static func without(_ name: String, _ others: String...) -> [String] {
    functions.filter { $0 != name }.map { "t \($0)" } + others.map { "t \($0)" }
  }

  @Test func allThatIsThereIsProbed() throws {
    let board = Self.recipe(Self.facts())
    let recipe = try #require(board.recipe)
    #expect(recipe.target == .cmdline && recipe.probesLeft.isEmpty)
    #expect(Self.functions.allSatisfy { recipe.text.contains(",\($0),") })
    #expect(CaptureCheck(recipe).isComplete)
  }

  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var symbols: [String]
    var probed: String?
    var note: String?
  }
  static let cases = [
    Case(description: "absent", symbols: without("pci_dma_configure"), note: "not in its kallsyms"),
    Case(
      description: "lto", symbols: without("really_probe", "really_probe.llvm.123"),
      probed: "really_probe.llvm.123"),
    Case(
      description: "jump table beside it",
      symbols: without("really_probe", "really_probe.cfi_jt", "really_probe.llvm.123"),
      probed: "really_probe.llvm.123"),
    Case(
      description: "jump table alone", symbols: without("really_probe", "really_probe.cfi_jt"),
      note: "begins elsewhere"),
    Case(
      description: "isra", symbols: without("really_probe", "really_probe.isra.0"),
      probed: "really_probe.isra.0",
      note: "arguments"),
    Case(
      description: "cold and part",
      symbols: without("really_probe", "really_probe.cold", "really_probe.part.0"),
      note: "begins elsewhere"),
    Case(
      description: "cold beside it", symbols: functions.map { "t \($0)" } + ["t really_probe.cold"],
      probed: "really_probe,"),
    Case(
      description: "twice", symbols: functions.map { "t \($0)" } + ["t really_probe"], note: "2 functions"),
    Case(
      description: "two bodies",
      symbols: without("really_probe", "really_probe.isra.0", "really_probe.constprop.0"),
      note: "made 2 of it"),
    Case(
      description: "in a module", symbols: without("really_probe", "really_probe\t[core]"),
      note: "in the module core"),
    Case(
      description: "a hostile name", symbols: without("really_probe", "really_probe.llvm.1;reboot"),
      note: "no compiler makes"),
  ]

  static let renamed: [(String, String?, String?)] = [
    ("5.10.198", nil, "really_probe.llvm.123"), ("6.1.75-android14-11", nil, "really_probe"),
    ("6.6.30-android15-8", nil, "really_probe"), ("6.12.23-android16-5", nil, "really_probe.llvm.123"),
    ("6.12.23", "really_probe", "really_probe"), ("6.6.30", "really_probe.llvm.123", "really_probe.llvm.123"),
    ("7.3.4", "another", nil),
  ]

  /// Under which name a kernel finds what LTO has renamed: by its list of functions, else by its version.
  @Test(arguments: renamed)
  func functionsThatLTORenamed(_ release: String, _ listed: String?, _ probed: String?) throws {
    let rest = Self.functions.filter { $0 != "really_probe" }
    let list = listed.map { ("traceable", (rest + [$0]).map { "traceable \($0)" }) }
    let board = Self.recipe(
      Self.facts(
        Self.without("really_probe", "really_probe.llvm.123"), release: release,
        more: list.map { [$0] } ?? []), .cmdline)
    let line = try #require(board.recipe).bootParameters
    #expect(probed.map { line.contains(",\($0),") } ?? !line.contains("really_probe"))
    // Stable trees may have changed it back.
    #expect(
      board.notes.contains { $0.contains("LTO has renamed it") }
        == (listed == nil && probed == "really_probe"))
  }

  @Test(arguments: cases)
  func symbols(_ row: Case) throws {
    let board = Self.recipe(Self.facts(row.symbols))
    let recipe = try #require(board.recipe)
    let line = recipe.bootParameters
    if let probed = row.probed {
      #expect(line.contains(",\(probed)"))
    } else {
      #expect(!line.contains(row.description == "absent" ? "pci_dma_configure" : "really_probe"))
    }
    if let note = row.note {
      #expect(board.notes.contains { $0.contains(note) }, "\(board.notes)")
    } else {
      #expect(recipe.probesLeft.isEmpty)
    }
    #expect(!recipe.text.contains("reboot") && !board.notes.joined().contains("reboot"))
  }

  @Test func whatIsNotProbedIsNotDecided() throws {
    let recipe = try #require(Self.recipe(Self.facts(Self.without("really_probe"))).recipe)
    let check = CaptureCheck(recipe)
    #expect(!check.isComplete && check.missing.contains(.binds))
  }

  @Test func theKernelsOwnRefusals() throws {
    let list = Self.functions.map { "traceable \($0)" }
    let refused = Self.recipe(Self.facts(more: [("traceable", Array(list.dropFirst()))]))
    #expect(refused.notes.contains { $0.hasPrefix("really_probe: not among available_filter_functions") })
    let allowed = Self.recipe(
      Self.facts(
        config: ["CONFIG_KPROBE_EVENTS_ON_NOTRACE=y"], more: [("traceable", Array(list.dropFirst()))]))
    #expect(allowed.recipe?.probesLeft == [])
    let listed = Self.recipe(Self.facts(more: [("blacklist", ["blacklist really_probe"])]))
    #expect(listed.recipe?.bootParameters.contains("really_probe") == false)
    let events = Self.recipe(Self.facts(more: [("event", ["event iommu:add_device_to_group"])]))
    #expect(events.recipe?.bootParameters.contains("attach_device_to_domain") == false)
    #expect(try !CaptureCheck(#require(events.recipe)).sights.contains(.domains))
  }

  @Test func onACPIItsOwnFunctionIsAsked() throws {
    let x86 = Self.functions.filter { !$0.hasPrefix("of_") } + ["acpi_dma_configure_id"]
    let recipe = try #require(Self.recipe(Self.facts(x86.map { "t \($0)" }, machine: "x86_64")).recipe)
    #expect(recipe.bootParameters.contains("p:adc,acpi_dma_configure_id,"))
    #expect(!recipe.bootParameters.contains("of_dma_configure_id"))
    #expect(Self.recipe(Self.facts()).recipe?.text.contains("acpi_dma_configure_id") == false)
  }

  /// One limit, wherever it is told.
  @Test func thirtyTwoBitKernelsHaveShorterLines() throws {
    let facts = Self.facts(
      ["really_probe", "of_dma_configure_id"].map { "t \($0)" }, machine: "armv7l",
      config: ["CONFIG_BOOT_CONFIG=y"])
    for target in [Target.cmdline, .bootconfig] {
      let board = Self.recipe(facts, target)
      let text = try #require(board.recipe).text
      #expect(
        text.contains("1024") && !text.contains("2048") && board.notes.contains { $0.contains("of 1024") })
    }
    #expect(
      try #require(Self.recipe(Self.facts()).recipe).text.contains("of the 2048 that this kernel takes"))
  }

  @Test func theLengthChoosesTheWay() throws {
    let long = String(repeating: "a=bcdefgh ", count: 130)
    let plain = Self.recipe(Self.facts(commandLine: long))
    #expect(plain.recipe?.target == .tracefs)
    #expect(plain.notes.contains { $0.hasPrefix("cmdline: with what") })
    let config = Self.recipe(Self.facts(commandLine: long, config: ["CONFIG_BOOT_CONFIG=y"]))
    #expect(config.recipe?.target == .bootconfig)
    // What a recipe replaces is not counted.
    let traced = "console=x kprobe_event=" + String(repeating: "p", count: 1500)
    #expect(Self.recipe(Self.facts(commandLine: traced)).recipe?.target == .cmdline)
    let bytes = try #require(Self.recipe(Self.facts()).notes.first)
    #expect(bytes.contains("of 2048"))
    #expect(Self.recipe(Self.facts(machine: "riscv64")).recipe?.target == .tracefs)
  }

  @Test func theKernelChoosesTheWay() {
    let android = Self.facts(release: "6.6.30-android15-8-g1234", config: ["CONFIG_BOOT_CONFIG=y"])
    let recipe = Self.recipe(android)
    #expect(recipe.recipe?.target == .bootconfig && recipe.recipe?.isAndroid == true)
    #expect(Self.recipe(Self.facts(release: "7.3.4-rt-arm64")).recipe?.target == .tracefs)
    #expect(Self.recipe(Self.facts(release: "4.19.2")).recipe?.target == .tracefs)
    #expect(Self.recipe(android, .tracefs).recipe?.target == .tracefs)
    let none = Self.recipe(Self.facts(config: ["# CONFIG_KPROBES is not set"]))
    #expect(none.recipe == nil && none.notes.contains { $0.contains("no kprobe events") })
  }

  /// The script asks for every function that a recipe may probe.
  @Test func theScriptAsksForWhatRecipesProbe() {
    for function in Self.functions + ["acpi_dma_configure_id", "amba_probe", "cdx_dma_configure"] {
      #expect(FactsScript.text.contains("|\(function)|") || FactsScript.text.contains("(\(function)|"))
    }
  }
}
