import Recipes
import Records
import TestSupport
import Testing

struct RecipeTests {
  static let recipes: [Recipe] = Target.allCases.flatMap { target in
    [nil, "0000:00:*", "19471000.drmdecon", "dprc.1"].flatMap { device in
      [false, true].map { Recipe(target, isAndroid: $0, device: device) }
    }
  }

  /// Everything a recipe asks for is something that the analysis reads.
  @Test(arguments: recipes)
  func everyProbedFunctionIsRead(_ recipe: Recipe) {
    let functions = recipe.text.matches(of: /[pr]:(?:proberace\/)?[a-z-]+[, ]([a-z_]+)[, ]/).map {
      String($0.1)
    }
    #expect(recipe.target == .perfetto || functions.count >= 10)
    for function in functions {
      let role = withBytes(function) { Role.of($0, 0..<function.utf8.count) }
      #expect(role != nil, "\(function)")
    }
  }

  /// Functions that some compilers split or inline, BTF types, and tracers that GKI lacks.
  @Test(arguments: recipes)
  func asksForNothingThatMayBeMissing(_ recipe: Recipe) {
    let code = recipe.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
    for word in [
      "__iommu_probe_device", "iommu_init_device", "bus_iommu_probe", "->", "function_graph", "ftrace.",
    ] {
      #expect(!code.contains(word))
    }
  }

