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
    ["7.3.4", "next-20250101", "next-20250102", "unknown"],
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
