import Analysis
import Verdicts
import Writing

/// `report --what-if device-lock`: one section.
package enum DeviceLockReport {
  /// To be put behind a report: begins with an empty line.
  package static func render(_ analysis: Analysis, _ style: Style) -> String {
    var out = "\n" + style.paint("What if the walk took device_lock()?", .bold) + "\n"
    for boot in analysis.boots {
      guard let answer = DeviceLockAnswer(boot.timeline) else {
        out += "  No trace shows the walk's visits, so this boot cannot tell.\n"
        continue
      }
      out += answerLines(answer, style)
    }
    return out
  }

  private static func answerLines(_ answer: DeviceLockAnswer, _ style: Style) -> String {
    guard !answer.meetings.isEmpty else {
      return
        "  None of the \(answer.visits) devices it visited was locked: nothing would have changed in this boot.\n"
    }
    var out = ""
    if answer.wouldDeadlock {
      out +=
        "  " + style.paint("device_lock() would have deadlocked in this boot", .red)
        + ": the walk met a device that its own thread was binding.\n"
    }
    let others = answer.meetings.count { $0.outcome != .selfDeadlock }
    if others > 0 {
      out +=
        "  device_trylock() would have left out \(Plain.count(others, "device")) that another thread was binding.\n"
    }
    for meeting in answer.meetings { out += line(meeting, style) }
    return out
  }

  private static func line(_ meeting: DeviceLockAnswer.Meeting, _ style: Style) -> String {
    let what: String
    switch meeting.outcome {
    case .selfDeadlock: what = "self-deadlock: the walking thread binds it"
    case .waitsForWalk: what = "its binder waits for the walk's lock" + waited(meeting)
    case .wouldWait: what = "would wait" + waited(meeting)
    }
    return "  \(style.bullet) " + style.paint(Plain.padLeft(Plain.seconds(meeting.visit.start), 13), .blue)
      + " \(Plain.safe(meeting.device)), held by \(Plain.safe(meeting.holder.description)): \(what)\n"
  }

  private static func waited(_ meeting: DeviceLockAnswer.Meeting) -> String {
    meeting.wait.map { " (\(Plain.duration($0)))" } ?? ""
  }
}
