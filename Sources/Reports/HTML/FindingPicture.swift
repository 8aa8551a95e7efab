import Analysis
import Verdicts

/// A finding's picture for pages that show findings of many boots.
package enum FindingPicture {
  /// Stands once in a page that has pictures: within an SVG.
  package static let definitions = PictureHTML.definitions

  /// A figure as HTML, in the looks of `PageStyle`; nil where there is nothing to draw. `inputs`: what the boot was read from.
  package static func html(_ boot: BootAnalysis, _ finding: Finding, inputs: [String]) -> String? {
    let scene = Scene(boot, devices: [finding.device])
    guard let lane = scene.lane(finding, limit: 12) else { return nil }
    let context = LaneContext(
      scale: TimeScale([0]), threads: ThreadOrder(first: scene.registrations, lanes: [lane]),
      names: InputNames(inputs)
    ) { _ in nil }
    return PictureHTML.figure(finding, lane, context, around: scene.registrations) { _ in nil }
  }
}
