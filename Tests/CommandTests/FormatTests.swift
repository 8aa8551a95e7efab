import Foundation
import TestSupport
import Testing

/// The formats of `report` and `timeline` that other programs read.
struct FormatTests {
  private static func report(_ format: String, _ sample: String = "natural-6.17.13-4") throws -> Command {
    let answer = try Command.run(
      Command.executable, ["report", "--format", format] + inputs(sample), nil, [:])
    #expect(answer.code == 1 && answer.errors.isEmpty)
    return answer
  }

  private static func hostile(_ command: String, _ format: String) throws -> String {
    let folder = try TemporaryFolder()
    let log = try folder.file("dmesg.txt", Hostile.log)
    let trace = try folder.file("trace.txt", Hostile.trace)
    return try Command.run(command, "--format", format, log, trace).output
  }

  // MARK: Perfetto

  /// protoc's reading of the packets: with our .proto, or with none.
  private static func decode(_ arguments: String, _ format: String = "perfetto") throws -> String {
    let files = inputs("natural-6.17.13-4").joined(separator: " ")
    let proto = Here.root.appending(path: "Sources/Perfetto").path(percentEncoded: false)
    let answer = try Command.shell(
      "set -o pipefail; { $P report --fail-on none --format \(format) \(files) | protoc \(arguments) -I \(proto); }"
    )
    try #require(answer.code == 0, "\(answer.errors)")
    return answer.output
  }

  @Test func perfettoIsReadByProtoc() throws {
    let raw = try Self.decode("--decode_raw")
    // TrackDescriptor 60 with name 2, parent 5 and order 11, 12; TrackEvent 11 with type 9.
    #expect(raw.contains("  60 {\n") && raw.contains("    2: \"0000:00:05.1\"\n"))
    let named = try Self.decode("--decode=proberace.perfetto.Trace perfetto.proto")
    func count(_ text: String) -> Int { named.components(separatedBy: text).count - 1 }
    #expect(count("type: TYPE_SLICE_BEGIN") == count("type: TYPE_SLICE_END"))
    #expect(count("type: TYPE_SLICE_BEGIN") > 500)
    #expect(count("name: \"WARNING\"") == 4 && count("categories: \"warning\"") == 4)
    #expect(count("name: \"0000:00:05.1\"") == 1)
    #expect(count("sequence_flags: 1\n") == 1)
    #expect(count("trusted_packet_sequence_id: 1886547810") == count("packet {"))
    // The warning of 05.1, to the nanosecond.
    #expect(count("timestamp: 15114054000\n") == 1)
  }

  /// Appended to the recording that it was made of it stands under its events, whatever clock the log beside it has.
  @Test func perfettoHasTheRecordingsTimes() throws {
    func slices(_ files: String) throws -> Set<Substring> {
      let proto = Here.root.appending(path: "Sources/Perfetto").path(percentEncoded: false)
      let answer = try Command.shell(
        "set -o pipefail; cd \(Here.sample("perfetto")); $P report --fail-on none --format perfetto \(files) "
          + "| protoc --decode=proberace.perfetto.Trace -I \(proto) perfetto.proto")
      try #require(answer.code == 0, "\(answer.errors)")
      // Of packets with a bind: when it began.
      return Set(
        answer.output.components(separatedBy: "packet {").filter { $0.contains("name: \"really_probe") }
          .compactMap { packet in packet.split(separator: "\n").first { $0.contains("timestamp: ") } })
    }
    let alone = try slices("preserve.pftrace")
    #expect(alone.count > 100)
    #expect(try slices("preserve.pftrace dmesg.txt") == alone)
    // And is still a recording.
    let windows = try Command.shell(
      "cd \(Here.sample("perfetto")); both=$(mktemp); { cat preserve.pftrace; "
        + "$P report --fail-on none --format perfetto preserve.pftrace; } >$both; "
        + "for file in preserve.pftrace $both; do $P report --fail-on none --format csv $file | wc -l; done; rm $both"
    )
    let counts = windows.output.split(whereSeparator: \.isWhitespace)
    #expect(counts.count == 2 && counts[0] == counts[1] && (Int(counts[0]) ?? 0) > 50, "\(windows)")
  }

