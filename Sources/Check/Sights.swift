// What a boot's inputs show, of the kinds that verdicts need.
import Recipes
import Timelines

extension BootTimeline {
  var sights: Set<Sight> {
    var sights: Set<Sight> = []
    let seen = traces.reduce(into: Set()) { $0.formUnion($1.seen) }
    if hasLog, logKeepsOrder { sights.insert(.kernelLog) }
    if seen.contains(.reallyProbe) { sights.insert(.binds) }
    if devices.values.contains(where: { $0.binds.contains { $0.phase.result != nil } }) {
      sights.insert(.results)
    }
    if !seen.isDisjoint(with: [.walkVisit, .innerIOMMUProbe]) { sights.insert(.visits) }
    // What the bus's own function calls stands for it.
    if !seen.isDisjoint(with: [.busDMAConfigure, .firmwareDMAConfigure, .ofIOMMUConfigure]) {
      sights.insert(.dmaConfigure)
    }
    if seen.contains(.busProbe) { sights.insert(.driverProbe) }
    if seen.contains(.registration) { sights.insert(.registrations) }
    if traces.contains(where: \.hasGroups) { sights.insert(.groups) }
    if devices.values.contains(where: { !$0.domains.isEmpty }) || seen.contains(.setupDefaultDomain) {
      sights.insert(.domains)
    }
    return sights
  }
}
