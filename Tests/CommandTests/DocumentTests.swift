import Foundation
import TestSupport
import Testing

/// What points into the pages finds something there: links, and the citations in comments: docs/, a page's name, an anchor.
struct DocumentTests {
  /// Texts that people write; captures are none.
  private static let folders = ["Sources", "Tests", "docs", "sample-traces", "scripts", "Benchmarks", "Fuzz"]
  private static let suffixes: Set<String> = ["swift", "md", "py", "sh", "c", "h"]
  /// For examples: a text that names a page is held to it, this one too.
  private static let docs = "docs"

  /// Paths below `root` of all texts.
  static func texts(in root: URL) throws -> [String] {
    let prefix = root.standardizedFileURL.path(percentEncoded: false).count
    var paths = ["README.md"]
    for folder in folders {
      let below = root.appending(path: folder)
      let walk = try #require(
        FileManager.default.enumerator(
          at: below, includingPropertiesForKeys: nil, options: .skipsHiddenFiles),
        "\(folder) is not there")
      for case let file as URL in walk where suffixes.contains(file.pathExtension) {
        let path = file.standardizedFileURL.path(percentEncoded: false).dropFirst(prefix)
        paths.append(String(path.drop { $0 == "/" }))
      }
    }
    return paths
  }

  /// A page without its fenced code: what is a link or a heading there is none.
  private static func prose(_ page: String) -> String {
    var isCode = false
    return page.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
      let isFence = line.drop { $0 == " " }.hasPrefix("```")
      defer { if isFence { isCode.toggle() } }
      return isFence || isCode ? "" : line
    }.joined(separator: "\n")
  }

  /// The anchors that GitHub gives a page.
  static func anchors(_ page: String) -> Set<String> {
    let page = prose(page)
    var anchors = Set(page.matches(of: /<a (?:id|name)="([^"]+)"/).map { String($0.output.1) })
    var seen: [String: Int] = [:]
    for line in page.split(separator: "\n") {
      guard let heading = line.wholeMatch(of: /#{1,6} +(.+?)(?: +#+)? */)?.output.1 else { continue }
      // Of a link its text counts.
      let text = heading.replacing(/\[([^\]]*)\]\([^)]*\)/) { String($0.output.1) }.lowercased()
      let kept = text.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
      let slug = kept.replacing(" ", with: "-")
      let count = seen[slug, default: 0]
      seen[slug] = count + 1
      anchors.insert(count == 0 ? slug : "\(slug)-\(count)")
    }
    return anchors
  }

  /// What a text points to: paths below the root, with their anchors.
  static func references(_ text: String, of path: String) -> [(target: String, anchor: String)] {
    func parts(_ reference: some StringProtocol) -> (String, String) {
      let cut = reference.firstIndex(of: "#") ?? reference.endIndex
      return (String(reference[..<cut]), String(reference[cut...].dropFirst()))
    }
    var found = text.matches(of: /docs\/[A-Za-z0-9_\/-]+\.md(?:#[A-Za-z0-9_-]*)?/).map { parts($0.output) }
    guard path.hasSuffix(".md") else { return found }
    let page = prose(text).replacing(/`[^`]*`/, with: "")
    let links =
      page.matches(of: /\]\(([^)\s]+)\)/).map(\.output.1)
      + page.matches(of: /(?:src|srcset|href)="([^"\s]+)"/).map(\.output.1)
    for link in links where !link.contains(":") {
      let (target, anchor) = parts(link)
      let folder = URL(filePath: "/" + path).deletingLastPathComponent()
      let below = folder.appending(path: target).standardizedFileURL.path(percentEncoded: false)
      let whole = target.isEmpty ? path : below
      found.append((String(whole.drop { $0 == "/" }), anchor))
    }
    return found
  }

  /// What is wrong in the texts below `root`, and how many references there are.
  static func faults(in root: URL) throws -> (faults: [String], swift: Int, pages: Int) {
    // Sections of notes that are not in the repository; the words are split, for this is a Swift file.
    let notes = [
      "\u{A7}", "kernel-" + "facts", "trace-" + "formats", "ci-" + "logs.md", "android-" + "captures",
    ]
    var known: [String: Set<String>] = [:]
    var faults: [String] = []
    var (swift, pages) = (0, 0)
    for path in try texts(in: root) {
      let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
      for note in notes where text.contains(note) { faults.append("\(path) cites \(note)") }
      for (target, anchor) in references(text, of: path) {
        if path.hasSuffix(".swift") { swift += 1 } else { pages += 1 }
        let file = root.appending(path: target)
        guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
          faults.append("\(path): there is no \(target)")
          continue
        }
        guard !anchor.isEmpty else { continue }
        if known[target] == nil { known[target] = anchors(try String(contentsOf: file, encoding: .utf8)) }
        if known[target]?.contains(anchor) != true { faults.append("\(path): \(target) has no #\(anchor)") }
      }
    }
    return (faults, swift, pages)
  }

  @Test func everyReferenceIsFound() throws {
    let found = try Self.faults(in: Here.root)
    #expect(found.faults == [])
    // Nothing is held where nothing is found.
    #expect(found.swift > 50)
    #expect(found.pages > 150)
  }

  /// The test itself finds what is wrong.
  @Test(arguments: [
    ("Sources/a.swift", "// as \(docs)/page.md#gone has it", "\(docs)/page.md has no #gone"),
    ("Sources/a.swift", "// as \(docs)/gone.md has it", "there is no \(docs)/gone.md"),
    ("Sources/a.swift", "// \u{A7}1.2", "cites \u{A7}"),
    ("Tests/a.swift", "// kernel-" + "facts.md", "cites kernel-" + "facts"),
    ("\(docs)/more/third.md", "see [it](../page.md#gone)", "\(docs)/page.md has no #gone"),
    ("\(docs)/more/other.md", "see [it](page.md)", "there is no \(docs)/more/page.md"),
    ("\(docs)/more/other.md", "```\n# Code\n```\n[it](#code)", "\(docs)/more/other.md has no #code"),
    ("README.md", "<img src=\"docs/gone.svg\">", "there is no docs/gone.svg"),
    ("sample-traces/README.md", "[a\nb](gone)", "there is no sample-traces/gone"),
  ])
  func aBrokenReferenceIsAFault(_ path: String, _ text: String, _ fault: String) throws {
    let folder = try TemporaryFolder()
    for name in Self.folders + ["docs/more"] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    let page = """
      # A `page` of_its own
      ## Twice
      ## Twice
      [a](#a-page-of_its-own) [b](more/other.md) [c](#twice-1) <a id="d"></a>
      """
    _ = try folder.file(
      "README.md", "[page](\(Self.docs)/page.md#d) `[no](link)` [web](https://kernel.org/#no)")
    _ = try folder.file("\(Self.docs)/page.md", page)
    _ = try folder.file("\(Self.docs)/more/other.md", "# Other")
    #expect(try Self.faults(in: folder.url).faults == [])
    _ = try folder.file(path, text)
    #expect(try Self.faults(in: folder.url).faults.map { $0.contains(fault) } == [true])
  }

  private static func page(_ name: String) throws -> String {
    try String(contentsOf: Here.root.appending(path: "docs/" + name), encoding: .utf8)
  }

  /// docs/kernel.md has each cause under the id, the letter and the verdict that the rules give it, and all commits
  /// that they cite.
  @Test func kernelPageHasTheRules() throws {
    let page = try Self.page("kernel.md")
    let anchors = Self.anchors(page)
    let rules = try Command.rules().map { $0.split(separator: " ") }
    #expect(rules.count > 20)
    for rule in rules {
      try #require(rule.count > 2)
      #expect(anchors.contains(String(rule[1])))
      #expect(page.contains("| \(rule[0]) | [\(rule[1])](#\(rule[1])) | \(rule[2])"), "\(rule[1])")
    }
    let cited = try Self.page("rules.md").matches(of: /\*\*Kernel commits\.\*\*(.*)/).map(\.output.1)
    let commits = Set(cited.flatMap { $0.matches(of: /[0-9a-f]{12}/).map(\.output) })
    #expect(commits.count > 8)
    for commit in commits { #expect(page.contains(commit)) }
  }

  /// README.md or docs/ci.md says what each format is for.
  @Test(arguments: ["report", "scan", "timeline"]) func everyFormatIsDescribed(_ command: String) throws {
    let readme = try String(contentsOf: Here.root.appending(path: "README.md"), encoding: .utf8)
    let pages = try readme + Self.page("ci.md")
    for format in try Command.formats(of: command) {
      let word = try Regex("(?:--format |`|[|:,] )\(format)(?![a-z-])")
      #expect(pages.contains(word), "\(command) --format \(format)")
    }
  }

  /// The glossary's words are in order, three lines each, the last with the kernel's own name.
  @Test func glossaryHasThreeLinesAWord() throws {
    let words = try Self.page("glossary.md").components(separatedBy: "\n## ").dropFirst()
    #expect(words.count > 30)
    let titles = words.map { $0.prefix { $0 != "\n" } }
    #expect(titles == titles.sorted { $0.lowercased() < $1.lowercased() })
    for word in words {
      let lines = word.split(separator: "\n").dropFirst()
      #expect(lines.count == 3 && lines.last?.hasPrefix("Kernel: ") == true, "\(word)")
    }
  }

  /// python/proberace/_types.py is generated: python3 scripts/python_types.py; and each job of docs/ci.md becomes a file of the packages.
  @Test func whatPackagesAreMadeOfIsFresh() throws {
    let python = URL(filePath: "/usr/bin/env")
    func script(_ name: String) -> String {
      Here.root.appending(path: "scripts/" + name).path(percentEncoded: false)
    }
    let types = try Command.run(python, ["python3", script("python_types.py")], nil, [:])
    let kept = try String(
      contentsOf: Here.root.appending(path: "python/proberace/_types.py"), encoding: .utf8)
    #expect(types.output == kept && kept.contains("class Finding(TypedDict):"))
    let folder = try TemporaryFolder()
    let jobs = try Command.run(python, ["python3", script("jobs.py"), folder.path], nil, [:])
    #expect(jobs.code == 0, "\(jobs.errors)")
    let made = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(made == ["Jenkinsfile", "github-steps.yml", "gitlab-ci.yml", "lava.yaml"])
    for name in made {
      #expect(
        try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8).contains("proberace scan"))
    }
  }

  /// docs/accuracy.md is generated: its captures by scripts/accuracy.py; what it has of the model `make test` holds.
  @Test func accuracyPageIsFresh() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Here.samples.path(percentEncoded: false)
    ).sorted().map(Here.sample)
    let script = Here.root.appending(path: "scripts/accuracy.py").path(percentEncoded: false)
    let arguments = ["python3", script, Command.executable.path(percentEncoded: false)] + folders
    let made = try Command.run(URL(filePath: "/usr/bin/env"), arguments, nil, [:])
    #expect(made.code == 0 && made.output.contains("right, certain"), "\(made.errors)")
    #expect(try Self.page("accuracy.md").hasPrefix(made.output + "\n## The model\n"))
  }

  /// What is released is what the list of changes has last.
  @Test func changesNameTheVersionAndTheRules() throws {
    let changes = try String(contentsOf: Here.root.appending(path: "CHANGELOG.md"), encoding: .utf8)
    let version = try Command.run("--version").output.trimmingCharacters(in: .whitespacesAndNewlines)
    let newest = try #require(changes.components(separatedBy: "\n## ").dropFirst().first)
    #expect(newest.hasPrefix(version + " "))
    let said = try Command.run(
      "report", "--format", "json", "-", input: "[    0.000000] Linux version 6.17.0 (a@b)\n")
    let rules = try #require(said.json?["rules"] as? Int)
    #expect(newest.contains("Rules, revision \(rules)\n"))
    // A cause that comes or goes is a change that its users must hear of.
    let causes = try Command.rules().count
    #expect(newest.contains("- \(causes) causes "))
    // Two releases of one revision have the same causes.
    var counts: [Substring: Set<Substring>] = [:]
    for said in changes.matches(of: /Rules, revision (\d+)\n: - (\d+) causes/) {
      counts[said.output.1, default: []].insert(said.output.2)
    }
    #expect(!counts.isEmpty && counts.values.allSatisfy { $0.count == 1 })
  }
}
