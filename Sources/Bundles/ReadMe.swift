import Analysis
import Inputs
import Verdicts
import Writing

/// What a bundle says of itself to people, and by its first line to proberace.
enum ReadMe {
  /// `replaced`: nil if nothing was to be.
  static func text(_ members: [BundleMember], _ analysis: Analysis, options: [String], replaced: [String]?)
    -> String
  {
    var lines = [
      "Inputs of one boot and what proberace says of them, made by \(Release.title).",
      "", "Read it:   report/report.html, or report/report.json",
      "Check it:  " + (["proberace report"] + options + ["THIS-FILE"]).joined(separator: " "),
      "(it reads the inputs from this file, nothing else in it; the file need not be unpacked)", "",
      "inputs:",
    ]
    lines += members.map { "  " + Plain.safe(String($0.name.dropFirst(BundleLayout.folder.count + 1))) }
    if let replaced {
      lines += ["", "Replaced in the texts, the same thing by the same word everywhere:"]
      lines += replaced.isEmpty ? ["  nothing was found"] : replaced.map { "  \($0)" }
      lines += [
        "Names of devices and drivers, and the model's name (DMI), are as they were. What has no form to be told by",
        "(a name in a sentence) stays: read it before you send it.",
      ]
      let others = analysis.inputs.count { $0.isFound && $0.format == nil }
      if others > 0 {
        lines += ["Left out: \(Plain.count(others, "file")) beside the logs, neither log nor trace."]
      }
    }
    return BundleLayout.schema + lines.joined(separator: "\n") + "\n"
  }
}
