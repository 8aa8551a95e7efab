// What may stand around a text, one value each: line by line, as a section, as a form, as a container.
import Foundation
import TestSupport

struct Layer: Sendable {
  var name: String
  /// The shapes that it goes around.
  var around: ClosedRange<Shape>
  var makes: Shape
  /// It makes sense around a kernel log only.
  var isForLogs = false
  var wrap: @Sendable ([UInt8], inout Random) -> [UInt8]

  /// A layer that changes each line by itself; the number of the line comes with it.
  private static func lines(
    _ name: String, around: ClosedRange<Shape> = .kernelLines ... .text, isForLogs: Bool = false,
    makes: Shape = .lines, _ change: @escaping @Sendable (String, Int) -> String
  ) -> Layer {
    Layer(name: name, around: around, makes: makes, isForLogs: isForLogs) { bytes, _ in
      Array(split(bytes).enumerated().map { change($1, $0) + "\n" }.joined().utf8)
    }
  }

  /// The lines of a text; a carriage return stays with its line.
  private static func split(_ bytes: [UInt8]) -> [String] {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func text(
    _ name: String, around: ClosedRange<Shape>, makes: Shape, isForLogs: Bool = false,
    _ change: @escaping @Sendable (String) -> String
  ) -> Layer {
    Layer(name: name, around: around, makes: makes, isForLogs: isForLogs) { bytes, _ in
      Array(change(String(decoding: bytes, as: UTF8.self)).utf8)
    }
  }

  private static func clock(_ line: Int, _ digits: Int = 6) -> String {
    let second = line / 50
    let fraction = String(1_000_000 + line % 50 * 20_000).dropFirst().prefix(digits)
    return String(format: "%02d:%02d:%02d.", 10 + second / 3600, second / 60 % 60, second % 60) + fraction
  }

  static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\n": result += "\\n"
      case "\u{1b}": result += "\\u001b"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  // MARK: left of each line

  static let prefixes: [Layer] = [
    lines("mail quote") { line, _ in "> \(line)" },
    lines("mail quote, twice") { line, _ in ">> \(line)" },
    lines("grep -n") { line, number in "\(number + 1):\(line)" },
    lines("GitHub") { line, number in "2026-04-01T\(clock(number))7Z \(line)" },
    lines("GitLab") { line, number in "2026-04-01T\(clock(number))Z 01O \(line)" },
    lines("Jenkins") { line, number in "[2026-04-01T\(clock(number, 3))Z] \(line)" },
    lines("time of day") { line, number in "[\(clock(number, 3))] \(line)" },
    lines("syslog", around: .kernelLines ... .kernelLines, isForLogs: true) { line, number in
      "Apr  1 \(clock(number).prefix(8)) board kernel: \(line)"
    },
    lines("rsyslog", around: .kernelLines ... .kernelLines, isForLogs: true) { line, number in
      "2026-04-01T\(clock(number))+02:00 board kernel: \(line)"
    },
    lines("console level", around: .kernelLines ... .kernelLines, isForLogs: true) { line, _ in "<4>\(line)"
    },
    lines("colours at the end") { line, _ in "\(line)\u{1b}[0m" },
    lines("colours around") { line, _ in "\u{1b}[1;33m\(line)\u{1b}[m" },
  ]

  // MARK: each line wrapped

  static let envelopes: [Layer] = [
    lines("docker") { line, number in
      "{\"log\":\(json(line + "\n")),\"stream\":\"stdout\",\"time\":\"2026-04-01T\(clock(number))Z\"}"
    },
    lines("LAVA") { line, number in
      "- {\"dt\": \"2026-04-01T\(clock(number))\", \"lvl\": \"target\", \"msg\": \(json(line))}"
    },
    lines("structured log") { line, number in
      "{\"timestamp\":\"2026-04-01T\(clock(number))Z\",\"level\":\"info\",\"message\":\(json(line))}"
    },
    lines("Kubernetes") { line, number in "2026-04-01T\(clock(number))000Z stdout F \(line)" },
    Layer(name: "CSV", around: .kernelLines ... .text, makes: .text) { bytes, _ in
      var out = "time,host,message\n"
      for (number, line) in split(bytes).enumerated() {
        out += "2026-04-01T\(clock(number))Z,board,\"\(line.replacing("\"", with: "\"\""))\"\n"
      }
      return Array(out.utf8)
    },
  ]

  // MARK: the text as a part of another

  static let sections: [Layer] = [
    text("bug report", around: .kernelLines ... .kernelLines, makes: .text, isForLogs: true) { text in
      """
      ========================================================
      == dumpstate: 2026-04-01 12:11:00
      ========================================================

      Build: toy/board/board:16/ABC/1:userdebug/dev-keys
      Kernel: Linux version 6.1.99-toy (nobody@nowhere)
      ------ UPTIME (uptime) ------
       12:11:00 up 0 min,  0 users,  load average: 1.00, 0.50, 0.20
      ------ 0.010s was the duration of 'UPTIME' ------
      ------ MEMORY INFO (/proc/meminfo) ------
      MemTotal:        3900000 kB
      ------ KERNEL LOG (dmesg) ------
      \(text)------ 0.035s was the duration of 'KERNEL LOG (dmesg)' ------
      ------ SYSTEM LOG (logcat -v threadtime) ------
      --------- beginning of main
      04-01 12:10:59.000  1407  2908 I ActivityManager: Start proc 2001:toy/u0a1
      04-01 12:10:59.500  1407  2908 E ToyService: [   99.000000] WARNING: this service is tired
      ------ 0.101s was the duration of 'SYSTEM LOG' ------

      """
    },
    text("firmware in front", around: .kernelLines ... .lines, makes: .text, isForLogs: true) { text in
      let firmware = (0..<1500).map { "INFO:    BL31: toy firmware step \($0), region 0x\($0 * 4096) set up" }
      return firmware.joined(separator: "\n") + "\nStarting kernel ...\n\n" + text
    },
    text("prose around", around: .kernelLines ... .lines, makes: .text) { text in
      """
      Hello all,

      our board does not like the new kernel; the relevant output is below. What
      does it mean? With the old one everything was fine, as far as I can tell.

      \(text)
      Regards,
      Somebody

      --
      Somebody, somewhere

      """
    },
    text("scissors around", around: .kernelLines ... .lines, makes: .text) { text in
      "Please see:\n\n------ 8< ------ cut here ------ 8< ------\n\(text)------ 8< ------ end ------ 8< ------\n"
    },
  ]

  // MARK: how a text is written

  static let forms: [Layer] = [
    Layer(name: "CRLF", around: .kernelLines ... .form, makes: .text) { bytes, _ in
      Array(
        String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
          .utf8)
    },
    Layer(name: "UTF-8 mark", around: .kernelLines ... .form, makes: .bytes) { bytes, _ in
      [0xef, 0xbb, 0xbf] + bytes
    },
    Layer(name: "newest line first", around: .kernelLines ... .kernelLines, makes: .form, isForLogs: true) {
      bytes, _ in
      let lines = String(decoding: bytes, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      return Array((lines.dropLast(lines.last == "" ? 1 : 0).reversed().joined(separator: "\n") + "\n").utf8)
    },
    utf16("UTF-16 LE with a mark", isBig: false, mark: true),
    utf16("UTF-16 BE with a mark", isBig: true, mark: true),
    utf16("UTF-16 LE", isBig: false, mark: false),
    utf16("UTF-16 BE", isBig: true, mark: false),
    page("page") { $0 },
    page("page with entities") {
      $0.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
        "\"", with: "&quot;"
      ).replacing("'", with: "&#39;")
    },
    page("page with numbers") {
      $0.replacing("&", with: "&#38;").replacing("<", with: "&#x3c;").replacing(">", with: "&#x3E;")
        .replacing("=", with: "&#61;")
    },
    Layer(name: "quoted-printable mail", around: .kernelLines ... .text, makes: .form) { bytes, _ in
      let header = mailHeader + "Content-Type: text/plain; charset=UTF-8\n"
      return Array("\(header)Content-Transfer-Encoding: quoted-printable\n\n\(quotedPrintable(bytes))".utf8)
    },
    Layer(name: "base64 mail", around: .kernelLines ... .form, makes: .form) { bytes, _ in
      let header = mailHeader + "Content-Type: text/plain; charset=UTF-8\n"
      return Array("\(header)Content-Transfer-Encoding: base64\n\n\(base64(bytes))".utf8)
    },
    Layer(name: "mail attachment", around: .kernelLines ... .bytes, makes: .form) { bytes, _ in
      Array(
        """
        \(mailHeader)Content-Type: multipart/mixed; boundary="=-toy-boundary-1"

        --=-toy-boundary-1
        Content-Type: text/plain; charset=UTF-8

        Hello, the file is attached.
        --=-toy-boundary-1
        Content-Type: application/octet-stream; name="boot.dat"
        Content-Disposition: attachment; filename="boot.dat"
        Content-Transfer-Encoding: base64

        \(base64(bytes))
        --=-toy-boundary-1--

        """.utf8)
    },
  ]

  private static let mailHeader = """
    From: Somebody <somebody@example.org>
    To: list@example.org
    Subject: strange boot
    Date: Wed, 1 Apr 2026 12:00:00 +0200
    Message-ID: <1@example.org>
    MIME-Version: 1.0

    """

  private static func utf16(_ name: String, isBig: Bool, mark: Bool) -> Layer {
    Layer(name: name, around: .kernelLines ... .form, makes: .bytes) { bytes, _ in
      var out: [UInt8] = []
      for unit in (mark ? [0xfeff] : []) + Array(String(decoding: bytes, as: UTF8.self).utf16) {
        let pair = [UInt8(unit >> 8), UInt8(unit & 255)]
        out += isBig ? pair : pair.reversed()
      }
      return out
    }
  }

  private static func page(_ name: String, _ escape: @escaping @Sendable (String) -> String) -> Layer {
    // What is not escaped must not look like tags: nobody's parser could tell.
    text(name, around: .kernelLines ... .text, makes: .form) { text in
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>boot of a board</title>
      <style>pre { color: black; }</style></head>
      <body><h1>boot</h1><p>As it was seen:</p>
      <pre>\(escape(text))</pre>
      <p>The end.</p></body></html>

      """
    }
  }

  // MARK: what it is packed in

  private static let beside: Member = ("notes/readme.txt", Array("Nothing of interest is in here.\n".utf8))

  static let containers: [Layer] = [
    container("gzip") { deflated($0, windowBits: 31) },
    // Nothing but the text that comes out tells these.
    container("zlib data", around: .kernelLines ... .form) { deflated($0, windowBits: 15) },
    container("raw deflate", around: .kernelLines ... .form) { deflated($0, windowBits: -15) },
    container("tar") { tarred([beside, ("logs/boot.log", $0)]) },
    container("tar.gz") { deflated(tarred([("boot.log", $0), beside]), windowBits: 31) },
    container("zip") { zipped([beside, ("logs/boot.log", $0)], isStored: false) },
    container("stored zip") { zipped([("boot.log", $0), beside], isStored: true) },
  ]

  private static func container(
    _ name: String, around: ClosedRange<Shape> = .kernelLines ... .bytes,
    _ pack: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> Layer {
    Layer(name: name, around: around, makes: .bytes) { bytes, _ in pack(bytes) }
  }

  static let all = prefixes + envelopes + sections + forms + containers
}
