// What log and trace say of one warning must agree: who printed it, whose driver was set, what had happened before. Where they do
// not, one of them is of another boot, or not whole, and neither overrules the other.
import Records
import Timelines

enum ContraryInputs {
  /// What the warning says of itself against the traced probe that would have printed it; nil if they agree.
  static func text(_ warning: Warning, _ visit: Visit, _ device: DeviceTimeline) -> String? {
    // The WARN is printed by the thread that probes.
    if let task = warning.task, task.tid >= 0, !warning.isMixed, !visit.isInferred,
      visit.phase.task.tid >= 0, visit.phase.task.tid != task.tid
    {
      return "\(task) printed the warning; but in the trace \(visit.phase.task) ran the probe"
    }
    // dev_driver_string() reads the dev->driver that was found set.
    let binders = Set(device.binds.map(\.driver))
    if !warning.driver.isEmpty, !BusName.isOne(warning.driver), !binders.isEmpty, !binders.contains(""),
      !binders.contains(warning.driver)
    {
      let others = binders.sorted().joined(separator: ", ")
      return "the warning's driver is \(warning.driver); but in the trace only \(others) binds it"
    }
    return nil
  }
}

extension CaseFile {
  /// The log's word that an attempt failed, or was deferred, which the trace has succeed: attempts of one device follow each other.
  func loggedFailure(of bind: Bind) -> LogMoment? {
    guard boot.isOfOneClock, bind.succeeded, let end = bind.phase.end else { return nil }
    return device.log.first { line in
      guard case .probeReturned(_, let result, _) = line.what, let time = line.time else { return false }
      return result != 0 && time > bind.phase.start && time <= end
    }
  }

  /// What a harmless answer comes to where the log has the driver bound before the group came: then the bind had not waited for it.
  func contrary(to harmless: Judgement) -> Finding? {
    guard let warning, boot.logKeepsOrder, let adding = addingLine,
      let bound = device.log.first(where: {
        $0.saysBound && $0.order > warning.order && $0.order < adding.order
      })
    else { return nil }
    return Undetermined.finding(
      self, contrary: "\(harmless.summary); but the log has the driver bound before the group",
      harmless.evidence + [Evidence("the driver is bound, and the device in no group yet", bound)])
  }
}
