import Bytes

/// A character as pages spell it: `&lt;`, `&#39;`, `&#x27;`.
enum HTMLEntity {
  /// No entity that is read is longer.
  static let longest = 12

  /// The character that the entity at `at` stands for and the entity's length; nil for what is none.
  static func read(_ text: Span<UInt8>, _ at: Int) -> (scalar: UInt32, length: Int)? {
    guard let end = text.index(of: 59, from: at + 1, to: at + longest) else { return nil }
    let name = at + 1..<end
    guard !name.isEmpty else { return nil }
    let scalar = text[at + 1] == 35 ? number(text, at + 2..<end) : named(text, name)
    return scalar.map { ($0, end + 1 - at) }
  }

  private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    guard let first = range.first else { return nil }
    let isHexadecimal = text[first] | 32 == 120
    let digits = isHexadecimal ? first + 1..<range.upperBound : range
    guard !digits.isEmpty, digits.count <= 8 else { return nil }
    var value: UInt64 = 0
    for at in digits {
      guard let digit = Span<UInt8>.hexDigit(text[at]), isHexadecimal || digit < 10 else { return nil }
      value = value * (isHexadecimal ? 16 : 10) + UInt64(digit)
    }
    // Eight hexadecimal digits at most. A blank that keeps its neighbours together is a blank to a kernel.
    return value == 0xa0 ? 32 : value == 0 ? 0xfffd : UInt32(value)
  }

  private static func named(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    guard range.count <= 8 else { return nil }
    var key: UInt64 = 0
    for at in range { key = key << 8 | UInt64(text[at]) }
    return names[key]
  }

  private static let names: [UInt64: UInt32] = {
    let characters: [(String, UInt32)] = [
      ("lt", 60), ("gt", 62), ("amp", 38), ("quot", 34), ("LT", 60), ("GT", 62), ("AMP", 38), ("QUOT", 34),
      ("apos", 39), ("nbsp", 32), ("ensp", 32), ("emsp", 32), ("thinsp", 32), ("Tab", 9), ("NewLine", 10),
      ("num", 35), ("dollar", 36), ("percnt", 37), ("lpar", 40), ("rpar", 41), ("ast", 42), ("plus", 43),
      ("comma", 44), ("period", 46), ("sol", 47), ("colon", 58), ("semi", 59), ("equals", 61), ("quest", 63),
      ("commat", 64), ("lsqb", 91), ("lbrack", 91), ("bsol", 92), ("rsqb", 93), ("rbrack", 93), ("Hat", 94),
      ("lowbar", 95), ("grave", 96), ("lcub", 123), ("lbrace", 123), ("vert", 124), ("verbar", 124),
      ("rcub", 125), ("rbrace", 125), ("copy", 169), ("reg", 174), ("deg", 176), ("plusmn", 177),
      ("micro", 181), ("middot", 183), ("laquo", 171), ("raquo", 187), ("times", 215), ("ndash", 0x2013),
      ("mdash", 0x2014), ("lsquo", 0x2018), ("rsquo", 0x2019), ("ldquo", 0x201c), ("rdquo", 0x201d),
      ("bull", 0x2022), ("hellip", 0x2026), ("larr", 0x2190), ("rarr", 0x2192), ("le", 0x2264),
      ("ge", 0x2265),
    ]
    var names: [UInt64: UInt32] = [:]
    for (name, scalar) in characters { names[name.utf8.reduce(0) { $0 << 8 | UInt64($1) }] = scalar }
    return names
  }()
}
