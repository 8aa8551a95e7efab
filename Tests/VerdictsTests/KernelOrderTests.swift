import Testing

@testable import Verdicts

struct KernelOrderTests {
  /// Each before the next.
  @Test(arguments: [
    [
      "6.12.0-rc3", "6.12.0-rc3-next-20250101", "6.12.0-rc10", "6.12.0", "6.12.1", "6.12.7", "6.12.107",
      "6.13-rc1", "6.13",
    ],
    ["v6.15-rc1", "v6.15", "v6.15.1", "v6.16-rc1", "v7.0"],
    ["6.17.12+deb14-arm64", "6.17.13+deb13-arm64", "6.17.13+deb14-arm64", "6.18.0-rc1+deb14-arm64"],
    ["5.15.0-105-generic", "5.15.0-1053-aws", "5.15.0-1060-aws", "5.15.1"],
    [
      "6.1.75-android14-11-g0123abc-ab123", "6.6.30-android15-8-g0123abc", "6.6.30-android15-9-g0123abc",
      "6.6.50-android15-8",
    ],
    [
      "6.12.0-0.rc3.30.fc42.x86_64", "6.12.0-0.rc7.59.fc42.x86_64", "6.12.0-55.el10.x86_64",
      "6.12.4-200.fc41.x86_64",
    ],
    ["4.9.337.1", "4.9.337.2", "4.14.336"],
    ["7.3.4", "next-20250101", "next-20250102"],
    ["linux-6.6", "linux-6.12", "linux-6.13-rc1", "linux-6.13-rc2", "linux-6.13"],
    ["6.12", "mainline-v6.13-rc1", "linux-6.13", "6.14-rc1", "android14-6.14.90", "rhel8.9-6.15.0"],
    ["board-rc1", "board-rc2", "board", "board-2"],
    ["6.12.0-RC1", "6.12.0-RC2-dirty", "6.12.0-dirty", "6.12.1"],
    [
      "6.6.30-android15-8-gfffffff-ab12000001", "6.6.30-android15-8-g0bad0bad-ab12000100",
      "6.6.30-android15-8-g9999999-ab12000200",
    ],
  ])
  func order(_ kernels: [String]) {
    #expect(kernels.reversed().inKernelOrder() == kernels)
    for (at, kernel) in kernels.enumerated() {
      for later in kernels[(at + 1)...] {
        #expect(
          KernelOrder(kernel) < KernelOrder(later) && !(KernelOrder(later) < KernelOrder(kernel)),
          "\(kernel) < \(later)")
      }
    }
  }

  /// Boots of which nothing tells the kernel stand in no order: in tables alone.
  @Test func unknownIsNoKernel() {
    let names = [CountedFor.unknown, "7.3", "6.12"]
    #expect(names.inKernelOrder() == ["6.12", "7.3"])
    #expect(names.allKernels() == ["6.12", "7.3", "unknown"])
    #expect(names.kernelSpan == "6.12 to 7.3 and unknown")
    #expect(["6.12"].kernelSpan == "6.12" && [CountedFor.unknown].kernelSpan == "unknown")
  }

  /// Before 6.15 a kernel has the warning from its vendor or not at all.
  @Test func whatOnlyTheWarningTells() {
    var kernels = WarningKernels()
    func may(_ topic: String, _ kernel: String) -> Bool {
      kernels.mayShow(topic, board: "b", kernel: kernel)
    }
    let topics = ["probe-before-domain", "iommu-late-probe/v1:bind:nvme"]
    for topic in topics {
      #expect(!may(topic, "6.12.94") && !may(topic, "linux-6.6") && may(topic, "6.15.11"))
      #expect(may(topic, "unknown") && may(topic, "next-20250101") && may(topic, "6.14.0-rc1-next-20250201"))
    }
    #expect(may("silent-late-iommu", "6.12.94") && may("iommu-silent/v1:-:nvme", "6.12.94"))
    kernels.insert("silent-late-iommu", board: "b", kernel: "6.12.94")
    #expect(!may(topics[0], "6.12.94"))
    kernels.insert(topics[1], board: "b", kernel: "6.12.40-vendor")
    #expect(may(topics[0], "6.12.94") && !may(topics[0], "6.6.90"))
    #expect(!kernels.mayShow(topics[0], board: "other", kernel: "6.12.94"))
    #expect(!may("ungated-replay", "7.3.4"))
  }

  /// Anything is a name, and two have one order.
  @Test func hostile() {
    let names = [
      "", ".", "-", "6", "6.", "99999999999999999999.1", "6.12-rc", "6.12-rc99999999999999999999", "é\u{1b}[",
      "v", "\0",
    ]
    #expect(
      Set(names.inKernelOrder()) == Set(names) && names.inKernelOrder() == names.reversed().inKernelOrder())
    #expect(
      KernelOrder("6.12.0") != KernelOrder("6.12")
        && ["6.12.0", "6.12"].inKernelOrder() == ["6.12", "6.12.0"])
  }
}
