import Bytes

/// Which byte of a character comes first.
package enum ByteOrder: Sendable { case little, big }

/// How a text that is not plain UTF-8 is encoded.
package enum TextEncoding: Equatable, Sendable {
  /// UTF-8 behind a mark, which is no part of the text.
  case markedUTF8
  /// As PowerShell's `>` writes it.
  case utf16(ByteOrder)
  case utf32(ByteOrder)

  /// Bytes that are looked at.
  private static let sniffed = 4096

  /// Tells it by the mark, or by where the NUL bytes stand in a text that is nearly all ASCII; nil for all else.
  package init?(_ head: Span<UInt8>) {
    // Nearly every text begins with a letter and has no NUL.
    guard !head.isEmpty, head[0] == 0 || head[0] > 126 || head.index(of: 0, to: Self.sniffed) != nil else {
      return nil
    }
    let marked: [(mark: [UInt8], encoding: Self)] = [
      ([0xef, 0xbb, 0xbf], .markedUTF8), ([0xff, 0xfe, 0, 0], .utf32(.little)),
      ([0, 0, 0xfe, 0xff], .utf32(.big)), ([0xff, 0xfe], .utf16(.little)), ([0xfe, 0xff], .utf16(.big)),
    ]
    for (mark, encoding) in marked
    where head.count >= mark.count && mark.indices.allSatisfy({ head[$0] == mark[$0] }) {
      if encoding == .markedUTF8 || Tally(head, from: mark.count, encoding).couldBeText {
        self = encoding
        return
      }
    }
    for encoding in [Self.utf16(.little), .utf16(.big), .utf32(.little), .utf32(.big)]
    where Tally(head, from: 0, encoding).isPlainlyText {
      self = encoding
      return
    }
    return nil
  }

  var width: Int {
    switch self {
    case .markedUTF8: 1
    case .utf16: 2
    case .utf32: 4
    }
  }

  /// The unit at `at`, all bytes of which are there.
  func unit(_ bytes: Span<UInt8>, _ at: Int) -> UInt32 {
    switch self {
    case .markedUTF8: UInt32(bytes[at])
    case .utf16(.little): UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at])
    case .utf16(.big): UInt32(bytes[at]) << 8 | UInt32(bytes[at + 1])
    case .utf32(.little):
      UInt32(bytes[at + 3]) << 24 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 1]) << 8
        | UInt32(bytes[at])
    case .utf32(.big):
      UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
        | UInt32(bytes[at + 3])
    }
  }

  /// What the beginning of a document holds if it is taken for `encoding`.
  private struct Tally {
    private var units = 0
    /// Printable ASCII, tab, line ends, the escape of colours.
    private var ascii = 0
    /// What no text has: NUL, other control characters, halves of characters, numbers that are no character.
    private var odd = 0

    init(_ head: Span<UInt8>, from start: Int, _ encoding: TextEncoding) {
      var at = start
      let end = min(head.count, TextEncoding.sniffed)
      // The second half of a character that is one of two units.
      var expectsLow = false
      while end - at >= encoding.width {
        let unit = encoding.unit(head, at)
        at += encoding.width
        units += 1
        let isLow = unit & 0xffff_fc00 == 0xdc00
        if isLow != expectsLow { odd += 1 }
        expectsLow = unit & 0xffff_fc00 == 0xd800
        switch unit {
        case 32..<127, 9, 10, 13, 27: ascii += 1
        case 0..<32, 127..<160, 0xfffe, 0xffff, 0x11_0000...: odd += 1
        default: break
        }
      }
    }

    /// Behind a mark, whatever the language.
    var couldBeText: Bool { odd * 16 <= units }

    /// Without a mark. The NUL bytes of a kernel's log stand in runs, which are characters NUL; those of images, of
    /// pages of a ring buffer and of trace.dat stand in too many places.
    var isPlainlyText: Bool { units >= 8 && odd == 0 && ascii * 5 >= units * 4 }
  }
}
