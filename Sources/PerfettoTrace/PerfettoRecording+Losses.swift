// What a recording lacks, each loss with its place; and where events are missing, as marks among the events.
import Bytes
import Events

extension PerfettoRecording {
  /// Ends the reading: says what is missing. `isIncomplete`: parts are gone, and nobody knows where.
  package mutating func finish() -> (losses: [Loss], isIncomplete: Bool) {
    splitter.finish()
    var losses = fileLosses()
    leaveOutOld(&losses)
    if sources.count > 1 { counts.repeated = holding.removeRepeated() }
    endHoles()
    losses += eventLosses() + configLosses()
    let (ftrace, isHoled) = ftraceLosses()
    losses += ftrace + serviceLosses()
    let isIncomplete =
      isHoled || service.lostAny || inflating.broken > 0 || counts.broken > 0 || counts.undescribed > 0
      || counts.empty > 0
      || counts.timeless > 0 || counts.otherClocks > 0 || counts.hasNoRoom || fullAt != nil
      || identity.config.hasThreads
      || counts.bundles > 0 && !hasEnd
    return (losses, isIncomplete)
  }

  /// Every data source has told how it ended, those too of which only events are here. Of a file that was cut that may be a flush's.
  private var hasEnd: Bool {
    stats.hasEnd && sources.allSatisfy(stats.hasEnded) && (stats.isClosed || !splitter.isCut)
  }

  func loss(_ kind: Loss.Kind, _ detail: String, at place: Int64? = nil) -> Loss {
    loss(kind, nil, detail, at: place)
  }

  func loss(
    _ kind: Loss.Kind, _ count: Int64?, _ detail: String, at place: Int64? = nil
  ) -> Loss {
    Loss(kind, count: count, detail, at: Place(input: input, line: 0, offset: Int(place ?? 0)))
  }

  private func fileLosses() -> [Loss] {
    splitter.faults.map { fault in
      switch fault {
      case .cut(let at):
        loss(
          .truncated,
          "the recording ends inside the packet that begins at byte \(at): cut; all packets before it were read",
          at: Int64(at))
      case .garbage(let at):
        loss(
          .truncated, "no packet begins at byte \(at): what follows was not read", at: Int64(at))
      case .tooLong(let at):
        loss(.damaged, "a packet longer than any is, at byte \(at): passed over", at: Int64(at))
      }
    }
  }

  /// The kernel's buffer may hold what was traced before, if it was not taken over on purpose.
  private mutating func leaveOutOld(_ losses: inout [Loss]) {
    guard !stats.preserves, let start = bundles.startOnTrace else { return }
    let count = holding.removeAll(before: start)
    guard count > 0 else { return }
    losses.append(
      loss(
        .lostEvents, Int64(count),
        "events are older than the recording, which did not take the buffer over (preserve_ftrace_buffer): left out"
      ))
  }

  /// What was lost behind a CPU's last event. Of a CPU without any, all of it may be in packets that were dropped.
  private mutating func endHoles() {
    var places: [Int32: Int64] = [:]
    for (key, state) in cpus where state.hole != nil || state.drops != drops {
      let place = state.hole ?? sequences.firstDrop ?? 0
      places[key.cpu] = min(places[key.cpu] ?? place, place)
    }
    if let dropped = sequences.firstDrop {
      for cpu in stats.cpus.subtracting(cpus.keys.map(\.cpu)) { places[cpu] = dropped }
    }
    for cpu in untraced { places[cpu] = places[cpu] ?? 0 }
    holding.addEnds(of: places)
  }

  private func eventLosses() -> [Loss] {
    var losses: [Loss] = []
    if counts.bundles > 0 || stats.isThere, counts.events == 0 {
      losses.append(loss(.lostEvents, "the recording holds no event of ftrace: it proves nothing"))
    }
    if let place = holding.firstLeftOut {
      losses.append(
        loss(
          .tooMany,
          "more events than one boot can have: judged up to here, the rest was not; record less, or shorter",
          at: place))
    }
    if let fullAt {
      losses.append(
        loss(
          .tooMany,
          "more recordings in one file than one is made of: from byte \(fullAt) on nothing was read; give them one by one",
          at: fullAt))
    }
    if counts.repeated > 0 {
      losses.append(
        loss(.repeated, counts.repeated, "events were recorded by two data sources: each counts once"))
    }
    if counts.broken > 0 {
      losses.append(
        loss(
          .damaged, counts.broken, "messages that cannot be: what they held is missing",
          at: counts.firstBroken))
    }
    if inflating.broken > 0 {
      losses.append(
        loss(
          .damaged, inflating.broken,
          inflating.isBomb
            ? "compressed packets grow too much (a decompression bomb?): not read further"
            : "compressed packets do not inflate to whole packets: what they held is missing",
          at: inflating.firstBroken))
    }
    if counts.undescribed > 0 {
      losses.append(
        loss(.damaged, counts.undescribed, "events without a descriptor: what they are is not known"))
    }
    if counts.empty > 0 {
      losses.append(
        loss(
          .lostEvents, counts.empty,
          "events of which something (a trace filter) has taken what they say: left out"))
    }
    if counts.timeless > 0 {
      losses.append(loss(.damaged, counts.timeless, "events with times that cannot be: they were left out"))
    }
    if counts.hasNoRoom {
      losses.append(loss(.tooMany, "more names than one boot can have: events that have them were left out"))
    }
    return losses + contextLosses()
  }

