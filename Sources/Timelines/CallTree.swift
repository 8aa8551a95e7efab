/// A trace's calls as the tree that they are: what ran in what. Calls are named by their index in the story's list.
struct CallTree: Sendable {
  let calls: [Call]
  private var inside: [[Int32]]

  init(_ calls: [Call]) {
    self.calls = calls
    inside = Array(repeating: [], count: calls.count)
    for (index, call) in calls.enumerated() where call.parent >= 0 {
      inside[Int(call.parent)].append(Int32(index))
    }
  }

  subscript(index: Int32) -> Call { calls[Int(index)] }

  /// The calls that ran directly in it, in their order.
  func children(of index: Int32) -> [Int32] { inside[Int(index)] }

  /// The calls that it ran in, from the nearest outward.
  func ancestors(of index: Int32) -> Outward { Outward(calls: calls, at: self[index].parent) }

  /// The call itself and those that it ran in; none for -1.
  func outward(from index: Int32) -> Outward { Outward(calls: calls, at: index) }

  struct Outward: Sequence, IteratorProtocol {
    fileprivate let calls: [Call]
    fileprivate var at: Int32

    mutating func next() -> Int32? {
      guard at >= 0 else { return nil }
      defer { at = calls[Int(at)].parent }
      return at
    }
  }
}
