/// What a kernel's version says of a cause, where many boots are counted.
extension Cause {
  /// Whether a kernel may have it: false only where the version says that the commit which ends it is in. `kernel` may be any name.
  func isPossible(on kernel: String) -> Bool {
    Counting(self).isPossible(KernelFeatures(KernelName.release(kernel)))
  }

  /// What is asked of a cause for every cell of a farm.
  fileprivate struct Counting {
    let endedBy: [KernelFix]
    /// Only the warning tells of it.
    let needsWarning: Bool

    init(_ cause: Cause) {
      endedBy = cause.endedBy
      needsWarning = !cause.sides.isEmpty && !cause.sides.contains(.none)
    }

    func isPossible(_ features: KernelFeatures) -> Bool { endedBy.allSatisfy { features.has($0) != true } }

    /// By id.
    static let all = Dictionary(uniqueKeysWithValues: Cause.all.map { ($0.id, Counting($0)) })
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
    let (old, new) = (KernelFeatures(KernelName.release(good)), KernelFeatures(KernelName.release(bad)))
    return ([KernelFix.warning, .defaultDomains] + KernelFix.all).compactMap { fix in
      guard cites.contains(fix.commit), let had = old.has(fix), let has = new.has(fix), had != has else {
        return nil
      }
      return Change(commit: fix.commit, name: fix.name, came: has)
    }
  }
}

/// Which kernels' boots could have shown what. Before 6.15 a kernel has the warning from its vendor, or not at all: its boots count, for what only
/// the warning tells, once one of its series on its board shows such a thing. Else the rate of every race would rise with 6.15.
package struct WarningKernels: Sendable, Equatable {
  private struct Series: Hashable {
    var board: String
    var major: Int
    var minor: Int
  }
  private var shown: Set<Series> = []

  /// Nothing was seen yet.
  package init() {}

  /// A boot shows a topic: a cause's id, or the signature of what is undetermined.
  package mutating func insert(_ topic: String, board: String, kernel: String) {
    guard Self.needsWarning(topic) else { return }
    if let series = Self.series(board, kernel, KernelFeatures(KernelName.release(kernel))) {
      shown.insert(series)
    }
  }

  /// What another has seen is seen.
  package mutating func formUnion(_ other: WarningKernels) { shown.formUnion(other.shown) }

  /// Whether a boot could have shown a topic: the kernel may have it, and tell of it.
  package func mayShow(_ topic: String, board: String, kernel: String) -> Bool {
    let features = KernelFeatures(KernelName.release(kernel))
    guard Cause.Counting.all[topic]?.isPossible(features) ?? true else { return false }
    guard Self.needsWarning(topic), let series = Self.series(board, kernel, features) else { return true }
    return shown.contains(series)
  }

  private static func needsWarning(_ topic: String) -> Bool {
    Cause.Counting.all[topic]?.needsWarning ?? !topic.hasPrefix("iommu-silent/")
  }

  /// Nil of a kernel that has the warning, or does not say its version: linux-next has the one of the release before.
  private static func series(_ board: String, _ kernel: String, _ features: KernelFeatures) -> Series? {
    guard let series = features.series, series < KernelFix.warning.mainline, !kernel.contains("-next-"),
      !features.warnsOfLateProbes
    else { return nil }
    return Series(board: board, major: series.0, minor: series.1)
  }
}