  private func contextLosses() -> [Loss] {
    var losses: [Loss] = []
    if counts.unnamed > 0 {
      losses.append(
        loss(.noContext, counts.unnamed, "function_graph events without names: record with symbolize_ksyms"))
    }
    if counts.bare > 0 {
      losses.append(
        loss(
          .noContext, counts.bare,
          "events of kprobes that Perfetto made (kprobe_events): they name neither device nor result and decide nothing; let the kernel make the probes (proberace capture --target perfetto)"
        ))
    }
    if counts.otherMachines > 0 {
      losses.append(
        loss(.noContext, counts.otherMachines, "packets of another machine (machine_id): left out"))
    }
    if counts.otherClocks > 0 {
      losses.append(
        loss(.lostEvents, counts.otherClocks, "events on another clock than the first ones: left out"))
    }
    if clock == .ticks {
      losses.append(loss(.noTimes, "the trace clock is not known to have seconds: order only"))
    }
    return losses
  }

  // MARK: what was said

  private mutating func ftraceLosses() -> (losses: [Loss], isHoled: Bool) {
    var losses: [Loss] = []
    var isHoled = false
    if !stats.missing.isEmpty {
      losses.append(
        loss(
          .probeRefused,
          "not recorded, though asked for: \(stats.missing.joined(separator: ", ")); their silence proves nothing",
          at: stats.place))
    }
    var beginnings: Set<Int32> = []
    let marked = Set(cpus.filter { $0.value.lost > 0 }.map(\.key.cpu))
    for cpu in stats.cpus.union(cpus.keys.map(\.cpu)).sorted() {
      let (found, isUnplaced) = self.losses(of: cpu, isMarked: marked.contains(cpu), &beginnings)
      losses += found
      isHoled = isHoled || isUnplaced
    }
    holding.addBeginnings(of: beginnings, place: stats.place ?? 0)
    if sequences.drops > 0 {
      losses.append(
        loss(.lostEvents, sequences.drops, "times packets with ftrace were dropped", at: sequences.firstDrop))
    }
    if stats.parseErrors > 0 || stats.bundleErrors > 0 {
      isHoled = isHoled || stats.bundleErrors == 0
      losses.append(
        loss(.lostEvents, "Perfetto could not read parts of the kernel's buffer", at: stats.place))
    }
    if stats.missed > 0 {
      isHoled = true
      losses.append(
        loss(.lostEvents, Int64(clamping: stats.missed), "kprobe hits were missed", at: stats.place))
    }
    if counts.bundles > 0, !hasEnd {
      losses.append(
        loss(.lostEvents, "no statistics of the recording's end: what it lost is not known", at: stats.place))
    }
    return (losses, isHoled)
  }

  /// What one CPU lost; whether nobody knows where.
  private func losses(
    of cpu: Int32, isMarked: Bool, _ beginnings: inout Set<Int32>
  ) -> (losses: [Loss], isUnplaced: Bool) {
    var (before, during, failed) = (UInt64(0), UInt64(0), UInt64(0))
    var isUnplaced = false
    for (sequence, source) in stats.sources {
      let overrun = source.overrun(of: cpu)
      let start = source.first[cpu]
      if source.preserves, start.map({ $0.overrun > 0 }) ?? (overrun > 0) {
        before &+= start?.overrun ?? overrun
      } else {
        during &+= overrun
      }
      failed &+= source.failed(of: cpu)
      let marks = cpus[CPUKey(cpu: cpu, sequence: sequence)]?.lost ?? 0
      isUnplaced = isUnplaced || overrun > 0 && marks == 0
    }
    var losses: [Loss] = []
    if before > 0 {
      beginnings.insert(cpu)
      losses.append(
        loss(
          .lostEvents, Int64(clamping: before),
          "events of CPU \(cpu) were overwritten before they were read: its beginning is missing; a larger trace_buf_size",
          at: stats.place))
    }
    if during > 0 || before == 0 && isMarked {
      losses.append(
        loss(
          .lostEvents, during > 0 ? Int64(clamping: during) : nil,
          "events lost on CPU \(cpu): record with a larger buffer_size_kb", at: stats.place))
    }
    if failed > 0 {
      losses.append(
        loss(
          .lostEvents, Int64(clamping: failed), "events dropped on CPU \(cpu), nobody knows where",
          at: stats.place))
    }
    return (losses, failed > 0 || isUnplaced)
  }

  private func serviceLosses() -> [Loss] {
    var losses: [Loss] = []
    if service.overwritten > 0 || service.discarded > 0 || service.broken > 0 {
      losses.append(
        loss(
          .lostEvents, Int64(clamping: service.overwritten &+ service.discarded &+ service.broken),
          "chunks were lost in Perfetto's own buffer, nobody knows which: a larger buffer (size_kb), fill_policy: DISCARD",
          at: service.place))
    }
    if sequences.logDrops > 0, androidLog.lines > 0 {
      losses.append(
        loss(
          .lostEvents, sequences.logDrops,
          "times packets with android.log were dropped: lines of the kernel's log may be among them",
          at: sequences.firstLogDrop))
    }
    if androidLog.hasLost {
      losses.append(
        loss(.lostEvents, "android.log could not read lines of logd: the kernel's may be among them"))
    }
    if service.isRecovered {
      losses.append(
        loss(
          .lostEvents, Int64(clamping: service.truncated),
          "bytes were cut off when the recording was recovered after a crash", at: service.place))
    }
    return losses
  }
}
