// The contract's JSON of a board's facts.
import Facts
import Timelines
import Writing

enum JSONFacts {
  /// Null where the inputs have none.
  static func value(_ boot: BootTimeline) -> JSONValue {
    guard let scene = BoardScene(boot) else { return .null }
    let facts = scene.facts
    return .object([
      ("release", .optional(facts.release)), ("bootId", .optional(facts.bootID?.value)),
      ("uptime", .optional(facts.uptime?.value)), ("at", JSONReport.place(facts.begins)),
      ("clients", .array(scene.clients.map { client($0, scene) })),
      (
        "deferred",
        .array(
          facts.deferred.map { fact in
            .object([
              ("device", .string(fact.value.name)), ("reason", .string(fact.value.reason)),
              ("at", JSONReport.place(fact.place)),
            ])
          })
      ),
      ("skipped", .strings(facts.skipped)),
    ])
  }

  private static func client(_ device: BoardFacts.Device, _ scene: BoardScene) -> JSONValue {
    .object([
      ("device", .string(device.name)), ("bus", .string(device.bus)),
      ("driver", .optional(device.driver?.value)), ("group", .optional(device.group.map { Int64($0.value) })),
      ("groupType", .optional(device.groupType.isEmpty ? nil : device.groupType)),
      ("iommus", .strings(scene.iommus(of: device))), ("leftOut", .bool(scene.isLeftOut(device))),
      ("interrupts", .optional(scene.facts.interrupts(of: device)?.value)),
      ("at", JSONReport.place(device.place)),
    ])
  }
}
