import Bytes
import Events
import Facts
import Records

/// What one input gave, before anything is joined.
package struct InputStory: Sendable {
  /// Its number, from 0, in the order in which the inputs were given.
  package var input: Int
  /// The boots of its kernel logs, in its order; empty for a trace.
  package var logs: [LogEvents.Boot] = []
  /// In its order; empty for a log.
  package var traces: [TraceStory] = []
  /// Those of the traces that hold one CPU's events alone.
  package var ofOneCPU: [OneCPUTrace] = []
  /// What a live board said of itself.
  package var facts: BoardFacts?
  /// What its readers said it lacks.
  package var losses: [Loss] = []
  /// It was found in an archive: nobody said that it is of the same boot as the others.
  package var isFound = false
  package init(input: Int) { self.input = input }
}

/// Inputs to boots.
package enum Assembly {
  /// Joins the inputs of one machine into its boots, oldest first.
  package static func boots(_ inputs: [InputStory], _ names: NameTable) -> [BootTimeline] {
    var inputs = inputs
    // No log was given: the messages that the traces hold are one.
    let logIsTraces = inputs.allSatisfy { $0.logs.allSatisfy { $0.lines == 0 } }
    if logIsTraces {
      for input in inputs.indices { inputs[input].logs += messages(inputs[input].traces) }
    }
    if inputs.count > 1 || inputs.contains(where: { !$0.traces.isEmpty }) {
      for input in inputs.indices {
        for log in inputs[input].logs.indices { inputs[input].logs[log].anchors.index() }
      }
    }
    return BootFiles.sorted(inputs, names).map { files in
      var boot = BootBuilder(names: names).build(files)
      boot.logIsTraces = (logIsTraces || files.logIsTraces) && boot.hasLog
      boot.cutLives()
      return boot
    }
  }

  /// The log that an input's traces hold themselves: of several that of the one which has most.
  private static func messages(_ traces: [TraceStory]) -> [LogEvents.Boot] {
    func lines(_ messages: [LogEvents.Boot]) -> Int32 { messages.reduce(0) { $0 &+ $1.lines } }
    // logd's copy of the log has no order, the trace's has: it serves where that is not.
    let most = traces.map(\.messages).max { lines($0) < lines($1) } ?? []
    let copies = traces.map(\.copies).max { lines($0) < lines($1) } ?? []
    return (lines(most) > 0 ? most : copies).filter { !$0.events.isEmpty }
  }
}
