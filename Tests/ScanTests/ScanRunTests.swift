// Many files on many threads: none is lost, none waits.
import Foundation
import Scan
import Synchronization
import TestSupport
import Testing
import Verdicts

struct ScanRunTests {
  private static let today = "2026-11-22"

  /// Numbers of the logs, in the order in which their results came; `pipe`: where a pipe that nobody writes to stands.
  private func scan(
    _ logs: Int, pipe: Int, workers: Int,
    until isEnough: @escaping @Sendable ([Int], ScanRun.Progress) -> Bool
  ) throws -> [Int] {
    let folder = try TemporaryFolder()
    var files = try (0..<logs).map {
      try folder.file(
        "\($0).log", "[    0.000000] Linux version 6.17.13\n[    2.000000] Run /init as init process\n")
    }
    try shell("mkfifo pipe", in: folder)
    files.insert(folder.path + "/pipe", at: pipe)
    let seen = Mutex<[Int]>([])
    let progress = ScanRun.Progress()
    let end = ContinuousClock.now + .seconds(20)
    ScanRun.run(
      FileWalk(files), gate: Gate(today: Self.today), claims: KernelClaims(), workers: workers,
      progress: progress,
      isStopped: { isEnough(seen.withLock { $0 }, progress) || ContinuousClock.now > end },
      into: [Int]()
    ) { batch, log in
      batch.append(Int(URL(filePath: log.path).deletingPathExtension().lastPathComponent) ?? -1)
    } sink: { batch in
      seen.withLock { $0 += batch }
    }
    #expect(ContinuousClock.now < end, "it waited for the pipe")
    return seen.withLock { $0 }
  }

  /// What is done must not wait for a file that takes long, of the same share or alone.
  @Test(arguments: [1, 255]) func resultsDoNotWaitForTheNextFile(_ logs: Int) throws {
    let seen = try scan(logs, pipe: logs, workers: 1) { seen, _ in seen.count == logs }
    #expect(seen == Array(0..<logs))
  }

  /// A scan that is stopped while its first file waits still hands on all that came behind it.
  @Test func nothingThatIsDoneIsDropped() throws {
    let logs = 400
    let seen = try scan(logs, pipe: 0, workers: 2) { _, progress in progress.files >= logs }
    #expect(seen == Array(0..<logs))
  }

  /// Who stops a scan after a log's result has that log among those that are done, whatever the engine had to do.
  @Test(arguments: ["", "[    1.000000] a b: late IOMMU probe at driver bind, something fishy here!\n"])
  func whatIsHandedOnIsCounted(_ warning: String) throws {
    let folder = try TemporaryFolder()
    let text = "[    0.000000] Linux version 6.17.13\n\(warning)[    2.000000] Run /init as init process\n"
    let files = [try folder.file("a.log", text), try folder.file("b.log", text)]
    let results = Atomic<Int>(0)
    let progress = ScanRun.Progress()
    ScanRun.run(
      FileWalk(files), gate: Gate(today: Self.today), claims: KernelClaims(), workers: 1, progress: progress,
      isStopped: { results.load(ordering: .relaxed) > 0 },
      into: 0,
      add: { count, _ in
        count += 1
        results.wrappingAdd(1, ordering: .relaxed)
      }, sink: { _ in })
    #expect(results.load(ordering: .relaxed) == 1 && progress.files == 1)
  }
}
