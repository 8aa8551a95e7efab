// What may stand around a kernel's line, and what it leaves of it: titles for `proberace formats`. They are made by exhaustive
// switches over the readers' own lists, so that nothing is read that the list does not name.

/// What a form keeps of a log, and so what can be decided from it.
package enum Keeps: String, CaseIterable, Sendable {
  case everything, order, nothing, inner, writer = "writer's"

  /// What it means for the findings, for `proberace formats`.
  package var sentence: String {
    switch self {
    case .everything: "the kernel's own stamps and its order: every finding that the inputs can prove"
    case .order:
      "the kernel's order, but no time of the boot: the same findings from the log alone; no times in them"
    case .nothing:
      "neither: the same devices and warnings, and nothing certain that rests on the order of two threads. A printk stamp behind it keeps everything"
    case .inner: "it says nothing of order or time: what is behind it, or in it, decides"
    case .writer:
      "it depends on who wrote it: dmesg's keeps the order, a log daemon's neither, a collector's says nothing"
    }
  }
}

/// One thing that is taken off a line.
package struct LineForm: Sendable {
  /// What people call it.
  package let title: String
  /// As it stands there; empty for what is known by its name.
  package let example: String
  /// What is left of a log in this form.
  package let keeps: Keeps

  fileprivate init(_ title: String, _ example: String, _ keeps: Keeps) {
    self.title = title
    self.example = example
    self.keeps = keeps
  }

  /// What may stand left of a line; layers stack in any order.
  package static let leftOfLine = LogDialect.Kind.allCases.map(\.form)
  /// What a line may be wrapped in.
  package static let aroundLine = LogEnvelope.Kind.allCases.map(\.form)
}

extension LogDialect.Kind {
  fileprivate var form: LineForm {
    switch self {
    case .printkStamp: LineForm("printk's stamp", "[    2.360729] ", .everything)
    case .relativeStamp: LineForm("dmesg's time since the line before", "[  +0.000168] ", .order)
    case .dateStamp: LineForm("dmesg -T and dmesg -e", "[Sun Nov 22 07:08:41 2026] ", .order)
    case .level: LineForm("a level", "<6>", .inner)
    case .decodedLevel: LineForm("dmesg -x", "kern  :warn  : ", .inner)
    case .callerID: LineForm("printk's caller", "[    T1] ", .inner)
    case .kmsg: LineForm("/dev/kmsg", "6,1234,2360729,-,caller=T1;", .everything)
    case .dropped:
      LineForm("printk's dropped messages: a gap", "** 12 printk messages dropped ** ", .inner)
    case .replayed:
      LineForm(
        "a line printed again", "** replaying previous printk message **", .inner)
    case .mediatek: LineForm("MediaTek: CPU, pid and task", "(0)[74:kworker/0:1]", .inner)
    case .mediatekModule: LineForm("MediaTek: the module", "[name:core&]", .inner)
    case .meizu: LineForm("Meizu and others: CPU, pid and task", "[1:119:kworker/u16:4] ", .inner)
    case .samsung: LineForm("Samsung: CPU, task and pid", "[0:        swapper:    0] ", .inner)
    case .lgeCPU: LineForm("LGE: CPU", "[0] ", .inner)
    case .qualcomm: LineForm("Qualcomm: a second stamp with the CPU", "[    0.479414]@0 ", .inner)
    case .unisoc: LineForm("Unisoc, Spreadtrum: CPU and pid", "c1    119 ", .inner)
    case .huawei: LineForm("Huawei, HiSilicon: pid, CPU and task", "[pid:1,cpu1,init]", .inner)
    case .vendorTask: LineForm("ASUS and others: CPU, pid and task", "(CPU:0-pid:1:swapper/0) ", .inner)
    case .syslog: LineForm("syslog, journalctl -o short", "Dec  4 11:16:33 host kernel: ", .nothing)
    case .syslogProtocol:
      LineForm("syslog's protocol (RFC 5424)", "1 2026-11-27T10:00:00.123Z host kernel - - - ", .nothing)
    case .journalFull:
      LineForm("journalctl -o short-full", "Wed 2026-04-01 12:11:00 UTC host kernel: ", .nothing)
    case .journalUnix: LineForm("journalctl -o short-unix", "1775045460.360729 host kernel: ", .nothing)
    case .journalMonotonic:
      LineForm(
        "-o short-monotonic, Ubuntu's /var/log/dmesg", "[    2.360729] host kernel: ", .nothing)
    case .anaconda: LineForm("anaconda's syslog", "03:09:07,530 INFO kernel: ", .nothing)
    case .isoTime: LineForm("an ISO time", "2026-11-22T07:08:41,123456+00:00 ", .writer)
    case .kernelTag: LineForm("a daemon's tag without its date", "kernel: ", .nothing)
    case .bracketTime:
      LineForm("Jenkins, TeamCity, minicom, tio: their time", "[2024-05-01T10:00:00.123Z] ", .inner)
    case .grabserial: LineForm("grabserial", "[0.000123 0.000456] ", .inner)
    case .conserver: LineForm("conserver's own lines", "[-- MARK -- Fri Nov 27 10:00:00 2026]", .inner)
    case .timeOfDay: LineForm("a serial tool's time of day", "10:11:12.345 ", .inner)
    case .buildkite: LineForm("Buildkite's stamp", "_bk;t=1700000000000", .inner)
    case .quote: LineForm("mail quotes", "> > ", .inner)
    case .numbered: LineForm("grep -n, cat -n, nl", "12:", .inner)
    case .grepFile: LineForm("grep -H, grep -Hn", "logs/dmesg.txt:12:", .inner)
    case .compose: LineForm("docker compose", "web-1  | ", .inner)
    case .pod: LineForm("kubectl logs --prefix", "[pod/web-0/console] ", .inner)
    case .byteOrderMark: LineForm("a byte order mark", "", .inner)
    case .recordSeparator: LineForm("the separator of journalctl -o json-seq", "", .inner)
    case .eventStream: LineForm("journalctl -o json-sse", "data: ", .inner)
    case .logcat:
      LineForm("a logcat line of the kernel's", "04-07 12:46:16.093     0     0 I kernel  : ", .nothing)
    case .journalBoot: LineForm("the journal's line between two boots", "-- Boot 0123456789abcdef --", .inner)
    }
  }
}

extension LogEnvelope.Kind {
  fileprivate var form: LineForm {
    switch self {
    case .dmesgJSON: LineForm("dmesg -J", "", .everything)
    case .journalPretty: LineForm("journalctl -o json-pretty", "", .everything)
    case .journalJSON: LineForm("journalctl -o json", "", .everything)
    case .lava: LineForm("LAVA's log: the device's own lines", "- {\"lvl\": \"target\", \"msg\": …}", .inner)
    case .object:
      LineForm(
        "a JSON object a line (docker, log stores)", "{\"log\": …, \"stream\": …}", .writer)
    case .listed: LineForm("a list of strings in JSON (ansible, Jupyter)", "    \"…\",", .inner)
    case .cri: LineForm("a Kubernetes node's log", "2026-11-27T10:00:00Z stdout F ", .inner)
    case .logcat: LineForm("logcat, any -v form (thread, raw: devices' names are cut)", "", .nothing)
    case .csv: LineForm("a quoted field of a table", "2026-11-27,\"…\"", .inner)
    }
  }
}
