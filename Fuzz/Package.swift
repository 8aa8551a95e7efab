// swift-tools-version: 6.2
// libFuzzer over the bodies in FuzzBodies. Build and run with ./run.sh: every module must be instrumented.
import PackageDescription

let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "proberace", path: "..")],
  targets: [
    .target(name: "CLibFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: ["CLibFuzzer", .product(name: "FuzzBodies", package: "proberace")]),
  ]
)
