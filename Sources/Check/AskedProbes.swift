// What a boot's own command line asks to be traced: what is silent all the same need not be asked for again.
import Recipes
import Records
import Timelines

struct AskedProbes {
  var sights: Set<Sight> = []
  /// `$arg1` and `$retval` have lost their `$`: a boot loader's shell took it.
  var isEaten = false

  init(_ boot: BootTimeline) {
    guard let line = boot.commandLine else { return }
    for definition in KprobeDefinition.all(commandLine: line) {
      if definition.isReturn { sights.insert(.results) }
      if let sight = KernelFunction.named(definition.function)?.role?.sight { sights.insert(sight) }
    }
    for word in line.split(separator: " ") where word.hasPrefix("trace_event=") {
      if word.contains("iommu:add_device_to_group") { sights.insert(.groups) }
      if word.contains("iommu:attach_device_to_domain") { sights.insert(.domains) }
    }
    isEaten = KprobeDefinition.texts(commandLine: line).contains { text in
      !text.contains("$")
        && (text.contains("(arg") || text.contains("=retval:") || text.contains("=+0(+0())")
          || text.contains("=:"))
    }
  }
}
