// What a boot's inputs show, of the kinds that verdicts need.
import Recipes
import Timelines

extension BootTimeline {
  var sights: Set<Sight> {
    var sights = traces.reduce(into: Set()) { $0.formUnion($1.seen.compactMap(\.sight)) }
    if hasLog, logKeepsOrder { sights.insert(.kernelLog) }
    if devices.values.contains(where: { $0.binds.contains { $0.phase.result != nil } }) {
      sights.insert(.results)
    }
    if traces.contains(where: \.hasGroups) { sights.insert(.groups) }
    if devices.values.contains(where: { !$0.domains.isEmpty }) { sights.insert(.domains) }
    return sights
  }
}