  @Test(arguments: [nil, "0000:01:00.0", "3d00000.gpu"])
  func fitsOnACommandLine(_ device: String?) throws {
    let line = Recipe(.cmdline, isAndroid: true, device: device).bootParameters
    #expect(line.utf8.count < 1800)
    #expect(!line.contains("\n") && !line.contains("\""))
    #expect(line.split(separator: " ").count == 4)
    let probes = try #require(line.split(separator: " ").last).dropFirst("kprobe_event=".count).split(
      separator: ";")
    let names = probes.map { $0.prefix { $0 != "," } }
    #expect(Set(names).count == names.count)
    #expect(probes.allSatisfy { [3, 4].contains($0.split(separator: ",").count) })
  }

  @Test func theDeviceChoosesTheBus() {
    func buses(_ device: String?) -> [Bus] { Recipe(.cmdline, device: device).buses }
    #expect(buses(nil) == [.pci, .platform])
    #expect(buses("*") == [.pci, .platform])
    #expect(buses("0000:00:1*") == [.pci])
    #expect(buses("*:10.?") == [.pci])
    #expect(buses("3d00000.gpu") == [.platform, .amba])
    #expect(buses("dprc.1") == [.fslMC])
    #expect(Recipe(.cmdline, device: "0000:00:10.5").text.contains("pci_device_probe"))
    #expect(!Recipe(.cmdline, device: "0000:00:10.5").text.contains("platform_probe"))
  }

  /// kernel.* keys become parameters everywhere; values with commas and semicolons have to be quoted.
  @Test func bootconfigHasTheCommandLinesParameters() {
    let recipe = Recipe(.bootconfig, isAndroid: true)
    let keys = recipe.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(keys.count == 4)
    #expect(keys.allSatisfy { $0.wholeMatch(of: /kernel\.[a-z_]+ = "[^"]+"/) != nil })
    let plain = Recipe(.cmdline, isAndroid: true).bootParameters
    let same = keys.map {
      $0.dropFirst("kernel.".count).replacing(" = ", with: "=").replacing("\"", with: "")
    }
    #expect(same.joined(separator: " ") == plain)
  }

  @Test func shellRecipesHaveTwoHalves() {
    for target in [Target.tracefs, .traceCmd] {
      let halves = Recipe(target).text.split(separator: Recipe.turn)
      #expect(halves.count == 2)
      #expect(halves[0].contains("kprobe_events") && halves[1].contains("dmesg > dmesg.txt"))
    }
  }

  /// What is written on the phone goes where it can be written, and says how to get it.
  @Test func androidsFilesAreFetched() {
    for target in [Target.tracefs, .traceCmd] {
      let text = Recipe(target, isAndroid: true).text
      #expect(
        text.contains("\nfor F in /data/local/tmp /tmp /dev; do [ -w $F ] && cd $F && TMPDIR=$F && break"))
      #expect(text.contains("adb pull /data/local/tmp/dmesg.txt"))
      #expect(!Recipe(target).text.contains("/data/local"))
    }
  }

  @Test func androidGetsItsClockAndConsole() {
    #expect(Recipe(.cmdline, isAndroid: true).text.contains("trace_clock=boot"))
    #expect(Recipe(.cmdline, isAndroid: true).text.contains("printk:console"))
    #expect(Recipe(.cmdline).text.contains("trace_clock=global"))
    #expect(Recipe(.perfetto, isAndroid: true).text.contains("preserve_ftrace_buffer: true"))
  }

  /// With a trace alone the driver's name stands nowhere else.
  @Test(arguments: recipes)
  func everyBindNamesItsDriver(_ recipe: Recipe) {
    let text = recipe.text
    guard text.contains("really_probe") else { return }
    let binds = text.matches(of: /p:(?:proberace\/)?rp[, ]really_probe[, ]dev=\S+/).map(\.output)
    #expect(
      binds.count == 1 && binds.allSatisfy { $0.contains("dev=") }
        && text.contains("drv=+0(+0($arg2)):string"))
  }

  @Test func perfettoTakesBothGroupsAndTheNamesOfThreads() {
    for isAndroid in [false, true] {
      let text = Recipe(.perfetto, isAndroid: isAndroid).text
      for words in [
        "ftrace_events: \"kprobes/*\"", "ftrace_events: \"proberace/*\"", "name: \"linux.process_stats\"",
        "size_kb: $(($(nproc) * 8192)) fill_policy: DISCARD", "DISCARD: a full one keeps what came first",
      ] { #expect(text.contains(words), "\(words)") }
      #expect(text.count { $0 == "{" } == text.count { $0 == "}" })
    }
  }

  /// x86 has no functions of the device tree, and a kprobe on them is refused.
  @Test func firmwareChoosesTheFunctions() throws {
    let x86 = try #require(KernelVersion("6.17.13+deb14-amd64") as KernelVersion?)
    for recipe in [Recipe(.cmdline, kernel: x86), Recipe(.tracefs, firmware: .acpi)] {
      #expect(recipe.text.contains("acpi_dma_configure_id"))
      #expect(!recipe.text.contains("of_dma_configure_id,") && !recipe.text.contains("of_iommu_configure"))
    }
    let arm = Recipe(.cmdline).text
    #expect(arm.contains("of_dma_configure_id") && !arm.contains("acpi_dma_configure_id"))
  }

  @Test func theTargetFitsTheKernel() throws {
    func recipe(_ version: String, isAndroid: Bool = false, _ target: Target? = nil) throws -> Recipe {
      Recipe(target, kernel: try #require(KernelVersion(version) as KernelVersion?), isAndroid: isAndroid)
    }
    #expect(Recipe(nil).target == .cmdline && Recipe(nil, isAndroid: true).target == .bootconfig)
    for version in ["7.3.4+deb14-rt-arm64", "6.12.20-rt8"] {
      #expect(try recipe(version).target == .tracefs && recipe(version).fault == nil)
      #expect(try recipe(version, .cmdline).fault?.contains("--target tracefs") == true)
    }
    #expect(try recipe("7.1.0-rc2").target == .cmdline && recipe("6.1.75-android14-11").fault == nil)
  }

  /// What it cannot show stands before what it does.
  @Test func reloadSaysWhatItCannotShow() {
    let named = Recipe(.reload, device: "0000:00:03.0").text
    #expect(named.contains("Cannot show: the race of the boot") && named.contains("suppress_bind_attrs"))
    #expect(named.contains("\nDEVICE=0000:00:03.0\n"))
    for device in ["*:10.?", "x; rm -rf /", nil] {
      #expect(Recipe(.reload, device: device).text.contains("\nDEVICE=${1:?which client"))
    }
  }

  /// What a user gives may come from a script: it begins no line of what is pasted.
  @Test func argumentsAreNoCommands() throws {
    let version = try #require(KernelVersion("6.17\ntouch x"))
    #expect(!Recipe(.tracefs, kernel: version).text.contains("\ntouch"))
    for device in ["", "a;b", "$(a)"] {
      #expect(Recipe(.reload, device: device).text.contains("\nDEVICE=${1:?"))
    }
  }

  @Test func oldKernelsAreToldApart() throws {
    func recipe(_ target: Target, _ version: String) throws -> Recipe {
      let kernel = try #require(KernelVersion(version) as KernelVersion?)
      return Recipe(target, kernel: kernel)
    }
    let tooOld = try [recipe(.cmdline, "4.19.300"), recipe(.bootconfig, "5.4")]
    #expect(tooOld.allSatisfy { $0.fault != nil })
    let fine = try [
      recipe(.tracefs, "4.19"), recipe(.cmdline, "5.3"), recipe(.bootconfig, "6.1.75-android14-11"),
    ]
    #expect(fine.allSatisfy { $0.fault == nil })
    let texts = try [recipe(.cmdline, "6.12.94+deb13-arm64"), recipe(.cmdline, "6.17")].map(\.text)
    #expect(texts.map { $0.contains("since 6.15") } == [true, false])
    #expect(KernelVersion("new") == nil && KernelVersion("") == nil)
  }
}
