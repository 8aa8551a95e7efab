import Foundation
import FuzzBodies
import TestSupport
import Testing

/// The short form of `make fuzz`: the same bodies, over its seeds and over what a few mutations make of them.
struct FuzzTests {
  @Test(arguments: FuzzTarget.allCases)
  func readsAnything(_ target: FuzzTarget) throws {}
}
