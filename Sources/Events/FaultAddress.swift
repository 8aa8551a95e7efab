// The address that a thread died of, as the lines of an oops have it.
import Bytes

enum FaultAddress {
  /// Behind which words the kernel prints it: arm64, riscv and 32-bit ARM; x86; KASAN's own lines, which know the address of the access and
  /// not that of its shadow.
  private static let words: [StaticString] = [
    "KASAN: null-ptr-deref in range [", " at addr ", " address: ", " address ", " addresses ",
  ]

  /// Nil if the line in `text` names none.
  static func of(_ line: Span<UInt8>, _ text: Range<Int>) -> UInt64? {
    for words in words {
      guard let at = line.index(of: words, from: text.lowerBound, to: text.upperBound) else { continue }
      var start = at + words.utf8CodeUnitCount
      if line.has("0x", at: start, before: text.upperBound) { start += 2 }
      let end = line.hexadecimalEnd(from: start, to: text.upperBound)
      // Fewer digits are a word that begins like a number, or the line was cut.
      if end - start >= 8 { return line.hexadecimal(start..<end) }
    }
    return nil
  }
}