  /// On every track ends follow beginnings and times rise: what Perfetto's viewer asks of slices.
  @Test func perfettoSlicesNest() throws {
    let text = try Self.decode("--decode=proberace.perfetto.Trace perfetto.proto")
    var open: [String: Int] = [:]
    var last: [String: Int] = [:]
    var time = 0
    var track = ""
    var kind = ""
    var checked = 0
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      switch words.first {
      case "packet": (track, kind) = ("", "")
      case "timestamp:": time = Int(words[1]) ?? -1
      case "type:": kind = String(words[1])
      case "track_uuid:": track = String(words[1])
      case "trusted_packet_sequence_id:", "sequence_flags:", "timestamp_clock_id:": break
      case "}" where line == "}" && kind.hasPrefix("TYPE_SLICE"):
        #expect(time >= last[track] ?? 0)
        last[track] = time
        open[track, default: 0] += kind == "TYPE_SLICE_BEGIN" ? 1 : -1
        #expect((open[track] ?? 0) >= 0)
        checked += 1
      default: break
      }
    }
    #expect(checked > 1000 && open.values.allSatisfy { $0 == 0 })
  }

  @Test func binaryIsNotForATerminal() throws {
    let files = inputs("natural-6.17.13-4").joined(separator: " ")
    let answer = try Command.shell("script -qec \"$P report --format perfetto \(files)\" /dev/null")
    #expect(answer.code == 2)
    #expect(answer.output.contains("this format is binary"))
  }

  // MARK: Chrome

  @Test func chromeJSON() throws {
    let json = try #require(try Self.report("chrome-json").json)
    let events = try #require(json["traceEvents"] as? [[String: Any]])
    let processes = events.filter { $0["name"] as? String == "process_name" }
    #expect(processes.count == 53)
    let process = try #require(
      processes.first { ($0["args"] as? [String: Any])?["name"] as? String == "0000:00:05.1" }?["pid"] as? Int
    )
    let own = events.filter { $0["pid"] as? Int == process }
    let threads = own.filter { $0["name"] as? String == "thread_name" }
    #expect(threads.compactMap { $0["tid"] as? Int }.sorted() == [12, 119])
    let warning = try #require(own.first { $0["name"] as? String == "WARNING" })
    #expect(warning["ts"] as? Double == 15_114_054.0 && warning["ph"] as? String == "i")
    let walk = try #require(own.first { $0["cat"] as? String == "walk-visit" })
    #expect(walk["ts"] as? Double == 15_104_176.0 && walk["dur"] as? Double == 55_209.0)
    // Slices of one thread of one device nest.
    let slices = own.filter { $0["ph"] as? String == "X" && $0["tid"] as? Int == 12 }
    let ranges = slices.map {
      (($0["ts"] as? Double ?? 0), ($0["ts"] as? Double ?? 0) + ($0["dur"] as? Double ?? 0))
    }
    #expect(ranges.count == 10)
    for (a, b) in zip(ranges, ranges.dropFirst()) { #expect(b.0 >= a.1 || b.1 <= a.1) }
  }

  // MARK: CSV

  @Test func csvOfWindows() throws {
    let text = try Self.report("csv").output
    let json = try #require(try Self.report("json").json)
    let boot = try #require((json["boots"] as? [[String: Any]])?.first)
    let windows = try #require(boot["windows"] as? [[String: Any]])
    let lines = text.components(separatedBy: "\r\n").dropLast()
    #expect(lines.count == windows.count + 1)
    for (line, window) in zip(lines.dropFirst(), windows) {
      let fields = line.components(separatedBy: ",")
      #expect(fields.count == 12)
      #expect(fields[1] == "\"\(window["device"] as? String ?? "")\"")
      #expect(fields[3] == window["state"] as? String)
      #expect(Int(fields[4]) == window["opened"] as? Int && Int(fields[6]) == window["closed"] as? Int)
    }
    let evil = try Self.hostile("report", "csv")
    #expect(evil.contains("\"\(Hostile.device)\""))
    // No cell begins a formula.
    #expect(!evil.contains("\"=") && evil.contains("\"'=cmd|"))
  }

  // MARK: Markdown

  /// Plain enough for a list: ASCII, short lines, and nothing in it that Markdown or HTML would take for its own.
  @Test func markdown() throws {
    let text = try Self.report("markdown").output
    #expect(text.hasPrefix("### proberace: 4 warnings: 2 real, 2 false positives\n"))
    #expect(text.utf8.allSatisfy { $0 < 128 })
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.filter { $0.hasPrefix("    ") }.allSatisfy { $0.count <= 80 })
    #expect(lines.filter { $0.hasPrefix("#### ") }.count == 4)
    #expect(lines.contains { $0.hasPrefix("- **REAL** `0000:00:05.1` (`virtio-pci`) at 15.114054:") })
    #expect(text.contains("          15.114054!| ** WARNING **"))
    let evil = try Self.hostile("report", "markdown")
    for line in evil.split(separator: "\n") where !line.hasPrefix("    ") {
      #expect(
        !line.contains("<script") && !line.contains("<img") && !line.contains("](") && !line.contains("@all"))
    }
    // In the block, which is nobody's markup, it stands as it is.
    #expect(evil.contains("\n    ") && evil.contains("the walk (\(Hostile.comm)-343)"))
  }

  // MARK: SVG

  @Test(arguments: ["svg", "svg-light", "svg-dark"])
  func svgIsXMLThatRunsNothing(_ format: String) throws {
    let plain = try Command.run(
      Command.executable,
      ["timeline", "--format", format, "--device", "0000:00:05.1"] + inputs("natural-6.17.13-4"),
      nil, [:])
    #expect(plain.code == 0)
    for text in [plain.output, try Self.hostile("timeline", format)] {
      let parser = SVGReader()
      try parser.read(text)
      #expect(parser.elements.isDisjoint(with: ["script", "img", "image", "foreignObject", "b"]))
      #expect(parser.attributes.allSatisfy { !$0.hasPrefix("on") && $0 != "href" })
    }
    let words = try SVGReader.words(plain.output)
    #expect(words.contains("REAL") && words.contains("WARNING") && words.contains("kworker/u16:4-119"))
    #expect(words.contains { $0.contains("the walk prints the warning") })
    let evil = try SVGReader.words(Self.hostile("timeline", format))
    #expect(evil.contains(Hostile.device))
    #expect(plain.output.contains("prefers-color-scheme") == (format == "svg"))
  }

  /// docs/races.md shows what the command draws today: `make pictures` after a change.
  @Test func picturesAreFresh() throws {
    let docs = Here.root.appending(path: "docs")
    let text = try String(contentsOf: docs.appending(path: "races.md"), encoding: .utf8)
    let shown = text.matches(
      of:
        /alt="Timeline of (?<device>[^"]+)" src="(?<file>pictures\/[^"]+)-light.svg".*\n\nFrom \[(?<sample>[^\]]+)\]/
    )
    #expect(shown.count == 10)
    for match in shown {
      let files = inputs(String(match.sample)).filter { FileManager.default.fileExists(atPath: $0) }
      for look in ["light", "dark"] {
        let drawn = try Command.run(
          Command.executable,
          ["timeline", "--format", "svg-\(look)", "--device", String(match.device)] + files, nil, [:])
        let kept = try String(contentsOf: docs.appending(path: "\(match.file)-\(look).svg"), encoding: .utf8)
        #expect(drawn.output == kept, "\(match.file)-\(look).svg is not fresh: make pictures")
      }
    }
  }

  // MARK: terminal

  @Test func timelineInTheTerminal() throws {
    let answer = try Command.run(
      Command.executable, ["timeline"] + inputs("natural-6.17.13-4"), nil, ["COLUMNS": "100"])
    let lines = answer.output.split(separator: "\n").map(String.init)
    #expect(lines[1].hasPrefix("52 devices; longest window"))
    #expect(lines[2].split(separator: " ") == ["seconds", "length", "phase", "result", "thread", "what"])
    // Longest window first: 427, 407, 407 … ms.
    let heads = lines.filter { $0.contains(" ms window (") }
    #expect(heads.prefix(3).map { $0.split(separator: " ")[2] } == ["427", "407", "407"])
    // What became of a client is a report's to say: nobody met the longest of these.
    #expect(!answer.output.contains("exposed"))
    #expect(
      lines.filter { $0.contains("WARNING  ") && $0.contains("late IOMMU probe at driver bind") }.count == 4)
    // What ran inside something is indented.
    #expect(lines.contains { $0.contains("  bind   ") } && lines.contains { $0.contains("   dma-configure") })
  }

  /// An event that is only inferred is marked as such, in every picture.
  @Test func inferredEventsAreMarked() throws {
    let sample = inputs("race-bind-7.2.13-kprobe")
    let terminal = try Command.run(Command.executable, ["timeline"] + sample, nil, ["COLUMNS": "100"]).output
    let json = try #require(
      try Command.run(Command.executable, ["report", "--format", "chrome-json"] + sample, nil, [:]).json)
    let events = try #require(json["traceEvents"] as? [[String: Any]])
    let inferred = events.filter { ($0["args"] as? [String: Any])?["inferred"] as? Bool == true }
    let marked = terminal.split(separator: "\n").filter { $0.contains(" ~") }
    #expect(inferred.count == marked.count)
    let svg = try Command.run(Command.executable, ["timeline", "--format", "svg"] + sample, nil, [:]).output
    #expect(svg.components(separatedBy: " inf\"").count - 1 == inferred.count)
    #expect(!inferred.isEmpty)
  }

  @Test func quietSaysNothing() throws {
    let answer = try Command.run(
      Command.executable, ["report", "--quiet"] + inputs("natural-6.17.13-4"), nil, [:])
    #expect(answer.code == 1 && answer.output.isEmpty && answer.errors.isEmpty)
  }

  /// On a terminal, and only there, a report for reading goes through the reader's pager.
  @Test func pager() throws {
    let files = inputs("natural-6.17.13-4").joined(separator: " ")
    func terminal(_ options: String, _ pager: String) throws -> String {
      try Command.shell("PAGER=\"\(pager)\" script -qec \"$P report \(options) \(files)\" /dev/null").output
    }
    #expect(try terminal("", "sed s/^/paged:/").contains("paged:"))
    #expect(try !terminal("--no-pager", "sed s/^/paged:/").contains("paged:"))
    #expect(try !terminal("--format json", "sed s/^/paged:/").contains("paged:"))
    // A pager that is not there does not hide the report.
    #expect(try terminal("", "no-such-pager-here").contains("4 warnings"))
    #expect(try !Command.shell("PAGER='sed s/^/paged:/' $P report \(files)").output.contains("paged:"))
  }
}
