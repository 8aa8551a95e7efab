// The contract's JSON (docs/architecture.md): fields may be added, these stay.
import Analysis
import Bytes
import Events
import Timelines
import Verdicts
import Writing

/// The objects of docs/schema, for one analysis.
package enum JSONReport {
  /// The whole of `report --format json`.
  package static func report(_ analysis: Analysis) -> JSONValue {
    .object([
      ("schema", .string("proberace/report@1")), ("version", .string(Release.version)),
      ("rules", .int(Int64(Release.rules))), ("answer", .string(analysis.answer.code)),
      ("state", .string(state(analysis))),
      ("inputs", .array(analysis.inputs.map(input))),
      ("boots", .array(analysis.boots.map(boot))),
      (
        "summary",
        .object([
          ("warnings", .int(Int64(analysis.warnings))),
          ("falsePositive", .int(Int64(analysis.count(.falsePositive)))),
          ("real", .int(Int64(analysis.count(.real)))),
          ("undetermined", .int(Int64(analysis.count(.undetermined)))),
        ])
      ),
      ("kernelTree", analysis.tree.map { kernelTree($0, analysis) } ?? .null),
    ])
  }

  /// `--kernel-tree`: what its source says of the fixes, and where.
  private static func kernelTree(_ tree: TreeAnswer, _ analysis: Analysis) -> JSONValue {
    .object([
      ("path", .string(tree.path)), ("version", .optional(tree.version)), ("head", .optional(tree.head)),
      (
        "fixes",
        .array(
          tree.fixes.map { fix in
            .object([
              ("commit", .string(fix.commit)), ("name", .string(fix.name)),
              ("state", .string(fix.state.rawValue)), ("evidence", .strings(fix.evidence)),
            ])
          })
      ),
      ("notes", .strings(tree.notes + Summary.mismatches(tree, analysis))),
    ])
  }

  /// Whether there is an answer: the exit status is 2 for all but `judged`.
  private static func state(_ analysis: Analysis) -> String {
    analysis.isDamaged ? "damaged" : analysis.isTelling ? "judged" : "not-telling"
  }

  /// `timeline --format json`: the devices alone.
  static func timeline(_ analysis: Analysis, device: String?) -> JSONValue {
    .object([
      ("schema", .string("proberace/timeline@1")), ("version", .string(Release.version)),
      ("rules", .int(Int64(Release.rules))),
      ("inputs", .array(analysis.inputs.map(input))),
      (
        "boots",
        .array(
          analysis.boots.map { boot in
            .object([
              ("kernel", .optional(boot.timeline.kernel)), ("hardware", .optional(boot.timeline.hardware)),
              ("devices", .array(TimelineReport.chosen(boot, device).map { Self.device($0) })),
              ("facts", JSONFacts.value(boot.timeline)),
            ])
          })
      ),
    ])
  }

  static func input(_ input: InputSummary) -> JSONValue {
    .object([
      ("path", .string(input.path)), ("format", .optional(input.format?.id)),
      ("bytes", .int(Int64(input.bytes))),
      ("losses", .array(input.losses.map(loss))), ("buffers", .array(input.buffers.map(buffer))),
    ])
  }

  private static func buffer(_ buffer: TraceBuffer) -> JSONValue {
    .object([
      ("name", .string(buffer.name)), ("clock", .string(buffer.clock)), ("events", .int(buffer.events)),
      ("lost", .optional(buffer.lost)),
    ])
  }

  /// `loss` of docs/schema/common@1.json.
  package static func loss(_ loss: Loss) -> JSONValue {
    .object([
      ("kind", .string(loss.kind.rawValue)), ("count", .optional(loss.count)),
      ("detail", .string(loss.detail)),
      ("at", loss.place.map(place) ?? .null),
    ])
  }

  /// `--what-if`: each candidate, whether it is asked about or not.
  private static func whatIf(_ boot: BootAnalysis) -> JSONValue {
    .array(
      WhatIf.all(boot.timeline, boot.findings).map { answers in
        .object([
          ("candidate", .string(answers.candidate.id)), ("title", .string(answers.candidate.title)),
          ("findings", .array(answers.findings.map(outcome))),
          ("besides", .array(answers.besides.map(outcome))),
        ])
      })
  }

  private static func outcome(_ answer: WhatIf.Answer) -> JSONValue {
    .object([
      ("outcome", .string(answer.outcome.rawValue)), ("text", .string(answer.text)),
      ("evidence", .array(answer.evidence.map(evidence))),
    ])
  }

  /// The locks that `device-lock` and `trylock` rest on.
  private static func deviceLock(_ boot: BootAnalysis) -> JSONValue {
    guard let answer = LockedVisits(boot.timeline) else { return .null }
    return .object([
      ("visits", .int(Int64(answer.visits))), ("wouldDeadlock", .bool(answer.wouldDeadlock)),
      (
        "meetings",
        .array(
          answer.meetings.map { meeting in
            .object([
              ("device", .string(meeting.device)), ("outcome", .string(meeting.outcome.rawValue)),
              ("holder", .string(meeting.holder.description)), ("time", .int(meeting.visit.phase.start)),
              ("wait", .optional(meeting.wait)), ("evidence", .array(meeting.evidence.map(evidence))),
            ])
          })
      ),
    ])
  }

  static func boot(_ boot: BootAnalysis) -> JSONValue {
    .object([
      ("kernel", .optional(boot.timeline.kernel)),
      ("hardware", .optional(boot.timeline.hardware)),
      ("clock", clock(boot.timeline)),
      ("losses", .array(boot.timeline.losses.map(loss))),
      ("devices", .array(boot.timeline.devices.values.map { device($0) })),
      ("windows", .array(boot.windows.map(window))),
      ("findings", .array(boot.findings.map(finding))),
      ("suspects", .array(boot.suspects.map(suspect))),
      ("deviceLock", deviceLock(boot)),
      ("whatIf", whatIf(boot)),
      ("facts", JSONFacts.value(boot.timeline)),
    ])
  }

  /// How the traces' clocks were joined to the boot's, and to within how many nanoseconds.
  private static func clock(_ boot: BootTimeline) -> JSONValue {
    .array(
      boot.traces.map { trace in
        .object([
          ("input", .int(Int64(trace.input))), ("offset", .int(trace.clock.offset)),
          ("slack", .optional(trace.clock.slack)), ("anchors", .int(Int64(trace.clock.anchors))),
        ])
      })
  }

  // MARK: devices

  static func device(_ device: DeviceTimeline) -> JSONValue {
    .object([
      ("name", .string(device.name)), ("driver", .optional(device.driver)),
      ("phases", .array(phases(device))),
      ("deferredBinds", .int(Int64(device.folded?.count ?? 0))),
    ])
  }

  /// In the order of time.
  private static func phases(_ device: DeviceTimeline) -> [JSONValue] {
    var phases = PhaseList.spans(device).map { (start: $0.start, place: $0.place, value: phase($0)) }
    phases += PhaseList.moments(device).map { (start: $0.time ?? 0, place: $0.place, value: phase($0)) }
    return phases.sorted { ($0.start, $0.place) < ($1.start, $1.place) }.map(\.value)
  }

  private static func phase(_ span: PhaseSpan) -> JSONValue {
    phase(span.kind, span.start, span.end, span.task, span.result, span.detail, span.place)
  }

  private static func phase(_ moment: PhaseMoment) -> JSONValue {
    phase(moment.kind, moment.time, moment.time, moment.task, nil, moment.detail, moment.place)
  }

  private static func phase(
    _ kind: PhaseKind, _ start: Int64?, _ end: Int64?, _ task: KernelTask?, _ result: Int64?,
    _ detail: String?,
    _ at: Place
  ) -> JSONValue {
    .object([
      ("kind", .string(kind.rawValue)), ("start", .optional(start)), ("end", .optional(end)),
      (
        "task",
        task.map {
          .object([("comm", .optional($0.comm.isEmpty ? nil : $0.comm)), ("tid", .int(Int64($0.tid)))])
        }
          ?? .null
      ),
      ("result", .optional(result)), ("detail", .optional(detail)), ("at", place(at)),
    ])
  }

  // MARK: windows and findings

  static func window(_ window: Window) -> JSONValue {
    .object([
      ("device", .string(window.device)), ("opened", .optional(window.opened)),
      ("openedLatest", .optional(window.openedLatest)), ("closed", .optional(window.closed)),
      ("state", .string(window.state.rawValue)),
      ("others", .array(window.others.map { .string($0.description) })),
      ("folded", .int(Int64(window.folded))), ("at", window.place.map(place) ?? .null),
    ])
  }

  /// `finding` of docs/schema/common@1.json; times in nanoseconds of the boot's clock.
  package static func finding(_ finding: Finding) -> JSONValue {
    .object([
      ("device", .string(finding.device)), ("driver", .optional(finding.driver)),
      ("kind", .string(finding.kind.rawValue)), ("time", .optional(finding.time)),
      ("side", .string(finding.side.rawValue)), ("verdict", .string(finding.verdict.rawValue)),
      ("confidence", .optional(finding.confidence?.rawValue)), ("cause", .optional(finding.cause?.id)),
      ("candidates", .strings(finding.candidates.map(\.id))), ("harm", .string(finding.harm.rawValue)),
      ("tier", .string(finding.tier.rawValue)), ("signature", .string(finding.signature)),
      ("summary", .string(finding.summary)), ("evidence", .array(finding.evidence.map(evidence))),
      ("missing", .strings(finding.missing)), ("recipe", .optional(finding.recipe)),
      ("assumed", .strings(finding.assumed)),
      ("cites", .strings(finding.cites)),
      ("reports", .strings(finding.likeReports.map(PublishedReports.line))),
      ("places", .array(finding.places.map(place))),
    ])
  }

  /// `suspect` of docs/schema/common@1.json.
  package static func suspect(_ suspect: Suspect) -> JSONValue {
    .object([
      ("device", .string(suspect.device)), ("text", .string(suspect.text)), ("tells", .string(suspect.tells)),
      ("at", place(suspect.place)),
    ])
  }

  private static func evidence(_ evidence: Evidence) -> JSONValue {
    .object([
      ("text", .string(evidence.text)), ("time", .optional(evidence.time)),
      ("at", evidence.place.map(place) ?? .null),
    ])
  }

  /// `place` of docs/schema/common@1.json: input from 0, line from 1 (0 in a binary file), offset in bytes.
  package static func place(_ place: Place) -> JSONValue {
    .object([
      ("input", .int(Int64(place.input))), ("line", .int(Int64(place.line))), ("offset", .int(place.offset)),
    ])
  }
}
