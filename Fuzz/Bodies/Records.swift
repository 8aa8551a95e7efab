import Bytes
import Events
import Records

extension Told {
  mutating func add(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    add(place)
    add(line)
    add(record.message)
    add(record.time)
    add(Int(record.clock.rawValue))
    add(record.resolution)
    for flag in [
      record.keepsOrder, record.beginsBoot, record.hasPrefix, record.followsDrop, record.isReplayed,
      record.isOfKernel,
    ] { add(flag) }
    add(record.hole?.bytes)
    add(record.hole?.place)
    switch record.caller {
    case .none: add(0)
    case .task(let id): add(id)
    case .cpu(let cpu): add(~cpu)
    }
    say("\(record) \(line.string(0..<line.count).debugDescription) \(place)")
  }

  mutating func add(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {
    add(place)
    // Blanks at a line's end, which go when it waits for its rest, tell nothing.
    let text = line.trimmed(0..<line.count)
    add(line.extracting(0..<text.upperBound))
    add(record.task)
    add(record.tid)
    add(record.cpu)
    add(record.time)
    switch record.what {
    case .enter(let role, let symbol, let arguments):
      add(Int(role.rawValue))
      add(line.trimmed(symbol))
      add(line.trimmed(arguments))
    case .leave(let role, let symbol, let caller, let arguments, let result):
      add(100 + Int(role.rawValue))
      add(line.trimmed(symbol))
      add(line.trimmed(caller))
      add(line.trimmed(arguments))
      add(result)
    case .abandon(let role): add(200 + Int(role.rawValue))
    case .call(let role, let symbol, let arguments, let caller):
      add(300 + Int(role.rawValue))
      add(line.trimmed(symbol))
      add(line.trimmed(arguments))
      add(line.trimmed(caller))
    case .event(let event, let fields):
      add(400 + Int(event.rawValue))
      add(line.trimmed(fields))
    case .lost(let count): add(count)
    }
    say("\(record) \(line.string(text).debugDescription) \(place)")
  }
}
