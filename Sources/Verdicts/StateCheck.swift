// dev->driver followed as the kernel sets and clears it (docs/kernel.md#really_probe): what cannot have been says that events are
// missing, and then nothing is certain.
import Timelines

extension CaseFile {
  /// What is impossible in the story of the life; nil if nothing is.
  var impossible: String? {
    for visit in device.visits where visit.side == .walk && !visit.isInferred {
      guard let own = visit.ownDMAConfigure else { continue }
      // The walk runs dma_configure only where it reads NULL, between its beginning and that: no attempt can have held the
      // device all that time.
      let held = device.binds.contains { bind in
        guard let set = bind.setBy, bind.phase.task.tid != visit.phase.task.tid, !bind.isWithoutReturn else {
          return false
        }
        // Until its dma_configure is over the attempt cannot have let go of the device.
        let until = bind.dmaConfigure?.end ?? (bind.endIsLost ? nil : bind.phase.end) ?? set
        return set < visit.phase.start && until > own.start
      }
      if held {
        return
          "events of the attempt that held the device: the walk ran \(own.function)(), so no driver was set"
      }
    }
    return nil
  }
}
