import ArgumentParser
import FoundationEssentials
import History
import HistoryReports
import Scan
import Synchronization
import Verdicts

struct HistoryRejudge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rejudge",
    abstract: "Read again the logs that older rules judged, where they still lie, and judge them by today's.",
    discussion: """
      A log counts as the same only if its content is. Labels, run and day stay. What lies nowhere any more keeps its old verdict.
      """)

  @OptionGroup var history: HistoryOptions
  @OptionGroup var result: HistoryOutput
  @OptionGroup var kernel: KernelOptions

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], help: "Logs read at a time; default: one a core.")
  var jobs: Int?

  func run() throws {
    let reader = try history.reader()
    let writer = try history.writer()
    let claims = try kernel.claims(probes: [])
    var (judged, gone, other) = (0, 0, 0)
    try history.said { () throws(HistoryError) in
      try reader.boots(where: "rules < \(Release.rules)") { batch in
        let files = Dictionary(grouping: batch) { Self.file($0.record.path) ?? "" }
        gone += files[""]?.count ?? 0
        let there = files.filter { !$0.key.isEmpty }
        let seen = read(there.keys.sorted(), claims)
        for boot in there.values.joined() {
          guard var record = seen[Key(boot.record)] else {
            other += 1
            continue
          }
          record.labels = boot.record.labels
          record.path = boot.record.path
          try writer.enter(run: boot.run)
          judged += try writer.add([record]).changed
        }
      }
    }
    try result.write(
      json: { RejudgedReport.json(judged: judged, gone: gone, other: other) },
      terminal: { RejudgedReport.terminal(judged: judged, gone: gone, other: other) })
  }

  private struct Key: Hashable {
    var hash: [UInt8]
    var boot: Int
    init(_ record: BootRecord) { (hash, boot) = (record.hash, record.boot) }
  }

  /// The file that a log lies in, itself or packed (`logs.tar:dir/boot.log`); nil if it is gone.
  private static func file(_ path: String) -> String? {
    if FileManager.default.fileExists(atPath: path) { return path }
    return path.indices.lazy.filter { path[$0] == ":" }.map { String(path[..<$0]) }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  private func read(_ files: [String], _ claims: KernelClaims) -> [Key: BootRecord] {
    let found = Mutex<[Key: BootRecord]>([:])
    var rows = RowSettings()
    rows.hashes = true
    ScanRun.run(
      FileWalk(files), gate: Scan.Gate(today: UTC.today.text), claims: claims, rows: rows,
      workers: jobs ?? ProcessInfo.processInfo.activeProcessorCount, into: [BootRecord]()
    ) { batch, log in
      if let record = BootRecord(log) { batch.append(record) }
    } sink: { batch in
      found.withLock { found in for record in batch { found[Key(record)] = record } }
    }
    return found.withLock(\.self)
  }
}
