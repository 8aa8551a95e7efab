import Verdicts

/// A finding and the boot that shows it.
package struct PlacedFinding: Sendable {
  /// What a report says of it.
  package var finding: Finding
  /// Whose it is.
  package var boot: BootPlace
  /// `boot`: the one that shows it.
  package init(_ finding: Finding, of boot: BootPlace) {
    self.finding = finding
    self.boot = boot
  }
}

extension Baseline {
  /// With an entry for every finding that fails, those of an unknown device apart: it would let any other pass. An entry that
  /// had expired and knows one is renewed, until `expires`, and keeps what else it says. A new one holds for the boards that it was learned on,
  /// where they have labels, and up to `rate`. Sorted, so that diffs stay small.
  package func updated(
    with failing: [PlacedFinding], bug: String?, expires: String?, rate: Double? = nil, today: String
  ) -> Baseline {
    var result = self
    for index in expired(knowing: failing, today) {
      result.entries[index].expires = expires
      result.entries[index].bug = bug ?? result.entries[index].bug
    }
    for placed in failing where !placed.finding.isOfUnknownDevice {
      guard !result.entries.contains(where: { $0.matches(placed.finding, of: placed.boot) }) else { continue }
      var entry = Entry(
        signature: placed.finding.signature, cause: placed.finding.cause?.id, device: placed.finding.device,
        bug: bug,
        expires: expires)
      entry.verdict = placed.finding.verdict.rawValue
      entry.boards = placed.boot.label.map { [$0] }
      entry.rate = rate
      result.add(entry)
    }
    result.sort()
    return result
  }

  /// Entries that have expired and know one of the findings.
  package func expired(knowing findings: [PlacedFinding], _ today: String) -> [Int] {
    entries.indices.filter { index in
      !entries[index].holds(today)
        && findings.contains { entries[index].matches($0.finding, of: $0.boot) }
    }
  }

  /// With the entries of others. Of two that say the same but for their end the later end holds.
  package func merged(with others: [Baseline]) -> Baseline {
    var result = Baseline()
    for entry in ([self] + others).flatMap(\.entries) { result.add(entry) }
    result.sort()
    return result
  }

  /// Without the entries that have expired.
  package func pruned(_ today: String) -> Baseline { Baseline(entries: entries.filter { $0.holds(today) }) }

  /// One that differs from another in its boards, or its end, alone is joined with that.
  private mutating func add(_ entry: Entry) {
    for index in entries.indices where entries[index].isSame(as: entry) {
      if let boards = entry.boards, let old = entries[index].boards {
        entries[index].boards = Set(old + boards).sorted()
      } else {
        entries[index].boards = nil
      }
      let ends = [entries[index].expires, entry.expires].compactMap(\.self)
      entries[index].expires = ends.count < 2 ? nil : ends.max()
      return
    }
    entries.append(entry)
  }

  private mutating func sort() {
    entries.sort { ($0.name, $0.verdict ?? "", $0.bug ?? "") < ($1.name, $1.verdict ?? "", $1.bug ?? "") }
  }
}

extension Baseline.Entry {
  fileprivate func isSame(as other: Self) -> Bool {
    (signature, cause, verdict, device, bug) == (
      other.signature, other.cause, other.verdict, other.device, other.bug
    )
      && (kernels, hardware, mode, comment) == (other.kernels, other.hardware, other.mode, other.comment)
      && rate == other.rate && (boards == nil) == (other.boards == nil)
  }
}
