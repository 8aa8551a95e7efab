// `report --bundle`: what a verdict was made of and the verdict itself, in one file for whoever must check it.
import Analysis
import Bytes
import Inputs
import Reading
import Records
import Reports
import SystemPackage
import Verdicts
import Writing

/// What `report --bundle` writes: inputs, answer and page of one analysis in one file.
package struct ReportBundle {
  /// An input as it was named, and the path that its bytes are read from.
  package typealias Source = (name: String, source: String)

  private let members: [BundleMember]
  private let readMe: String
  /// Of what is in the bundle, read from it.
  private let analysis: Analysis
  /// A line for each kind of thing that was replaced; empty without --scrub.
  package let replaced: [String]
  /// Inputs that are in it; those that could not be read are not.
  package var inputs: Int { members.count }

  /// `name`: the bundle's own. `analysis`: of `sources` with these claims. What is in the bundle is read once more, as its reader will:
  /// if that gives other findings, it throws.
  package init(
    named name: String, _ sources: [Source], _ analysis: Analysis, options: [String], claims: KernelClaims,
    format: InputFormat?, isScrubbed: Bool
  ) throws {
    var claims = claims
    if isScrubbed {
      var scrubber = Scrubber(keeping: Self.names(analysis))
      members = try ScrubbedInputs.members(sources, analysis, &scrubber)
      claims.tree = claims.tree.map { Self.scrubbed($0, &scrubber) }
      replaced = ScrubKind.allCases.compactMap { kind in
        let (things, places) = scrubber.replaced(kind)
        return things == 0 ? nil : "\(kind.rawValue): \(things), at \(Plain.count(places, "place"))"
      }
    } else {
      members = try Self.whole(sources)
      replaced = []
    }
    guard !members.isEmpty else { throw InputError("no kernel log and no trace to bundle") }
    readMe = ReadMe.text(members, analysis, options: options, replaced: isScrubbed ? replaced : nil)
    let content = (members: self.members, readMe: self.readMe)
    let plain = try TemporaryFile(writing: { descriptor in
      try Self.write(TarWriter(descriptor, isCompressed: false), content.readMe, content.members, nil)
    })
    let shown = BundleMember.name(0, name, in: "").dropFirst("/0-".count)
    self.analysis = Analysis.run(
      [(String(shown), plain.path)], format: format, claims: claims)
    let order = isScrubbed ? members.compactMap(\.input) : Array(analysis.inputs.indices)
    if let difference = SameFindings.difference(
      analysis, self.analysis, order, areScrubbed: isScrubbed)
    {
      throw InputError(
        isScrubbed
          ? "not written, for what is scrubbed would be judged otherwise: \(difference)"
          : "not written, for an input changed while it was read: \(difference)")
    }
    page = HTMLReport.render(self.analysis, lines: RawLines.read)
    json = JSONReport.report(self.analysis).text(indent: true) + "\n"
  }

  private let page: String
  private let json: String

  /// A tar, packed with zstd.
  package func write(to descriptor: FileDescriptor) throws {
    try Self.write(
      TarWriter(descriptor, isCompressed: true), readMe, members,
      [("report.html", Array(page.utf8)), ("report.json", Array(json.utf8))])
  }

  private static func write(
    _ tar: TarWriter, _ readMe: String, _ members: [BundleMember], _ report: [(name: String, bytes: [UInt8])]?
  ) throws {
    try tar.add(BundleLayout.readMe, Array(readMe.utf8))
    for (name, bytes) in report ?? [] { try tar.add("\(BundleLayout.report)/\(name)", bytes) }
    for member in members { try tar.add(member.name, file: member.source) }
    try tar.finish()
  }

  /// The inputs as they were named, packed as they are.
  private static func whole(_ sources: [Source]) throws -> [BundleMember] {
    try sources.enumerated().map { index, source in
      guard FileIdentity(source.source) != nil else {
        throw InputError("\(source.name) is no file, and cannot be bundled")
      }
      return BundleMember(
        name: BundleMember.name(index + 1, source.name, in: BundleLayout.named), source: source.source)
    }
  }

  /// What must stay: the names that findings are about.
  private static func names(_ analysis: Analysis) -> Set<String> {
    var names: Set<String> = []
    for boot in analysis.boots {
      for device in boot.timeline.devices.values {
        names.insert(device.name)
        if let driver = device.driver { names.insert(driver) }
      }
      for finding in boot.findings {
        names.insert(finding.device)
        if let driver = finding.driver { names.insert(driver) }
      }
      if let kernel = boot.timeline.kernel { names.insert(kernel) }
    }
    return names
  }

  /// Paths and messages of commits are not ours either.
  private static func scrubbed(_ tree: TreeAnswer, _ scrubber: inout Scrubber) -> TreeAnswer {
    var tree = tree
    tree.path = scrubber.scrub(tree.path)
    for at in tree.notes.indices { tree.notes[at] = scrubber.scrub(tree.notes[at]) }
    for at in tree.fixes.indices {
      for line in tree.fixes[at].evidence.indices {
        tree.fixes[at].evidence[line] = scrubber.scrub(tree.fixes[at].evidence[line])
      }
    }
    return tree
  }
}
