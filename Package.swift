// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// One step of the way through the house; it may import only steps to its left.
func step(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// What tests are built with: as the sources, but free to use what is not strictly memory safe.
let lenient: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], exclude: data, swiftSettings: lenient)
}

/// Programs for those who work on it, which a plain build leaves out: PROBERACE_TOOLS=fuzz (every module must be instrumented, see
/// Fuzz/run.sh), PROBERACE_TOOLS=trace-dat-time, PROBERACE_TOOLS=perfetto-time.
let tools: [Target] =
  switch Context.environment["PROBERACE_TOOLS"] {
  case "fuzz":
    [
      .target(name: "CLibFuzzer", path: "Fuzz/CLibFuzzer"),
      .executableTarget(
        name: "fuzz", dependencies: ["CLibFuzzer", "FuzzBodies"], path: "Fuzz/fuzz", swiftSettings: lenient),
    ]
  case "trace-dat-time":
    [
      .executableTarget(
        name: "trace-dat-time", dependencies: ["Bytes", "TraceDat"], path: "Benchmarks/trace-dat-time",
        swiftSettings: lenient)
    ]
  case "perfetto-time":
    [
      .executableTarget(
        name: "perfetto-time", dependencies: ["Bytes", "PerfettoTrace"], path: "Benchmarks/perfetto-time",
        swiftSettings: lenient)
    ]
  default: []
  }

