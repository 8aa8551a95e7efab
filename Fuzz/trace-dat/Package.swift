// swift-tools-version: 6.2
// libFuzzer targets for the trace.dat reader. Build and run with ./run.sh: every module must be instrumented.
import PackageDescription

func target(_ name: String) -> Target {
  .executableTarget(
    name: name, dependencies: ["CLibFuzzer", .product(name: "ProbeRace", package: "proberace")])
}

let package = Package(
  name: "fuzz-trace-dat",
  dependencies: [.package(name: "proberace", path: "../..")],
  targets: [.target(name: "CLibFuzzer"), target("fuzz-container"), target("fuzz-pages")]
)
