import ArgumentParser
import Bytes
import History
import Inputs
import Scan
import Writing

/// `--skip-known`: logs that were judged before.
struct KnownLogs {
  private var judged = KnownHashes()
  /// Of these a boot was damaged, or is none: whoever skips them would take that for a pass.
  private var open = KnownHashes()
  private let rows = RowReader()
  private var told = 0
  private var strange = 0

  /// Hashes from a file: the first word of each line, or the rows of an earlier scan or an export, or a history.
  static func read(_ path: String) throws -> KnownHashes {
    var known = KnownLogs()
    do {
      let source = try LineSource(path: path)
      if HistoryFile.isDatabase(source.peekable(16)) {
        try HistoryOptions.said(path) { () throws(HistoryError) in
          try HistoryReader(path).hashes { known.insert($0, isJudged: $1) }
        }
      } else {
        try RowLines.read(source) { known.take($0) }
        if known.strange > 0, known.told == 0 {
          throw ValidationError(
            "\(path): nothing is known by it: --skip-known takes rows of scan --format jsonl, hashes (one a line) or a history"
          )
        }
        if known.strange > 0 {
          Diagnostics.say(
            "proberace: \(Plain.safe(path)): lines that are no row and no hash: \(known.strange)")
        }
      }
    } catch let error as ValidationError {
      throw error
    } catch {
      throw ValidationError("\(path): \(InputError.explain(error))")
    }
    return known.judged.subtracting(known.open)
  }

  private mutating func insert(_ hash: [UInt8], isJudged: Bool) {
    if isJudged { judged.insert(hash) } else { open.insert(hash) }
  }

  private mutating func take(_ line: [UInt8]) {
    guard let first = line.first(where: { $0 > 32 }) else { return }
    if first == UInt8(ascii: "{") {
      guard let row = rows.known(line) else {
        strange += 1
        return
      }
      told += 1
      guard case .hash(let hex, let isJudged) = row, let hash = BootRecord.bytes(hex) else { return }
      insert(hash, isJudged: isJudged)
    } else if let hash = BootRecord.bytes(String(decoding: line.prefix(64), as: UTF8.self)) {
      told += 1
      judged.insert(hash)
    } else {
      strange += 1
    }
  }
}
