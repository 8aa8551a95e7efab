import ArgumentParser
import History
import Scan
import ScanReports
import Synchronization
import Verdicts
import Writing

/// `scan --history`: the boots of a scan go into a history as they come, and at the end it is asked what changed.
final class HistorySink: Sendable {
  private struct State {
    var writer: HistoryWriter
    /// Nil: nobody asks what changed since the moment at which the run began.
    var change: ChangeGate?
    var moment: HistoryReader.Moment?
    var fault: HistoryError?
    var waiting: [BootRecord] = []
  }
  private let path: String
  private let gate: Scan.Gate
  private let state: Mutex<State>

  /// Throws a `ValidationError` if the history cannot be written to. `asks`: `--fail-on regression`.
  init(_ path: String, run: String, gate: Scan.Gate, asks: Bool) throws {
    (self.path, self.gate) = (path, gate)
    let today = UTC.today
    do throws(HistoryError) {
      let writer = try HistoryWriter(path, today: today)
      try writer.begin(run: run)
      let moment = asks ? try HistoryReader(path).moment() : nil
      state = Mutex(State(writer: writer, change: moment.map(ChangeGate.init), moment: moment))
    } catch {
      throw ValidationError("\(path): \(error)")
    }
  }

  /// What is kept of a boot, and what the allow-list says of its findings.
  struct Boot: Sendable {
    var record: BootRecord
    var listed: [ChangeGate.Listed]
  }

  /// Nil for what is no boot.
  func boot(_ log: LogResult) -> Boot? {
    BootRecord(log).map { Boot(record: $0, listed: log.findings.map { listed($0, log) }) }
  }

  /// Adds some, in one transaction once enough wait. A history that fails is said once, at the end.
  func add(_ boots: [Boot]) {
    state.withLock { state in
      state.waiting += boots.map(\.record)
      for boot in boots { state.change?.add(boot.record, boot.listed) }
      if state.waiting.count >= Self.batch { Self.flush(&state) }
    }
  }

  private static let batch = 500

  private static func flush(_ state: inout State) {
    // After a fault there is nobody whom they could wait for.
    defer { state.waiting.removeAll(keepingCapacity: true) }
    guard state.fault == nil, !state.waiting.isEmpty else { return }
    do throws(HistoryError) {
      var earlier: [BootRecord] = []
      _ = try state.writer.add(state.waiting, since: state.moment) { earlier.append($0) }
      for record in earlier { state.change?.take(record) }
    } catch {
      state.fault = error
    }
  }

  private func listed(_ judged: Judged, _ log: LogResult) -> ChangeGate.Listed {
    guard let entry = gate.baseline?.entry(for: judged.finding, of: log.place, gate.today) else { return .no }
    return .yes(ceiling: entry.rate)
  }

  /// What a history says of a scan.
  struct Change {
    /// 2 if the history could not be written, 1 if something changed for the worse, else 0.
    var status: Int32 = 0
    /// What did; nil if nobody asked, or there was nothing to compare with.
    var failures: [ChangeGate.Failure]?
  }

  /// Of a scan that came to its end (`isWhole`) or was stopped. Says on standard error what changed.
  func end(isWhole: Bool) -> Change {
    state.withLock { state in
      Self.flush(&state)
      do throws(HistoryError) {
        if let fault = state.fault { throw fault }
        guard isWhole else { return Change() }
        try state.writer.end()
        guard let change = state.change else { return Change() }
        guard let failures = change.failures() else {
          Diagnostics.say("proberace: \(Plain.safe(path)): no earlier boots: nothing to compare with")
          return Change()
        }
        for failure in failures { Diagnostics.say("proberace: \(ChangeReport.sentence(failure))") }
        return Change(status: failures.isEmpty ? 0 : 1, failures: failures)
      } catch {
        Diagnostics.say("proberace: \(Plain.safe(path)): \(error)")
        return Change(status: 2)
      }
    }
  }
}

extension BootRecord {
  /// Nil for what is no boot, or has no hash.
  init?(_ log: LogResult) {
    guard log.isBoot, let content = log.hash,
      let hash = Self.bytes(content.text)
    else { return nil }
    self.init(
      hash: hash, boot: log.boot, size: Int64(content.size), path: log.path, kernel: log.kernel,
      hardware: log.hardware, labels: log.labels, answer: log.answer, version: Release.version,
      rules: Release.rules, state: log.state.rawValue,
      eligible: Eligible(value: log.eligible.value, why: log.eligible.why),
      findings: log.findings.map { FindingRecord($0.finding) })
  }
}

extension FindingRecord {
  init(_ finding: Finding) {
    self.init(
      signature: finding.signature, cause: finding.cause?.id, verdict: finding.verdict.rawValue,
      confidence: finding.confidence?.rawValue, device: finding.device, driver: finding.driver,
      time: finding.time,
      evidence: finding.evidence.map { evidence in
        EvidenceRecord(
          text: evidence.text, time: evidence.time, line: evidence.place?.lineNumber)
      })
  }
}
