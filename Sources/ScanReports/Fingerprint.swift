/// A short stable name for a text of any length: FNV-1a with 128 bits (draft-eastlake-fnv), 32 hex digits. It tells
/// findings apart; it is no protection against somebody who wants two of them to look alike.
enum Fingerprint {
  static func of(_ parts: String...) -> String {
    var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    for part in parts {
      for byte in part.utf8 { mix(byte, &hash) }
      // No byte of UTF-8: "a", "bc" is not "ab", "c".
      mix(0xff, &hash)
    }
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 32 - hex.count) + hex
  }

  private static func mix(_ byte: UInt8, _ hash: inout UInt128) {
    hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
  }
}
