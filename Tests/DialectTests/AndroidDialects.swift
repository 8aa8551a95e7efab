/// logcat in every form, cut as logd cuts kernel messages.
extension Dialect {
  /// A kernel line as logd keeps it: by LogKlog.cpp the text before the first colon is a tag, unless it is too short or
  /// says nothing.
  private struct Entry {
    var tag: String
    var text: String
    var line: PlainLine
    var thread: Int
    var padded: String { tag + String(repeating: " ", count: max(0, 8 - tag.count)) }

    init(_ line: PlainLine, thread: Int) {
      self.line = line
      self.thread = thread
      let message = line.message.drop { $0 == " " }
      let words = message.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      tag = words.count == 2 ? String(words[0].trimmed) : ""
      text = words.count == 2 ? String(words[1].trimmed) : String(message)
      let isNone =
        tag.count < 2 || tag.count == 2 && tag.contains { $0.isNumber }
        || tag.count == 3 && tag.dropFirst().allSatisfy(\.isNumber)
        || ["CPU", "WARNING", "ERROR", "INFO"].contains(tag.uppercased())
        || tag.split(separator: " ").count > 2
        || tag.contains { "+/[".contains($0) }
      if isNone {
        tag = ""
        text = String(message)
      } else if text.isEmpty {
        text = " "
      }
    }
  }

  /// Every form twice: process 0, as before, and the thread ids of GKI kernels.
  private static func logcat(
    _ name: String,
    _ write: @escaping @Sendable (_ tag: String, _ text: String, _ id: String, _ line: PlainLine) -> String
  ) -> [Dialect] {
    [0, 119].map { thread in
      Dialect("logcat \(name), thread \(thread)", .nothing, coarse: true) { log in
        "--------- beginning of kernel\n"
          + log.lines.filter { !$0.message.isEmpty }.map { line in
            let entry = Entry(line, thread: thread)
            let id = String("     \(thread)".suffix(5))
            return write(name == "process" ? entry.tag : entry.padded, entry.text, id, line) + "\n"
          }.joined()
      }
    }
  }

  private static func threadtime(
    _ name: String, _ user: String = "", _ time: @escaping @Sendable (PlainLine) -> String
  ) -> [Dialect] {
    logcat("threadtime " + name) { tag, text, id, line in "\(time(line)) \(user)\(id) \(id) W \(tag): \(text)"
    }
  }

  static let android: [Dialect] =
    logcat("brief") { tag, text, id, _ in "W/\(tag)(\(id)): \(text)" }
    + logcat("brief, uid") { tag, text, id, _ in "W/\(tag)( root:\(id)): \(text)" }
    + logcat("brief, colours") { tag, text, id, _ in "\u{1b}[38;5;166mW/\(tag)(\(id)): \(text)\u{1b}[0m" }
    + logcat("process") { tag, text, id, _ in "W(\(id)) \(text)  (\(tag))" }
    + logcat("tag") { tag, text, _, _ in "W/\(tag): \(text)" }
    + logcat("time") { tag, text, id, line in "04-01 \(line.clock(3)) W/\(tag)(\(id)): \(text)" }
    + logcat("long") { tag, text, id, line in "[ 04-01 \(line.clock(3)) \(id):\(id) W/\(tag) ]\n\(text)\n" }
    + logcat("long, uid") { tag, text, id, line in
      "[ 04-01 \(line.clock(3))  root:\(id):\(id) W/\(tag) ]\n\(text)\n"
    }
    + threadtime("plain") { "04-01 \($0.clock(3))" }
    + threadtime("uid", "root  ") { "04-01 \($0.clock(3))" }
    + threadtime("uid as a number", "    0 ") { "04-01 \($0.clock(3))" }
    + threadtime("year") { "2026-04-01 \($0.clock(3))" }
    + threadtime("zone") { "04-01 \($0.clock(3)) +0200" }
    + threadtime("usec") { "04-01 \($0.clock(6))" }
    + threadtime("nsec") { "04-01 \($0.clock(6))000" }
    + threadtime("epoch") {
      "         \(1_775_045_458 + $0.micros / 1_000_000).\($0.stamp.suffix(6).prefix(3))"
    }
    + threadtime("monotonic") { "\($0.stamp.dropLast(3))" }
    + threadtime("monotonic, usec") { $0.stamp }
    + [
      Dialect("logcat, buffers by name", .nothing, coarse: true) { log in
        log.text { line in
          let entry = Entry(line, thread: 0)
          return """
            --------- switch to main
            04-01 \(line.clock(3))  1407  1407 D Game: x y: late IOMMU probe at driver bind, z
            04-01 \(line.clock(3))     0     0 D Game: x y: late IOMMU probe at driver bind, z
            --------- switch to kernel
            04-01 \(line.clock(3))   119   119 W \(entry.padded): \(entry.text)
            """
        }
      },
      Dialect("logcat, no buffer named", .nothing, coarse: true) { log in
        log.text { line in
          let entry = Entry(line, thread: 0)
          return """
            04-01 \(line.clock(3))  1407  1408 D Game: x y: late IOMMU probe at driver bind, z
            04-01 \(line.clock(3))     0     0 W \(entry.padded): \(entry.text)
            """
        }
      },
      Dialect("bug report, logcat section", .nothing, coarse: true) { log in
        """
        == dumpstate: 2026-04-01 12:11:00
        ------ SYSTEM LOG (logcat -v threadtime -v printable -v uid -d *:v) ------
        --------- beginning of main
        04-01 12:11:00.000  1000  1407  1408 D Game: x y: late IOMMU probe at driver bind, z
        ------ 0.656s was the duration of 'SYSTEM LOG' ------
        ------ KERNEL LOG (logcat -b kernel -v threadtime -v printable -v uid -d *:v) ------
        \(log.text { line in
          let entry = Entry(line, thread: 0)
          return "04-01 \(line.clock(3)) root    119   119 W \(entry.padded): \(entry.text)"
        })------ 0.032s was the duration of 'KERNEL LOG' ------

        """
      },
    ]
}

extension Substring {
  fileprivate var trimmed: Substring {
    let left = drop { $0 == " " }
    return left.last == " "
      ? left[..<left.index(after: left.lastIndex { $0 != " " } ?? left.startIndex)] : left
  }
}
