/// What a command's exit status says, for --help and the manual pages. docs/architecture.md has the contract.
enum ExitStatus {
  /// Why it is 2: as the end of a sentence.
  static let unread = """
    the command line is wrong, or an input could not be read, is empty, is no kernel log or trace, is cut or damaged, or tells nothing of \
    IOMMU probes; or words of the warning in it are explained by no finding.
    """

  /// Of what judges its inputs.
  static let judged = "Exit status: 0 no finding that --fail-on lists; 1 there is one; 2 \(unread)"
}
