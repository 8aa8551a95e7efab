import ArgumentParser

@main
struct Proberace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proberace",
    abstract: "Tells harmless IOMMU probe races from harmful ones, from ftrace and dmesg captures.",
    discussion: """
      Give it all the files of one boot: the kernel log, and the trace if there is one. For every
      "late IOMMU probe at driver bind, something fishy here!" it says false positive, real or
      undetermined, with the lines that prove it; some of the worst cases print nothing and are found too.

        proberace report dmesg.txt trace.txt
      """,
    version: "0.1.0",
    subcommands: [Report.self])
}
