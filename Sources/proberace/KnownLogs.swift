import ArgumentParser
import Bytes
import History
import Inputs
import Scan

/// `--skip-known`: logs that were judged before.
enum KnownLogs {
  /// Hashes from a file: the first word of each line, or the rows of an earlier scan, or a history.
  static func read(_ path: String) throws -> KnownHashes {
    var known = KnownHashes()
    do {
      let source = try LineSource(path: path)
      if HistoryFile.isDatabase(source.peekable(16)) {
        try HistoryOptions.said(path) { () throws(HistoryError) in
          try HistoryReader(path).hashes { known.insert($0) }
        }
        return known
      }
      while try source.next({ text, _ in take(text, &known) }) {}
    } catch let error as ValidationError {
      throw error
    } catch {
      throw ValidationError("\(path): \(InputError.explain(error))")
    }
    return known
  }

  private static func take(_ text: Span<UInt8>, _ known: inout KnownHashes) {
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start, to: text.count) ?? text.count
      var at = start
      if start < end, text[start] == UInt8(ascii: "{") {
        guard let place = text.index(of: "\"hash\":\"", from: start, to: end) else {
          start = end + 1
          continue
        }
        at = place + "\"hash\":\"".utf8.count
      }
      if end - at >= 64,
        let hash = ContentHash(String(decoding: text.extracting(at..<at + 64).array, as: UTF8.self), size: 0)
      {
        known.insert(hash.text)
      }
      start = end + 1
    }
  }
}
