import Bytes
import Events

/// What threads are called. They only name: nothing is told apart by them.
struct ThreadNames: Sendable {
  private static let most = 1 << 16
  /// Switches are most of a recording; names come early in it, and the process tree has nearly all.
  private static let mostSwitchBytes = 8 << 20

  private var known: [Int32: Name] = [:]
  /// The tree's names of processes: their first thread may be called otherwise.
  private var processes: [Int32: Name] = [:]
  private var switchBytes = 0

  var wantsSwitches: Bool { switchBytes < Self.mostSwitchBytes }

  /// What the kernel prints for a thread without a name is `<...>`.
  func name(of tid: Int32, _ names: inout NameTable) -> Name {
    if tid == 0 { return names.intern("<idle>") }
    return known[tid] ?? processes[tid] ?? names.intern("<...>")
  }

  private mutating func set(
    _ tid: Int32, _ bytes: Span<UInt8>, _ range: Range<Int>, _ names: inout NameTable
  ) {
    guard tid > 0, known.count < Self.most, known[tid] == nil, names.hasRoom else { return }
    let name = Longest.name(Self.plain(bytes, range))
    if !name.isEmpty { known[tid] = names.intern(bytes, name) }
  }

  /// A worker's name in /proc has its work behind it: `kworker/u16:0-events_unbound`.
  private static func plain(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    guard bytes.has("kworker/", at: range.lowerBound, before: range.upperBound) else { return range }
    var end = range.lowerBound
    while end < range.upperBound, bytes[end] != UInt8(ascii: "-"), bytes[end] != UInt8(ascii: "+") {
      end += 1
    }
    return range.lowerBound..<end
  }

  // MARK: where names come from

  /// ProcessTree: processes 1 { pid 1, cmdline 3 }, threads 2 { tid 1, name 2 }.
  mutating func take(tree: Range<Int>, _ bytes: Span<UInt8>, _ names: inout NameTable) {
    var wire = Wire(tree)
    while let field = wire.next(bytes) {
      guard field.isBytes, field.number == 1 || field.number == 2 else { continue }
      var (tid, text) = (Int32(-1), 0..<0)
      var inner = Wire(field.range)
      while let part = inner.next(bytes) {
        if part.number == 1, !part.isBytes { tid = part.small }
        if part.isBytes, part.number == (field.number == 1 ? 3 : 2), text.isEmpty { text = part.range }
      }
      if field.number == 2 { set(tid, bytes, text, &names) } else { add(process: tid, bytes, text, &names) }
    }
  }

  /// A path's last part, as long as the kernel keeps names.
  private mutating func add(
    process: Int32, _ bytes: Span<UInt8>, _ text: Range<Int>, _ names: inout NameTable
  ) {
    guard process > 0, processes.count < Self.most, names.hasRoom else { return }
    var range = Self.plain(bytes, text)
    if !range.isEmpty, bytes[range.lowerBound] == UInt8(ascii: "/") {
      var start = range.upperBound
      while start > range.lowerBound, bytes[start - 1] != UInt8(ascii: "/") { start -= 1 }
      range = start..<range.upperBound
    }
    range = range.lowerBound..<min(range.upperBound, range.lowerBound + 15)
    if !range.isEmpty { processes[process] = names.intern(bytes, range) }
  }

  /// sched_switch: prev_comm 1, prev_pid 2, next_comm 5, next_pid 6. task_newtask: pid 1, comm 2. task_rename: pid 1, newcomm 3.
  mutating func take(
    task event: Range<Int>, pid: Int, comm: Int, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) {
    guard wantsSwitches else { return }
    switchBytes += event.count
    var (tid, text) = (Int32(-1), 0..<0)
    var wire = Wire(event)
    while let field = wire.next(bytes) {
      if field.number == pid, !field.isBytes { tid = field.small }
      if field.number == comm, field.isBytes { text = field.range }
    }
    set(tid, bytes, text, &names)
  }

  /// CompactSched: next_pid 3, intern_table 5, next_comm_index 6; numbers packed.
  mutating func take(compact: Range<Int>, _ bytes: Span<UInt8>, _ names: inout NameTable) {
    guard wantsSwitches else { return }
    switchBytes += compact.count
    var table: [Range<Int>] = []
    var (pids, indices) = (0..<0, 0..<0)
    var wire = Wire(compact)
    while let field = wire.next(bytes) {
      guard field.isBytes else { continue }
      switch field.number {
      case 3: pids = field.range
      case 5: table.append(field.range)
      case 6: indices = field.range
      default: break
      }
    }
    var (tids, places) = (Wire(pids), Wire(indices))
    while let tid = tids.varint(bytes), let index = places.varint(bytes) {
      guard let text = table.indices.contains(Int(truncatingIfNeeded: index)) ? table[Int(index)] : nil
      else { continue }
      set(Int32(exactly: Int64(bitPattern: tid)) ?? -1, bytes, text, &names)
    }
  }
}
