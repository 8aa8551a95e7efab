// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "trace-dat-time",
  dependencies: [.package(name: "proberace", path: "../..")],
  targets: [
    .executableTarget(
      name: "trace-dat-time", dependencies: [.product(name: "ProbeRace", package: "proberace")])
  ]
)
