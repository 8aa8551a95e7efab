/// The SHA-256 of some bytes and how many they are.
package struct ContentHash: Sendable, Hashable {
  /// 64 hex digits.
  package let text: String
  /// The first half: enough to tell logs apart, where millions are kept.
  package let half: UInt128
  /// In bytes.
  package let size: Int

  /// `digest`: the 32 bytes of the SHA-256.
  package init(digest: [UInt8], size: Int) {
    let digits = Array("0123456789abcdef".utf8)
    text = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    half = digest.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    self.size = size
  }
}
