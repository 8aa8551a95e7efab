import TestSupport
import Testing

/// What the Tab key offers, by the script that is installed, which is asked as readline asks it.
struct CompletionTests {
  @Test(arguments: [
    ("hist", "history"),
    ("report dm", "dmesg.txt"),
    ("report --bundle tr", "trace.txt"),
    ("report --format ht", "html"),
    ("report --fail-on real,", "real,undetermined"),
    ("report --what-if dev", "device-lock"),
    ("report --input-format trace-d", "trace-dat"),
    ("scan dm", "dmesg.txt"),
    ("scan --format ju", "junit"),
    ("scan --fail-on reg", "regression"),
    ("scan --baseline dm", "dmesg.txt"),
    ("scan --group-by ker", "kernel"),
    ("timeline --format sv", "svg"),
    ("capture --target trace-", "trace-cmd"),
    ("capture --check dm", "dmesg.txt"),
    ("explain probe-before-d", "probe-before-domain"),
    ("doctor --format js", "json"),
    ("history export -o dm", "dmesg.txt"),
    ("history trend --cause silent-late-i", "silent-late-iommu"),
    ("baseline check --baseline dm", "dmesg.txt"),
  ])
  func bash(_ line: String, _ word: String) throws {
    let folder = Here.sample("natural-6.17.13-4")
    let offered = try Command.shell(
      """
      cd '\(folder)' && source <("$P" --generate-completion-script bash) || exit
      COMP_LINE='proberace \(line)'; COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_POINT=${#COMP_LINE}
      _proberace proberace "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """)
    let words = offered.output.split(separator: "\n").map { $0.hasSuffix(" ") ? $0.dropLast() : $0 }
    #expect(words.contains { $0 == word }, "\(line): \(offered.output)\(offered.errors)")
  }
}
