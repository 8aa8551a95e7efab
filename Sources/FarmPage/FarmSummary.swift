import History
import Statistics
import Verdicts

/// What many boots say together, as a page shows it: made of a scan's rows, or of a history.
package struct FarmSummary: Sendable {
  /// Findings of one signature, cause and verdict.
  package struct Group: Sendable {
    /// Stable over builds.
    package var signature: String
    /// Nil if undetermined.
    package var cause: String?
    /// As JSON has it.
    package var verdict: String
    /// Those that show it.
    package var boots: Int
    /// One of them; nil if none is there any more.
    package var example: Example?
    /// Where findings are put together otherwise: what is said of it; nil of a bug.
    package var row: Row?

    package init(signature: String, cause: String?, verdict: String, boots: Int, example: Example?) {
      self.signature = signature
      self.cause = cause
      self.verdict = verdict
      self.boots = boots
      self.example = example
    }

    /// What its boots are counted under.
    var topic: String { cause ?? signature }
  }

  /// What the table of groups says of one beside its verdict.
  package struct Row: Sendable {
    /// What its findings have in common, in words; not empty.
    package var name: String
    /// Its boots, of those that could have shown it.
    package var rate: Rate
    /// Those of boots that show it.
    package var boards: Set<String>
    /// The same of kernels.
    package var kernels: Set<String>
    /// What its boots are counted under; nil if that is more than one thing.
    package var topic: String?
    /// That of all its boots, where findings are put together by boards.
    package var board: String?
    /// The same where they are put together by kernels.
    package var kernel: String?
    /// Every finding of its topic is of it: the topic's curve is its own.
    package var isOfAll = true

    package init(name: String, rate: Rate, boards: Set<String>, kernels: Set<String>) {
      self.name = name
      self.rate = rate
      self.boards = boards
      self.kernels = kernels
    }
  }

  /// A finding of a group, as far as it is known where the page is made. Nothing of it is escaped but the picture.
  package struct Example: Sendable {
    /// Where it was read: a path, or a member of an archive behind a colon.
    package var path: String
    /// The path with line and boot.
    package var title: String
    /// As printed or traced.
    package var device: String
    /// Nil if no input names it.
    package var driver: String?
    /// What is to be said of it beside, each a word or two.
    package var facts: [String] = []
    /// One sentence; nil where it was not kept.
    package var summary: String?
    /// In the order in which it is to be read.
    package var evidence: [Evidence] = []
    /// HTML of `FindingPicture`; nil where there is none.
    package var picture: String?

    package init(path: String, title: String, device: String, driver: String?) {
      self.path = path
      self.title = title
      self.device = device
      self.driver = driver
    }
  }

  /// One thing that was seen.
  package struct Evidence: Sendable {
    /// A clause.
    package var text: String
    /// Nanoseconds of the boot's clock; nil without stamps.
    package var time: Int64?
    /// The line, from 1; nil where there is none.
    package var line: Int?
    /// What stands in that line; nil where it was not kept.
    package var raw: String?

    package init(text: String, time: Int64?, line: Int?, raw: String? = nil) {
      self.text = text
      self.time = time
      self.line = line
      self.raw = raw
    }
  }

  /// What a scan comes to.
  package struct Answer: Sendable {
    /// How it is to be taken.
    package enum Tone: String, Sendable { case good, open, bad }
    /// One sentence without a full stop.
    package var text: String
    /// How it is to be taken.
    package var tone: Tone
    /// A sentence without a full stop.
    package init(_ text: String, _ tone: Tone) {
      self.text = text
      self.tone = tone
    }
  }

  /// What the boots are of, in some words.
  package var title: String
  /// What the gate says; nil of a history.
  package var answer: Answer?
  /// What must be known before anything is believed: sentences.
  package var alarms: [String] = []
  /// What is good to know beside it: sentences.
  package var notes: [String] = []
  /// What stands at the end, under a title of its own.
  package var lists: [(title: String, lines: [String])] = []
  /// Of all boots.
  package var counts: FarmCounts
  /// The same by day, in their order, boards together; empty where no days are known.
  package var days: [(day: Day, counts: FarmCounts)] = []
  /// Real ones first, of those the most frequent.
  package var groups: [Group]
  /// Findings put together otherwise (`--group-by`), and by what, in words; nil where bugs are shown.
  package var grouping: (keys: String, groups: [Group])?
  /// Those that the table has.
  var shownGroups: [Group] { grouping?.groups ?? groups }
  /// Rates that rose.
  package var regressions: [Regression]

  /// Reckons what rose, and puts the groups in their order.
  package init(title: String, counts: FarmCounts, groups: [Group]) {
    self.title = title
    self.counts = counts
    self.groups = groups.enumerated().sorted { a, b in
      (Self.place(a.element.verdict), -a.element.boots, a.offset)
        < (Self.place(b.element.verdict), -b.element.boots, b.offset)
    }.map(\.element)
    regressions = Regression.all(counts)
  }

  /// What is to be read first: the real ones.
  private static func place(_ verdict: String) -> Int {
    order.firstIndex { $0?.rawValue == verdict } ?? order.count - 1
  }

  /// Of verdicts; nil: one that this program does not know.
  static let order: [Verdict?] = [.real, .undetermined, .falsePositive, nil]
}
