/// What came of the last life.
enum Race: String, CaseIterable {
  case f1 = "F1"
  case f2Walk = "F2 (walk)"
  case f2Bind = "F2 (bind)"
  case f3 = "F3"
  case f4Later = "F4 (later attempt)"
  case f4Same = "F4 (same attempt)"
  case t2 = "T2"
  case t3 = "T3"
  case t4 = "T4"
  case t4b = "T4b"
  case t6 = "T6"
  case t13 = "T13"
  case clean

  func fits(_ client: Client) -> Bool {
    switch self {
    case .f1, .t6, .clean: true
    // A host bridge's IOMMU without a firmware node.
    case .t3: client.isACPI
    case .t13: client.isACPI
    default: !client.isACPI
    }
  }

  var isReal: Bool { [.t2, .t3, .t4, .t4b, .t6, .t13].contains(self) }
  var warns: Bool { ![.t4, .t13, .clean].contains(self) }
}

extension Race {
  /// What happens while the walk is at the client, from `v` on.
  func happens(_ boot: inout Boot, _ v: Int) {
    let client = boot.client
    func begins(_ time: Int) {
      boot.enter(time, .binder, .reallyProbe, driver: client.driver)
      boot.enter(time + 1_000, .binder, .busConfigure)
      boot.enter(time + 2_000, .binder, .firmware)
      boot.enter(time + 3_000, .binder, .ofIOMMU)
    }
    func configured(_ time: Int, ofIOMMU: Int, _ result: Int) {
      boot.leave(time, .binder, .ofIOMMU, ofIOMMU)
      boot.leave(time + 1_000, .binder, .firmware, ofIOMMU == -517 ? -517 : 0)
      boot.leave(time + 2_000, .binder, .busConfigure, result)
    }
    func accepted(_ warning: Int) {
      boot.warn(warning, .walk, .walker)
      boot.mark(warning + 5_000, .walker, .group)
      boot.added(warning + 5_010)
      boot.leave(warning + 15_000, .walker, .innerProbe, 0)
      boot.leave(warning + 16_000, .walker, .visit, 0)
    }
    switch self {
    case .f1, .t6:
      boot.enter(v, .walker, .visit)
      boot.enter(v + 10, .walker, .innerProbe)
      boot.enter(v + 20, .walker, .busConfigure)
      boot.enter(v + 30, .walker, .firmware)
      boot.enter(v + 40, .walker, .ofIOMMU)
      begins(v + 10_000)
      boot.leave(v + 20_000, .walker, .ofIOMMU, 0)
      boot.leave(v + 21_000, .walker, .firmware, 0)
      boot.leave(v + 22_000, .walker, .busConfigure, 0, to: "__iommu_probe_device")
      if self == .t6 {
        configured(v + 23_000, ofIOMMU: 0, 0)
        boot.enter(v + 30_000, .binder, .busProbe)
        boot.say(v + 31_000, client.firstLine)
      }
      accepted(v + 45_000)
      if self == .f1 {
        configured(v + 73_000, ofIOMMU: 0, -517)
        boot.leave(v + 80_000, .binder, .reallyProbe, -517)
      } else {
        boot.leave(v + 150_000, .binder, .reallyProbe, 0)
      }
    case .f2Walk:
      begins(v - 20_000)
      // The replay waits for the lock, and finds the group.
      boot.enter(v - 10_000, .binder, .outerProbe)
      boot.enter(v, .walker, .visit)
      boot.enter(v + 100, .walker, .innerProbe)
      accepted(v + 15_000)
      boot.enter(v + 30_100, .binder, .innerProbe)
      boot.leave(v + 30_200, .binder, .innerProbe, 0, to: "iommu_probe_device")
      boot.leave(v + 30_300, .binder, .outerProbe, 0)
      configured(v + 31_000, ofIOMMU: 0, -517)
      boot.leave(v + 35_000, .binder, .reallyProbe, -517)
    case .f2Bind, .f3:
      boot.replay(v, .binder)
      boot.pass(v + 100_000, .walker)
    case .f4Later, .t13:
      begins(v - 10_000)
      boot.skip(v)
      configured(v + 20_000, ofIOMMU: -517, -517)
      boot.leave(v + 23_000, .binder, .reallyProbe, -517)
    case .f4Same:
      begins(v - 10_000)
      boot.skip(v)
      boot.replay(v + 310_000, .binder, isBegun: true)
    case .t2:
      boot.visit(v, group: nil)
    case .t4, .t4b:
      boot.skip(v)
    case .clean:
      boot.visit(v)
    case .t3:
      break
    }
  }
}
