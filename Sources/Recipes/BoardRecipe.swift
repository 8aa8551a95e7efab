// The one recipe that works on a board's kernel.
import Facts

/// A recipe for a board, and why it is this one.
package struct BoardRecipe: Sendable {
  /// Nil if nothing can be captured there by proberace's recipes.
  package var recipe: Recipe?
  /// Why this way, and what of it is left out; sentences without anything that a shell or a terminal could take for more.
  package var notes: [String]

  /// `target`: the way that somebody asks for; nil for the first that works.
  package init(_ board: BoardKernel, target: Target?, device: String?) {
    var notes: [String] = []
    func recipe(_ target: Target) -> Recipe {
      var recipe = Recipe(
        target, kernel: board.version, isAndroid: board.isAndroid, device: device, firmware: board.firmware)
      if device == nil { recipe.buses = board.buses }
      recipe.board = board
      return recipe
    }
    defer { self.notes = notes }
    self.notes = []
    self.recipe = nil
    guard board.hasKprobes else {
      notes.append(
        "this kernel has no kprobe events (CONFIG_KPROBE_EVENTS): nothing shows who binds when; build one with it, or take the kernel log alone"
      )
      return
    }
    if !board.facts.whole.contains(.symbol) || board.facts.symbols.isEmpty {
      notes.append("its kallsyms were not collected: whether each function is there is not known")
    }
    if let user = board.facts.user, user != 0 {
      notes.append(
        "the facts were collected without root; the recipe needs root, and so does what could not be read")
    }
    var chosen: Recipe?
    for candidate in target.map({ [$0] }) ?? Self.order(board) {
      let recipe = recipe(candidate)
      if let fault = recipe.fault ?? Self.fault(recipe, board) {
        notes.append("\(candidate.rawValue): \(fault)")
      } else {
        chosen = recipe
        break
      }
    }
    guard let chosen else { return }
    self.recipe = chosen
    notes += Self.length(chosen, board) + chosen.probesLeft
    if chosen.target == .tracefs || chosen.target == .traceCmd {
      notes.append(
        board.hasModule
          ? "an IOMMU's driver is a module here: unload and load it, or unbind and bind its clients, while this traces"
          : "no IOMMU's driver is a module here: what happens at boot is not seen, only what is unbound and bound by hand"
      )
    }
  }

  /// From the boot on before later; Android's boot loaders leave more room in bootconfig.
  private static func order(_ board: BoardKernel) -> [Target] {
    board.isAndroid ? [.bootconfig, .cmdline, .tracefs] : [.cmdline, .bootconfig, .tracefs]
  }

  private static func fault(_ recipe: Recipe, _ board: BoardKernel) -> String? {
    let isRealTime = board.facts.config["PREEMPT_RT"] == "y" || board.version?.text.contains("-rt") == true
    switch recipe.target {
    case .cmdline, .bootconfig:
      if isRealTime, board.machine == "aarch64" {
        return
          "an arm64 -rt kernel with trace_event= on its command line was seen to stop before its first line"
      }
      if recipe.probeEvents.utf8.count > board.commandLineLimit {
        return
          "kprobe_event= would have \(recipe.probeEvents.utf8.count) bytes, and the kernel keeps \(board.commandLineLimit)"
      }
      if recipe.target == .bootconfig {
        return board.facts.config["BOOT_CONFIG"] == "y"
          ? nil : "this kernel has no CONFIG_BOOT_CONFIG, or does not say so"
      }
      let bytes = board.commandLineBytes + recipe.bootParameters.utf8.count
      return bytes < board.commandLineLimit
        ? nil : "with what its command line has it would be \(bytes) bytes, of \(board.commandLineLimit)"
    case .tracefs, .traceCmd, .perfetto, .reload: return nil
    }
  }

  private static func length(_ recipe: Recipe, _ board: BoardKernel) -> [String] {
    let own = recipe.bootParameters.utf8.count
    switch recipe.target {
    case .cmdline:
      return [
        "\(own) bytes and \(board.commandLineBytes) that its command line has: \(own + board.commandLineBytes) of \(board.commandLineLimit)"
      ]
    case .bootconfig:
      return ["kprobe_event= has \(recipe.probeEvents.utf8.count) bytes of \(board.commandLineLimit)"]
    case .tracefs, .traceCmd, .perfetto, .reload: return []
    }
  }
}
