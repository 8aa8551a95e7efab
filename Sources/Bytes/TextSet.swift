import CBytes

/// Several short texts that are looked for in one pass, at the speed of memory.
package struct TextSet: Sendable {
  // Plain bytes and pointers to literals, which live for ever; never changed after init.
  private nonisolated(unsafe) var texts = cbytes_texts()

  /// Up to 48 texts. `mark`: where in the text four bytes stand that hardly any line has.
  package init(_ texts: [(text: StaticString, mark: Int)]) {
    for (text, mark) in texts {
      // The literal lives for ever; what does not fit is refused.
      let fits = unsafe cbytes_texts_add(&self.texts, text.utf8Start, text.utf8CodeUnitCount, mark)
      precondition(fits != 0, "\(text): too many texts, or no mark at \(mark)")
    }
  }

  /// Hands each place where a text stands to `body`: the text's number, and where it begins. Goes on while that is true.
  package func each(in bytes: Span<UInt8>, _ body: (Int, Int) -> Bool) {
    guard !bytes.isEmpty else { return }
    var from = 0
    var at = 0
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe withUnsafePointer(to: texts) { texts in
        while true {
          // The search reads count bytes from base, and sets two numbers of ours.
          let number = unsafe cbytes_texts_find(texts, base, buffer.count, &from, &at)
          guard number >= 0, body(Int(number), at) else { return }
        }
      }
    }
  }
}
