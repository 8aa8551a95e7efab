// What the search looks for, and by which four bytes.
import Bytes
import Records

extension LogLook {
  enum Sign {
    case engine, message, journal, tracer, dump, frame, configure, userSpace
    case word(KernelWord.Meaning)
  }

  /// What the rules read comes from the list that they have it from. The marks were chosen together by Benchmarks/marks.py:
  /// little else in boot logs fits one.
  // swift-format-ignore
  static let signs: [(text: StaticString, mark: Int, sign: Sign)] = KernelWord.allCases.compactMap { word in
    word.sought.map { (word.text, $0.mark, .word($0.meaning)) }
  } + [
    // The message, however a mail has wrapped it.
    ("IOMMU", 1, .message), ("something fishy", 9, .engine), ("# tracer: ", 0, .tracer), ("proberace board-facts ", 15, .engine), ("Dumping ftrace", 6, .dump),
    // A frame of a stack; kernel command lines that trace the function have it without.
    ("iommu_probe_device+0x", 9, .frame), ("iommu_probe_device.", 9, .frame), ("_dma_configure+", 11, .configure),
    ("_dma_configure.", 11, .configure),
    ("probe_iommu_group+", 11, .frame),
    // A client that gave up, where a line was broken inside of these words.
    ("ignoring\n", 1, .word(.gaveUp)), ("ignoring \n", 1, .word(.gaveUp)), ("ignoring\r\n", 1, .word(.gaveUp)),
    // Messages that are lost; the journal's are among the words.
    ("printk messages dropped", 3, .engine),
    // The journal's JSON writes a message that is no clean text as numbers: no text is found in those.
    ("\"MESSAGE\"", 0, .journal),
  ] + UserSpaceWord.all.map { ($0.text, $0.mark, .userSpace) }
  static let all = TextSet(signs.map { ($0.text, $0.mark) })
  /// Those of user space come last, and often: once one was seen the rest are not looked for.
  static let early = TextSet(
    signs.prefix { if case .userSpace = $0.sign { false } else { true } }.map { ($0.text, $0.mark) })
}
