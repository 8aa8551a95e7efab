// Which driver an attempt was of, where its events do not say.
import Records
import Timelines

extension CaseFile {
  /// The driver of that attempt; where its events do not name it, the only one that trace and log name for the device, in this life
  /// too: the next one may be another driver's.
  func driver(of bind: Bind) -> String? {
    if !bind.driver.isEmpty { return bind.driver }
    var only = warning.flatMap { DriverName.isOne($0.driver) ? $0.driver : nil }
    let areSeveral = whole.hasDriverName { name in
      guard name != only, DriverName.isOne(name) else { return false }
      defer { only = name }
      return only != nil
    }
    guard !areSeveral, let only else { return nil }
    return warning?.driver == only || device.hasDriverName { $0 == only } ? only : nil
  }
}

extension DeviceTimeline {
  /// Of those that bound it or spoke for it, drivers and buses, one `matches`. The same names come again and again: they are compared,
  /// for a set of them costs more than all else that is asked of a device.
  fileprivate func hasDriverName(_ matches: (String) -> Bool) -> Bool {
    binds.contains { matches($0.driver) } || log.contains { matches($0.prefix) }
  }
}
