import Bytes
import Records

/// The addresses of the functions that matter. Millions of records ask it, and nearly all get no for an answer.
struct RoleTable: Sendable {
  struct Symbol: Sendable {
    var address: UInt64
    var role: Role
    /// Which argument is the client device, if one surely is.
    var client: Int?
    /// Offset and length of the name in the text, without compiler suffix.
    var name: UInt32
    var nameLength: UInt32

    /// Nil if the function `name` has no role, is only padding or a check in front of one, or has no address.
    init?(_ address: @autoclosure () -> UInt64?, _ text: Span<UInt8>, _ name: Range<Int>) {
      guard let function = KernelFunction.of(text, name), let role = function.role,
        !text.has("__pfx_", at: name.lowerBound),
        !text.has("__cfi_", at: name.lowerBound), let address = address()
      else { return nil }
      let end =
        text.index(of: UInt8(ascii: "."), from: name.lowerBound, to: name.upperBound) ?? name.upperBound
      self.address = address
      self.role = role
      self.name = UInt32(truncatingIfNeeded: name.lowerBound)
      nameLength = UInt32(truncatingIfNeeded: end - name.lowerBound)
      if case .client(let index)? = function.argument { client = index }
    }
  }

  /// Probes and tracers name a function by its start, or by a patch site a few bytes in.
  private static let slack: UInt64 = 16

  private(set) var symbols: [Symbol] = []
  private var addresses: [UInt64] = []
  /// One bit for each hashed 32-byte block in which an address of interest may lie.
  private var filter = [UInt64](repeating: 0, count: 1024)

  /// `found` in the file's order: of several names for one address the first counts.
  init(_ found: [Symbol]) {
    var seen: Set<UInt64> = []
    // Records name their symbol by 16 bits; no kernel has a hundredth of that.
    let first = found.filter { seen.insert($0.address).inserted }.prefix(Int(UInt16.max))
    symbols = first.sorted { $0.address < $1.address }
    addresses = symbols.map(\.address)
    for address in addresses {
      for place in [address, address &+ Self.slack] {
        let (word, bit) = Self.slot(place)
        filter[word] |= bit
      }
    }
  }

  var isEmpty: Bool { symbols.isEmpty }

  @inline(__always)
  private static func slot(_ address: UInt64) -> (word: Int, bit: UInt64) {
    let hash = ((address >> 5) &* 0x9e37_79b9_7f4a_7c15) >> 48
    return (Int(hash >> 6), 1 << (hash & 63))
  }

  /// The index of the function that `address` is the beginning of.
  @inline(__always)
  func find(_ address: UInt64) -> Int? {
    let (word, bit) = Self.slot(address)
    return filter[word] & bit == 0 ? nil : search(address)
  }

  @inline(never)
  private func search(_ address: UInt64) -> Int? {
    var low = 0
    var high = addresses.count
    while low < high {
      let middle = (low + high) / 2
      if addresses[middle] <= address { low = middle + 1 } else { high = middle }
    }
    let index = low - 1
    guard index >= 0, address - addresses[index] <= Self.slack else { return nil }
    return index
  }
}
