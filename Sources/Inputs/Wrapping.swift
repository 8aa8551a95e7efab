/// Everything that is undone around a document, in any order and one in the other: what `proberace formats` lists.
package enum Wrapping: CaseIterable, Sendable {
  case gzip, zlib, deflate, zstd, xz, lzma, lzip, bzip2, lz4, archive, atrace
  case markedUTF8, utf16, utf32, page, mail, quotedPrintable, cast, strings, spelledLines, foldedStrings,
    quotedLines, tailed, spelled,
    rows, broken, mixed, backwards

  /// It packs bytes; else it is a way to write a text.
  package var isContainer: Bool {
    switch self {
    case .gzip, .zlib, .deflate, .zstd, .xz, .lzma, .lzip, .bzip2, .lz4, .archive, .atrace: true
    case .markedUTF8, .utf16, .utf32, .page, .mail, .quotedPrintable, .cast, .strings, .spelledLines,
      .foldedStrings, .quotedLines, .tailed, .spelled, .rows, .broken, .mixed, .backwards:
      false
    }
  }

  /// As `proberace formats` calls it.
  package var title: String {
    switch self {
    case .gzip: "gzip"
    case .zlib: "zlib"
    case .deflate: "raw deflate"
    case .zstd: "zstd"
    case .xz: "xz"
    case .lzma: "lzma"
    case .lzip: "lzip"
    case .bzip2: "bzip2"
    case .lz4: "lz4"
    case .archive: "tar or zip"
    case .atrace: "atrace -z"
    case .markedUTF8: "UTF-8 with a mark"
    case .utf16: "UTF-16"
    case .utf32: "UTF-32"
    case .page: "HTML"
    case .mail: "mail"
    case .quotedPrintable: "quoted-printable"
    case .cast: "asciinema's cast"
    case .strings: "strings of JSON"
    case .spelledLines: "line ends that are spelled"
    case .foldedStrings: "YAML's folded strings"
    case .quotedLines: "a string in every line"
    case .tailed: "an end behind every line"
    case .spelled: "escaped characters"
    case .rows: "a trace in a terminal's rows"
    case .broken: "broken lines that say so"
    case .mixed: "several machines' lines"
    case .backwards: "newest line first"
    }
  }

  /// Where it is met, and what is done with it.
  package var note: String {
    switch self {
    case .gzip: "checked to its end, several members too"
    case .zlib: "told by its header and by what comes out, which must be text"
    case .deflate: "pstore's dmesg-ramoops-0.enc.z: told by what comes out, which must be text"
    case .zstd, .xz, .lzip, .bzip2, .lz4: "checked to its end"
    case .lzma: "xz's older form, told by its header"
    case .archive:
      "each member for itself; the zip of a bug report (main_entry.txt in it) and what report --bundle wrote are one machine"
    case .atrace: "zlib behind the line TRACE:"
    case .markedUTF8: "the mark is taken off"
    case .utf32: "by its mark, or by its zeros"
    case .utf16: "by its mark, or by its zeros: PowerShell's >"
    case .page: "its text, by lines; the traces of systrace.html, packed or not"
    case .mail: "MIME parts, base64 and quoted-printable; every mail of an mbox"
    case .quotedPrintable: "a mail's body without its headers"
    case .cast:
      "versions 2 and 3: what was printed, whatever pieces it came in; places name the log `session`"
    case .strings:
      "one line of it (CircleCI, Loki, Elastic, EC2), Python's lists, or pieces, an object each (QMP): the strings that hold the kernel's lines; places name the log `strings`"
    case .spelledLines:
      "\\n in what Python, C or YAML show of a string, rsyslog's #012; places name the log `lines`"
    case .foldedStrings:
      "PyYAML breaks strings at 80 columns: their lines are made whole; places name the log `lines`"
    case .quotedLines:
      "logfmt's msg=\"…\", Python's b'…\\r\\n', code marks, a list in YAML: what is in the string, whatever stands around it; of pieces (each what was read at a time) places name the log `lines`"
    case .tailed:
      "cat -A's $, <br>, a closing quote, tag or column that every line has and that was opened in front of its stamp; a table's last bar"
    case .spelled: "&lt; &gt; &quot; in XML or a paste, and U+00A0 for a blank"
    case .rows: "broken at the last column: entries are made whole; places name the trace `rows`"
    case .broken:
      "a backslash at the last column (Emacs, sed -n l), or rows without a number where lines have one (bat, less -N, vim)"
    case .mixed:
      "mixed by a collector (docker compose, kubectl, pdsh, a central daemon, journalctl -m): each machine's, by the name in its lines; a daemon's text may begin with many lines of one"
    case .backwards: "journalctl -r, tac: told by times that only fall; places name the log `turned round`"
    }
  }
}
