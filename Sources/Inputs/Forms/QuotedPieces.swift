import Bytes

extension QuotedLines {
  /// How the strings end and begin, which tells where the log's lines do.
  struct Pieces {
    /// Strings that end inside a line behind another one's end, those that end with a line, those that begin with one.
    private var broken = 0
    private var whole = 0
    private var begun = 0

    /// Of so many strings. Whoever logs what it has read writes a string for every read: lines begin and end anywhere in them.
    func ends(_ strings: Int) -> Ends {
      if broken >= 4, broken * 6 >= strings, whole * 4 <= strings, begun * 3 <= strings { return .ofPieces }
      return whole * 3 >= strings && broken * 8 <= strings ? .spelled : .ofStrings
    }

    /// Of so many strings, how many must hold a line's beginning.
    func lines(of strings: Int) -> Int {
      switch ends(strings) {
      case .ofStrings: strings
      case .spelled: whole
      case .ofPieces: 0
      }
    }

    func with(_ line: Span<UInt8>, _ text: Range<Int>) -> Pieces {
      var pieces = self
      if line.isStamp(text.lowerBound) { pieces.begun += 1 }
      var at = text.lowerBound
      var end: Int?
      while let backslash = line.index(of: 92, from: at, to: text.upperBound) {
        at = backslash + 2
        if line.has("\\n", at: backslash) { end = at }
      }
      guard let end else { return pieces }
      if end < text.upperBound { pieces.broken += 1 } else { pieces.whole += 1 }
      return pieces
    }
  }
}
