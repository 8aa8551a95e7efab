import Bytes

/// What a page's elements mean for the text in them.
enum HTMLElement {
  /// It stands inside a line.
  case inline
  /// A line of its own.
  case block
  /// A cell of a table: apart from the next one, in the same line.
  case cell
  case script, style, title
  /// A part of a drawing. Its name is a word that kernel texts put in angle brackets too.
  case drawing

  /// The element called `range`; nil for all else that stands in angle brackets, such as `<idle>` and `<TASK>`.
  init?(_ text: Span<UInt8>, _ range: Range<Int>) {
    guard let name = Self.key(text, range) else { return nil }
    if let element = Self.elements[name] {
      self = element
    } else if text.index(of: 45, from: range.lowerBound, to: range.upperBound) != nil {
      // Pages may invent names, with a hyphen in them.
      self = .drawing
    } else if Self.isOffice(text, range) {
      self = .inline
    } else {
      return nil
    }
  }

  /// `<o:p>` and others of Word's.
  private static func isOffice(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let names: [StaticString] = ["o:", "v:", "w:", "st1:"]
    return names.contains { text.hasAnyCase($0, at: range.lowerBound) }
  }

  /// The names a page begins with.
  static func isAtPageStart(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    key(text, range).map { atPageStart.contains($0) } ?? false
  }

  /// A name as a number: no known one has more than 16 letters.
  private static func key(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt128? {
    guard range.count <= 16 else { return nil }
    var key: UInt128 = 0
    for at in range { key = key << 8 | UInt128(Span<UInt8>.small(text[at])) }
    return key
  }

  private static func keys(_ names: String) -> [UInt128] {
    names.split(separator: " ").map { $0.utf8.reduce(0) { $0 << 8 | UInt128($1) } }
  }

  private static let atPageStart = Set(
    keys(
      "html head body pre script style title meta link table div span p ol ul li code h1 h2 h3 main article section"
    ))

  private static let elements: [UInt128: Self] = {
    let names: [(Self, String)] = [
      (
        .inline,
        """
        a abbr acronym area audio b base bdi bdo big body button canvas cite code col colgroup data datalist del dfn em \
        embed figcaption font frame frameset head html i iframe img input ins kbd label legend link map mark meta meter \
        nobr noscript object optgroup option output param picture progress q rp rt ruby s samp select slot small source \
        span strike strong sub sup svg tbody template textarea tfoot thead time track tt u var video wbr
        """
      ),
      (
        .block,
        """
        address article aside blockquote br caption center dd details dialog dir div dl dt fieldset figure footer form h1 \
        h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section summary table tr ul xmp
        """
      ),
      (.cell, "td th"), (.script, "script"), (.style, "style"), (.title, "title"),
      (
        .drawing,
        """
        animate circle clippath defs desc ellipse filter foreignobject g line lineargradient mask metadata path pattern \
        polygon polyline rect stop symbol text tspan use
        """
      ),
    ]
    var elements: [UInt128: Self] = [:]
    for (element, names) in names {
      for key in keys(names) { elements[key] = element }
    }
    return elements
  }()
}
