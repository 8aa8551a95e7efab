/// The calls of iommu_device_register() of one trace.
struct Registrations {
  private(set) var all: [Registration] = []
  private var numbers: [Int32: Int] = [:]
  private let tree: CallTree

  init(_ view: TraceView) {
    tree = view.tree
    for index in tree.calls.indices where tree.calls[index].role == .registration {
      let index = Int32(index)
      numbers[index] = all.count
      all.append(Registration(phase: view.phase(index), iommu: Self.iommu(index, view)))
    }
  }

  /// Without hwdev the bind that runs it is the IOMMU's own.
  private static func iommu(_ index: Int32, _ view: TraceView) -> String {
    var iommu = view.names[view.tree[index].detail]
    for bind in view.tree.ancestors(of: index) where iommu.isEmpty && view.tree[bind].role == .reallyProbe {
      iommu = view.device(bind) ?? ""
    }
    return iommu
  }

  /// The number of the registration that this call is.
  func number(of index: Int32) -> Int? { numbers[index] }

  /// The number of the registration that it runs in.
  func number(around index: Int32) -> Int? {
    tree.ancestors(of: index).lazy.compactMap { numbers[$0] }.first
  }
}
