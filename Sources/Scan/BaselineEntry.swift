import Bytes
import FoundationEssentials
import Inputs
import Verdicts

/// Whose boot a finding is of, as far as labels and the log say.
package struct BootPlace: Sendable {
  /// Its label, else what the log calls the machine.
  package var board: String?
  /// The label and the log's own; none, one or two.
  package var kernels: [String]
  /// What the log calls the machine.
  package var hardware: String?
  /// The board's label alone.
  package var label: String?

  /// `labels`: those of the row.
  package init(labels: [String: String] = [:], kernel: String? = nil, hardware: String? = nil) {
    label = CountedFor.label("board", labels)
    board = label ?? hardware.map(CountedFor.machine)
    kernels = [CountedFor.label("kernel", labels), kernel].compactMap(\.self)
    self.hardware = hardware
  }
}

extension LogResult {
  /// Whose boot it is.
  package var place: BootPlace { BootPlace(labels: labels, kernel: kernel, hardware: hardware) }
}

extension Baseline {
  /// One thing that is known; all of its keys that are there must fit.
  package struct Entry: Sendable, Codable {
    /// A finding's signature, or a cause's id; one of them must be there.
    package var signature: String?
    /// A cause's id; nil: any.
    package var cause: String?
    /// The verdict it is known with; nil: any. Without it a harmless race would let the harmful one pass, which has
    /// the same signature.
    package var verdict: String?
    /// Glob on the device; nil: any.
    package var device: String?
    /// Globs on what the board is called: its label, else what the log calls the machine; one of them must fit. nil: any.
    package var boards: [String]?
    /// Globs on the kernel, as the label or the log has it; nil: any.
    package var kernels: [String]?
    /// Globs on what the log calls the machine; nil: any.
    package var hardware: [String]?
    /// The highest share of boots, from 0 to 1, that may show it; nil: any. Only a gate on change asks.
    package var rate: Double?
    /// Link to the bug it is waiting for.
    package var bug: String?
    /// Last day on which it holds, `2027-03-31`.
    package var expires: String?
    /// soft: pass, but show a warning. hard (or nil): pass without a word.
    package var mode: String?
    /// For people; nothing reads it.
    package var comment: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case signature, cause, verdict, device, boards, kernels, hardware, rate, bug, expires, mode, comment
    }

    /// Refuses keys that it does not know: a misspelt `expires` would hold for ever, a misspelt `device` everywhere.
    package init(from decoder: any Decoder) throws {
      let known = Set(CodingKeys.allCases.map(\.rawValue))
      if let other = try decoder.container(keyedBy: AnyKey.self).allKeys.first(where: {
        !known.contains($0.stringValue)
      }) {
        throw UnknownKey(name: other.stringValue, path: decoder.codingPath)
      }
      let values = try decoder.container(keyedBy: CodingKeys.self)
      signature = try values.decodeIfPresent(String.self, forKey: .signature)
      cause = try values.decodeIfPresent(String.self, forKey: .cause)
      verdict = try values.decodeIfPresent(String.self, forKey: .verdict)
      device = try values.decodeIfPresent(String.self, forKey: .device)
      boards = try values.decodeIfPresent([String].self, forKey: .boards)
      kernels = try values.decodeIfPresent([String].self, forKey: .kernels)
      hardware = try values.decodeIfPresent([String].self, forKey: .hardware)
      rate = try values.decodeIfPresent(Double.self, forKey: .rate)
      bug = try values.decodeIfPresent(String.self, forKey: .bug)
      expires = try values.decodeIfPresent(String.self, forKey: .expires)
      mode = try values.decodeIfPresent(String.self, forKey: .mode)
      comment = try values.decodeIfPresent(String.self, forKey: .comment)
    }

    /// Holds for any verdict, and passes without a word.
    package init(
      signature: String? = nil, cause: String? = nil, device: String? = nil, bug: String? = nil,
      expires: String? = nil
    ) {
      self.signature = signature
      self.cause = cause
      self.device = device
      self.bug = bug
      self.expires = expires
    }

    /// It lets a finding pass and shows it as a warning.
    package var isSoft: Bool { mode == "soft" }
    /// What messages call the entry.
    package var name: String { "\(signature ?? cause ?? "?")\(device.map { " on \($0)" } ?? "")" }

    /// For people: what it names, what limits it, and whether it has expired.
    package func description(_ today: String) -> String {
      var parts = [name, verdict, signature == nil ? nil : cause].compactMap(\.self)
      for (what, globs) in [("boards", boards), ("kernels", kernels), ("hardware", hardware)] {
        if let globs { parts.append("\(what): \(globs.joined(separator: " "))") }
      }
      if let rate { parts.append("at most \(rate) of the boots") }
      if let expires { parts.append(holds(today) ? "until \(expires)" : "EXPIRED on \(expires)") }
      if isSoft { parts.append("soft") }
      return (parts + [bug, comment].compactMap(\.self)).joined(separator: ", ")
    }

    func matches(_ finding: Finding, of boot: BootPlace) -> Bool {
      guard signature != nil || cause != nil else { return false }
      return holds(at: boot) && knows(finding)
    }

    /// The boot is of one of its boards, kernels and machines.
    func holds(at boot: BootPlace) -> Bool {
      let machine = [boot.hardware, boot.hardware.map(CountedFor.machine)]
      return Self.fits(boards, boot.label == nil ? machine : [boot.board])
        && Self.fits(kernels, boot.kernels) && Self.fits(hardware, machine)
    }

    private static func fits(_ globs: [String]?, _ names: [String?]) -> Bool {
      guard let globs else { return true }
      return names.contains { name in
        guard let name else { return false }
        return globs.contains { $0 == name || Glob.matches($0, name) }
      }
    }

    private func knows(_ finding: Finding) -> Bool {
      (signature.map { $0 == finding.signature } ?? true)
        && (cause.map { $0 == finding.cause?.id } ?? true)
        && (verdict.map { $0 == finding.verdict.rawValue } ?? true)
        && (device.map { $0 == finding.device || Glob.matches($0, finding.device) } ?? true)
    }

    func holds(_ today: String) -> Bool { expires.map { today <= $0 } ?? true }
  }
}
