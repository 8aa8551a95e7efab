import Foundation
import Scan
import Synchronization
import TestSupport
import Testing
import Verdicts

/// The day on which the tests' allow-lists are looked at.
let today = "2026-11-22"

/// The results of `files`, in their order.
func scan(_ files: [String], _ gate: Gate = Gate(today: today), workers: Int = 2) -> [LogResult] {
  let results = Mutex<[LogResult]>([])
  ScanRun.run(FileWalk(files), gate: gate, claims: KernelClaims(), workers: workers, into: [LogResult]()) {
    $0.append($1)
  } sink: { logs in
    results.withLock { $0 += logs }
  }
  return results.withLock { $0 }
}

/// Runs a shell line in `folder`; every command of it must succeed.
func shell(_ command: String, in folder: TemporaryFolder) throws {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/sh")
  process.arguments = ["-ec", command]
  process.currentDirectoryURL = URL(filePath: folder.path)
  try process.run()
  process.waitUntilExit()
  #expect(process.terminationStatus == 0, "\(command)")
}
