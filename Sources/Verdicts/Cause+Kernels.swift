/// What a kernel's version says of a cause, where many boots are counted.
extension Cause {
  /// Whether a kernel may have it: false only where the version says that the commit which ends it is in. `kernel` may be any name.
  package func isPossible(on kernel: String?) -> Bool {
    endedBy.allSatisfy { KernelFeatures(kernel).has($0) != true }
  }

  /// A commit of the cause's that came or went between two kernels.
  package struct Change: Sendable, Equatable {
    /// Twelve digits of its id in mainline.
    package var commit: String
    /// What reports call it.
    package var name: String
    /// The later kernel has it and the earlier not; else the other way round.
    package var came: Bool
  }

  /// Of the commits that shape it, those that one of two kernels has and the other not, as far as their versions say.
  package func changes(from good: String, to bad: String) -> [Change] {
    let (old, new) = (KernelFeatures(good), KernelFeatures(bad))
    return ([KernelFix.warning, .defaultDomains] + KernelFix.all).compactMap { fix in
      guard cites.contains(fix.commit), let had = old.has(fix), let has = new.has(fix), had != has else {
        return nil
      }
      return Change(commit: fix.commit, name: fix.name, came: has)
    }
  }
}