let package = Package(
  name: "proberace",
  products: [
    // No library: other programs take the JSON, whose schemas are in docs/schema.
    .executable(name: "proberace", targets: ["proberace"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .target(name: "CBytes"),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CTraceEvent", pkgConfig: "libtraceevent", providers: [.apt(["libtraceevent-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    step("Bytes", ["CBytes", .product(name: "SystemPackage", package: "swift-system")]),
    // Path or stream to documents: containers and text forms undone.
    step(
      "Inputs",
      ["Bytes", "CArchive", "CNettle", "CZlib", .product(name: "SystemPackage", package: "swift-system")]),
    step("Records", ["Bytes"]),
    step("Events", ["Bytes", "Records"]),
    // What a live board says of itself.
    step("Facts", ["Bytes", "Records"]),
    step(
      "TraceDat",
      [
        "Bytes", "Records", "Events", "CTraceEvent", "CZstd", "CZlib",
        .product(name: "HeapModule", package: "swift-collections"),
      ]),
    // Perfetto's recordings, lazily; `Perfetto` is what writes them.
    step("PerfettoTrace", ["Bytes", "Records", "Events", "CZstd", "CZlib"]),
    step(
      "Timelines",
      [
        "Bytes", "Records", "Events", "Facts",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    // What to capture: text only, from the table of functions. Left of Verdicts, which say what would raise them.
    step("Recipes", ["Records", "Facts"]),
    step("Verdicts", ["Bytes", "Records", "Events", "Facts", "Recipes", "Timelines"]),
    // Counts to intervals and probabilities: pure numbers.
    step("Statistics"),
    // Which fixes a kernel's source has: --kernel-tree.
    step(
      "KernelTree",
      ["Bytes", "Inputs", "Verdicts", .product(name: "SystemPackage", package: "swift-system")]),
    // An analysis and what it comes to, as values: whatever shows one needs no more.
    step("Analysis", ["Bytes", "Records", "Timelines", "Verdicts"]),
    // Documents to an analysis.
    step(
      "Reading",
      [
        "Bytes", "Inputs", "Records", "Events", "Facts", "TraceDat", "PerfettoTrace", "Timelines", "Verdicts",
        "Analysis", .product(name: "SystemPackage", package: "swift-system"),
      ]),
    step("Check", ["Bytes", "Records", "Recipes", "Timelines", "Verdicts", "Analysis"]),
    step(
      "Scan",
      [
        "Bytes", "Inputs", "Records", "Events", "Verdicts", "Analysis", "Reading",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // Made code, see its .proto: not held to the rules of the rest.
    .target(
      name: "Perfetto", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["perfetto.proto"], swiftSettings: [.swiftLanguageMode(.v6)]),
    // What all reports are written with: knows nothing of what they say.
    step("Writing", ["Statistics"]),
    // What the machine at hand can show, and its report. It reads this machine and nothing else.
    step(
      "Doctor",
      [
        "Bytes", "Inputs", "Facts", "Recipes", "Verdicts", "Writing",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    step(
      "Reports",
      [
        "Bytes", "Events", "Facts", "Recipes", "Timelines", "Verdicts", "Analysis", "Check", "Perfetto",
        "Writing",
      ]),
    // Inputs and answer in one file, names and addresses replaced.
    step(
      "Bundles",
      [
        "Bytes", "Inputs", "Records", "Verdicts", "Analysis", "Reading", "Reports", "Writing", "CArchive",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // SQLite's calls as safe values.
    step("SQLite", ["CSQLite"]),
    // Many boots of many runs in one file, and what they say together.
    step("History", ["Bytes", "Verdicts", "Statistics", "Writing", "SQLite"]),
    // What many boots say together, as a page: of a scan's rows, or of a history.
    step("FarmPage", ["History", "Reports", "Statistics", "Verdicts", "Writing"]),
    step(
      "ScanReports",
      [
        "Bytes", "Verdicts", "Analysis", "Scan", "Reports", "Writing", "Statistics", "History", "FarmPage",
      ]),
    step("HistoryReports", ["History", "Statistics", "Verdicts", "Writing"]),
    .executableTarget(
      name: "proberace",
      dependencies: [
        "Bytes", "Inputs", "Records", "Analysis", "Reading", "Verdicts", "KernelTree", "Bundles", "Recipes",
        "Doctor",
        "Check",
        "Scan",
        "Reports", "ScanReports", "Writing", "History", "HistoryReports", "FarmPage",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TraceDatTests", dependencies: ["TraceDat", "Bytes", "Records", "Events", "TestSupport"],
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Bytes", "Records"], path: "Tests/TestSupport",
      swiftSettings: lenient),
    tests(
      "PerfettoTraceTests",
      ["PerfettoTrace", "Bytes", "Events", "Verdicts", "Analysis", "Reading"]),
    tests("BytesTests", ["Bytes", .product(name: "SystemPackage", package: "swift-system")]),
    tests("InputsTests", ["Bytes", "Inputs"]),
    tests("RecordsTests", ["Bytes", "Records"]),
    tests("EventsTests", ["Bytes", "Records", "Events"]),
    tests("DialectTests", ["Bytes", "Records", "Timelines", "Verdicts", "Analysis", "Reading", "Scan"]),
    tests("CaptureTests", ["Bytes", "Timelines", "Verdicts", "Analysis", "Reading"]),
    tests(
      "ReportsTests",
      [
        "Bytes", "Timelines", "Verdicts", "Analysis", "Reading", "Scan", "Reports", "ScanReports", "Writing",
        "History", "FarmPage", "Statistics",
      ]),
    // Repositories and trees made in the test.
    tests("KernelTreeTests", ["KernelTree", "Verdicts"]),
    // Runs the built command; the dependency is there so that it is built.
    tests("CommandTests", ["proberace"]),
    tests(
      "ScanTests",
      [
        "Bytes", "Inputs", "Records", "Analysis", "Reading", "Scan", "Verdicts",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // Whatever people hold, and however it is packed: through report and through scan.
    tests(
      "InputStackTests",
      ["CZlib", "Verdicts", "Analysis", "Reading", "Scan", "Reports", "Writing"]),
    // A specification of the way from events to a boot, row by row.
    tests("TimelinesTests", ["Bytes", "Records", "Events", "Timelines"]),
    tests("VerdictsTests", ["Verdicts"]),
    tests(
      "FactsTests",
      [
        "Facts", "Bytes", "Doctor", "Verdicts", "Analysis", "Reading", "Reports", "Writing",
      ]),
    tests(
      "BundleTests",
      [
        "Bundles", "Bytes", "Inputs", "Analysis", "Reading", "Verdicts",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    tests("StatisticsTests", ["Statistics"]),
    tests("HistoryTests", ["History", "SQLite", "Statistics", "Bytes"]),
    tests("RecipeTests", ["Records", "Recipes", "Check", "Analysis", "Reading", "Verdicts", "Facts"]),
    // What is fuzzed: by libFuzzer (Fuzz), and with few inputs in tests.
    .target(
      name: "FuzzBodies",
      dependencies: [
        "Bytes", "Inputs", "Records", "Events", "Facts", "TraceDat", "PerfettoTrace", "Timelines", "Recipes",
        "Verdicts", "Analysis", "Reading",
      ],
      path: "Fuzz/Bodies", swiftSettings: lenient),
    tests("FuzzTests", ["FuzzBodies"], data: ["Found"]),
    tests("LivesTests", ["Analysis", "Reading", "Verdicts"]),
    .target(name: "Model", dependencies: ["TestSupport"], path: "Tests/Model", swiftSettings: lenient),
    tests("ModelTests", ["Model", "Timelines", "Analysis", "Reading", "Verdicts"]),
  ] + tools
)
