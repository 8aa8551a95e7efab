// A Debian changelog: the kernel's version, and the subjects of the stable commits that came with it.
import Bytes
import Inputs
import Verdicts

struct Changelog {
  /// The upstream part of the first entry's version; nil if it is no Debian changelog.
  var version: String?
  /// A subject of a fix, or of its revert, and its line.
  var found: [(commit: String, isRevert: Bool, line: Int)] = []
  /// Why it could not be read.
  var fault: String?

  private static let most = 256 << 20
  private static let longest = 4096

  /// Packed or not.
  init(path: String) {
    var reading = Reading()
    do {
      try Documents { document in
        let source = LineSource(stream: document.stream)
        while try source.next({ text, offset in
          guard offset < Self.most else { throw InputError("more than \(Self.most >> 20) MB: no changelog") }
          reading.take(text)
          // A kernel's tar.xz is a GB of lines: whose first one is none of a changelog's is not read to its end.
          if reading.isForeign { throw Stopped() }
        }) {}
      } failed: { _, _, error in
        reading.fault = InputError.explain(error)
      }.visit(path)
    } catch is Stopped {
    } catch {
      reading.fault = InputError.explain(error)
    }
    reading.endItem()
    version = reading.version
    found = reading.found
    fault = reading.fault ?? (version == nil ? "no Debian changelog: its first line names no version" : nil)
  }

  private struct Reading {
    var version: String?
    var found: [(commit: String, isRevert: Bool, line: Int)] = []
    var fault: String?
    /// It has begun, and not as a changelog does.
    var isForeign: Bool { isPastHeader && version == nil }
    private var line = 0
    private var isPastHeader = false
    /// What an item says until now, and where it begins: changelogs may be wrapped.
    private var item = ""
    private var itemLine = 0

    mutating func take(_ text: Span<UInt8>) {
      var parts = text.array.split(separator: 10, omittingEmptySubsequences: false)
      if parts.last?.isEmpty == true { parts.removeLast() }
      for part in parts {
        take(line: part.count <= Changelog.longest ? String(decoding: part, as: UTF8.self) : "")
      }
    }

    private mutating func take(line text: String) {
      line += 1
      let words = text.drop { $0 == " " || $0 == "\t" }
      if !isPastHeader, !words.isEmpty {
        isPastHeader = true
        // `linux (6.12.94-1) trixie; urgency=medium`
        let parts = text.split(separator: " ", maxSplits: 2)
        if parts.count == 3, parts[1].hasPrefix("("), parts[1].hasSuffix(")"), text.contains("; urgency=") {
          version = String(parts[1].dropFirst().dropLast())
        }
      }
      if let mark = words.first, "-*+".contains(mark) {
        endItem()
        item = String(words.dropFirst().drop { $0 == " " })
        itemLine = line
      } else if words.isEmpty || words.count == text.count {
        endItem()
      } else if !item.isEmpty {
        item += " " + words
      }
    }

    mutating func endItem() {
      defer { item = "" }
      var subject = Substring(item)
      // Of which architectures it is: `[arm64] `.
      while subject.hasPrefix("["), let end = subject.firstIndex(of: "]") {
        subject = subject[subject.index(after: end)...].drop { $0 == " " }
      }
      let isRevert = subject.hasPrefix("Revert \"")
      if isRevert { subject = subject.dropFirst("Revert \"".count) }
      for fix in KernelFix.all where subject.hasPrefix(fix.subject) {
        let rest = subject.dropFirst(fix.subject.count)
        guard rest.isEmpty || rest.hasPrefix(" (") || rest.hasPrefix("\"") else { continue }
        found.append((fix.commit, isRevert, itemLine))
      }
    }
  }
}
