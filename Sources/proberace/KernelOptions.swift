import ArgumentParser
import KernelTree
import Verdicts

/// What the user knows of the kernel that was booted.
struct KernelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "This kernel has the fix COMMIT (e.g. da33e87bd2bf); may be repeated.", valueName: "commit"))
  var kernelHas: [String] = []

  @Option(help: ArgumentHelp("This kernel lacks the fix COMMIT; may be repeated.", valueName: "commit"))
  var kernelLacks: [String] = []

  @Option(
    help: ArgumentHelp(
      "See in the kernel's source which fixes it has: a git checkout, a plain tree, or a Debian changelog (or the folder of one).",
      valueName: "dir"), completion: .file())
  var kernelTree: String?

  func validate() throws {
    if let fault = KernelClaims(has: kernelHas, lacks: kernelLacks).fault { throw ValidationError(fault) }
  }

  /// Reads the tree, if one is named.
  func claims(probes: [String] = []) throws -> KernelClaims {
    var claims = KernelClaims(has: kernelHas, lacks: kernelLacks, probes: probes)
    guard let kernelTree else { return claims }
    guard let tree = KernelTreeReader.read(kernelTree) else {
      throw ValidationError("--kernel-tree \(kernelTree): no such file or folder")
    }
    if tree.version == nil, tree.fixes.allSatisfy({ $0.state == .unknown }) {
      let why = tree.notes.isEmpty ? "" : " (\(tree.notes.joined(separator: "; ")))"
      throw ValidationError(
        "--kernel-tree \(kernelTree): no kernel's source and no changelog of one\(why)")
    }
    claims.tree = tree
    return claims
  }
}
