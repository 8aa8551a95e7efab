import Recipes

/// What a kernel's tree says of the fixes that a verdict may turn on (`--kernel-tree`); read by the module KernelTree.
package struct TreeAnswer: Sendable {
  /// What is said of one fix.
  package enum State: String, Sendable {
    case present, absent
    /// One place says that it is there, another that it is not.
    case contradictory
    case unknown
  }

  /// One fix, and what the tree says of it.
  package struct Fix: Sendable {
    /// As in `KernelFix`.
    package var commit: String
    /// As in `KernelFix`.
    package var name: String
    /// In, not in, or not to be told.
    package var state: State
    /// Where each answer was found: a commit and its mark, or a file and its line.
    package var evidence: [String]

    /// `evidence`: sentences with commit, or file and line.
    package init(_ fix: KernelFix, _ state: State, _ evidence: [String]) {
      commit = fix.commit
      name = fix.name
      self.state = state
      self.evidence = evidence
    }
  }

  /// As it was named.
  package var path: String
  /// `6.15.3`, as its Makefile or the first entry of its changelog says; nil if neither does.
  package var version: String?
  /// The commit that is checked out, in full.
  package var head: String?
  /// In the order of `KernelFix.all`.
  package var fixes: [Fix]
  /// What could not be looked at, and why.
  package var notes: [String]

  package init(path: String, version: String?, head: String?, fixes: [Fix], notes: [String]) {
    self.path = path
    self.version = version
    self.head = head
    self.fixes = fixes
    self.notes = notes
  }

  /// What it says of a commit, asked by its abbreviated id.
  func fix(_ commit: String) -> Fix? { fixes.first { $0.commit == commit } }

  /// Why it is not the tree of a kernel of this version; nil if it may be. A tree that does not say what it is, is taken for the
  /// one that it was named as, and so is one of a boot that names no kernel.
  package func mismatch(_ kernel: String?) -> String? {
    guard let version, let own = KernelVersion(version), let kernel, let booted = KernelVersion(kernel) else {
      return nil
    }
    let isSame =
      (own.major, own.minor) == (booted.major, booted.minor)
      && (own.patch == booted.patch || KernelFeatures(kernel).staysAtZero)
      && own.candidate == booted.candidate
    return isSame ? nil : "\(path) is \(version), and the boot's kernel \(kernel): not used for it"
  }
}
