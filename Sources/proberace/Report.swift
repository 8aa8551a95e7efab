import Analysis
import ArgumentParser
import Records
import Reports

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge every late-IOMMU-probe warning of one boot.")

  @Argument(help: "The files of one boot, in any order; - is standard input.")
  var files: [String]

  @Option(help: "terminal or json.")
  var format = "terminal"

  func run() throws {
    let analysis = Analysis.run(files)
    print(JSONReport.report(analysis).text(indent: true))
  }
}
