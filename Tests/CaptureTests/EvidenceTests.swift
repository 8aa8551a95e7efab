import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// A finding's evidence points at the lines that show it.
struct EvidenceTests {
  /// A finding and words of lines that its evidence must point at, all words of a row in one line.
  struct Case: Sendable, CustomStringConvertible {
    var capture: String
    var device: String
    var lines: [[String]]
    var description: String { "\(capture) \(device)" }
  }

  static let cases = [
    Case(
      capture: "race-bind-6.17.13-kprobe", device: "0000:00:10.5",
      lines: [
        ["25.347", "pdc_ret: (really_probe+0x7c/0x3a0 <- pci_dma_configure) ret=-517"],
        ["25.330192", "0000:00:10.5: late IOMMU probe at driver bind"],
        ["25.184963", "really_probe+0x0", "0000:00:10.5"],
      ]),
    Case(
      capture: "natural-6.17.13-4", device: "0000:00:05.1",
      lines: [
        ["15.114054", "0000:00:05.1: late IOMMU probe at driver bind"],
        ["15.107018", "<- pci_dma_configure) ret=0"],
        ["15.159171", "add_device_to_group", "0000:00:05.1"],
      ]),
    Case(
      capture: "natural-6.17.13-4", device: "0000:00:05.2",
      lines: [["15.159454", "0000:00:05.2"], ["15.387469", "late IOMMU probe at driver bind"]]),
    Case(
      capture: "dyndbg-natural-6.17.13", device: "0000:00:04.2",
      lines: [
        ["6.956466", "virtio-pci 0000:00:04.2: enabling device"],
        ["6.962690", "0000:00:04.2: Adding to iommu group 3"],
      ]),
    Case(
      capture: "real-misuse-7.2.13-kprobe", device: "lab-client0",
      lines: [["17.264410", "of_dma_configure_id+0x0", "lab-client0"]]),
    Case(
      capture: "t10-walk-aborted-7.2.13", device: "lab-iommu-a",
      lines: [["10.634786", "lab-iommu-a: Failed to register iommu"]]),
    Case(
      capture: "late-smmu-rebind-6.17.13-kprobe", device: "0000:00:03.0",
      lines: [["11.570753", "0000:00:03.0: deferred probe timeout, ignoring dependency"]]),
  ]

  private static func line(_ place: (input: Int, line: Int, offset: Int), _ files: [[UInt8]]) -> String? {
    guard files.indices.contains(place.input), files[place.input].indices.contains(place.offset) else {
      return nil
    }
    let rest = files[place.input][place.offset...]
    return String(decoding: rest.prefix { $0 != 10 }, as: UTF8.self)
  }

  @Test(arguments: cases)
  func evidencePointsAtItsLines(_ test: Case) throws {
    let capture = try Capture(Here.samples.appending(path: test.capture))
    let files = try capture.texts.map { [UInt8](try Data(contentsOf: URL(filePath: $0.path))) }
    let analysis = Analysis.run(capture.texts.map(\.path))
    let finding = try #require(analysis.boots.flatMap(\.findings).first { $0.device == test.device })
    let places = finding.evidence.compactMap(\.place)
    let texts = places.compactMap { Self.line((Int($0.input), Int($0.line), Int($0.offset)), files) }
    #expect(texts.count == places.count)
    for words in test.lines {
      #expect(
        texts.contains { text in words.allSatisfy { text.contains($0) } },
        "nothing points at \(words); the evidence is\n\(texts.joined(separator: "\n"))")
    }
  }

  /// Every place of every finding is the start of the line whose number it gives.
  @Test(arguments: Capture.samples)
  func placesAreStartsOfLines(_ capture: Capture) throws {
    let files = try capture.texts.map { [UInt8](try Data(contentsOf: URL(filePath: $0.path))) }
    let starts = files.map { bytes in [0] + bytes.indices.filter { bytes[$0] == 10 }.map { $0 + 1 } }
    let analysis = Analysis.run(capture.texts.map(\.path))
    for finding in analysis.boots.flatMap(\.findings) {
      #expect(!finding.evidence.isEmpty)
      for place in finding.evidence.compactMap(\.place) + finding.places {
        let start = starts[Int(place.input)][Int(place.line) - 1]
        #expect(start == Int(place.offset), "\(capture) \(finding.device) line \(place.line)")
      }
    }
  }
}
