import ArgumentParser
import Glibc
import Verdicts

@main
struct Proberace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proberace",
    abstract: "Tells harmless IOMMU probe races from harmful ones, from ftrace and dmesg captures.",
    discussion: """
      Give it all the files of one boot: the kernel log, and the trace if there is one. For every \
      "late IOMMU probe at driver bind, something fishy here!" it says false positive, real or \
      undetermined, with the lines that prove it. Some of the worst cases print nothing; it finds those too.

        proberace report dmesg.txt trace.txt

      \(ExitStatus.judged)
      """,
    version: Release.version,
    subcommands: [
      Report.self, ScanCommand.self, TimelineCommand.self, Capture.self, Formats.self, Rules.self,
      Explain.self, BaselineCommand.self, HistoryCommand.self, DoctorCommand.self,
    ])

  /// Without arguments: what can be done on the reader's own machine, at once.
  private static let firstMinute = """
    dmesg | proberace report -     # this boot: did a driver start before its IOMMU? (sudo dmesg, where it needs root)
    journalctl -k -b -1 -o short-monotonic | proberace report -    # the boot before
    proberace doctor               # what this machine can show, and how to capture it

    proberace --help has the rest, the manual page proberace(7) explains the warning.

    """

  func run() { Output.write(Self.firstMinute, to: nil) }

  static func main() {
    // A reader that has seen enough (head, less) is no error: write() then says EPIPE, see Output.
    _ = signal(SIGPIPE, SIG_IGN)
    // A limit on file sizes is as a full disk: write() then says EFBIG.
    _ = signal(SIGXFSZ, SIG_IGN)
    keepStandardDescriptors()
    // Swift reads the arguments there. Without it not even the program's name comes, and a gate would be off.
    guard !CommandLine.arguments.isEmpty else {
      Diagnostics.say(
        "proberace: /proc is not mounted, so the arguments cannot be read; mount -t proc proc /proc")
      Self.leave(2)
    }
    do {
      var command = try parseAsRoot()
      do {
        try command.run()
      } catch let refusal as ValidationError {
        // The command line was understood: how to write one is no help.
        Diagnostics.say("proberace: \(refusal)")
        Self.leave(2)
      }
    } catch {
      let code = exitCode(for: error)
      if let code = error as? ExitCode { Self.leave(code.rawValue) }
      let message = fullMessage(for: error)
      if code == .success {
        Output.write(message + "\n", to: nil)
        Self.leave(0)
      }
      Diagnostics.say(message)
      // ArgumentParser's own code for a wrong command line is 64; the contract says 2.
      Self.leave(2)
    }
  }

  /// Those that are closed would be given to the first files that are opened: what is said would go into a report. What
  /// takes their place can still not be read or written.
  private static func keepStandardDescriptors() {
    for (descriptor, mode) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY),
    ]
    where fcntl(descriptor, F_GETFD) < 0 {
      _ = unsafe open("/dev/null", mode)
    }
  }

  static func leave(_ code: Int32) -> Never { Glibc.exit(code) }
}
