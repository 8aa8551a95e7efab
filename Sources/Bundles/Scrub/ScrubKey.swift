// Words behind which a serial number or an id stands, and names that are told by where they stand.

struct ScrubKey: Sendable {
  var word: [UInt8]
  var kind: ScrubKind
  /// The word is a common one: what follows must look like a serial number.
  var isCommon: Bool

  private init(_ word: String, _ kind: ScrubKind, isCommon: Bool = false) {
    self.word = Array(word.utf8)
    self.kind = kind
    self.isCommon = isCommon
  }

  /// Longer ones first. In any case (`SerialNumber:`, `androidboot.serialno=`, `ID_SERIAL_SHORT=`).
  static let all: [ScrubKey] = [
    ScrubKey("serial number", .serial), ScrubKey("serial_number", .serial),
    ScrubKey("serial-number", .serial), ScrubKey("serialnumber", .serial), ScrubKey("serial no", .serial),
    ScrubKey("serialno", .serial), ScrubKey("product_serial", .serial), ScrubKey("board_serial", .serial),
    ScrubKey("chassis_serial", .serial), ScrubKey("serial_short", .serial), ScrubKey("asset tag", .serial),
    ScrubKey("asset_tag", .serial), ScrubKey("service tag", .serial), ScrubKey("imei", .serial),
    ScrubKey("serial", .serial, isCommon: true), ScrubKey("s/n", .serial, isCommon: true),
    ScrubKey("sn", .serial, isCommon: true),
    ScrubKey("wifimacaddr", .mac), ScrubKey("btmacaddr", .mac), ScrubKey("macaddr", .mac),
    ScrubKey("partuuid", .uuid), ScrubKey("uuid", .uuid), ScrubKey("machine_id", .uuid),
    ScrubKey("hostname", .host), ScrubKey("user", .user),
  ]

  /// Where the value behind a key that begins at `start` stands; nil if none does.
  static func value(_ line: ArraySlice<UInt8>, _ start: Int) -> Address? {
    for key in all where line.has(key.word, at: start) {
      let end = start + key.word.count
      guard end < line.endIndex, !line[end].isWord else { continue }
      // `: `, `=`, `]: [`, `":"`, `#: `, `. `; before what looks like a serial number a blank. Of users only an assignment.
      let assigns = key.kind == .user ? "=" : ":=."
      var at = end
      var isAssigned = false
      while at < line.endIndex, at < end + 8, line[at].isBlank || "]:=[\"'\\#.".utf8.contains(line[at]) {
        isAssigned = isAssigned || assigns.utf8.contains(line[at])
        at += 1
      }
      guard isAssigned || key.kind == .serial && at > end else { continue }
      var stop = at
      while stop < line.endIndex, line[stop] > 32, !"\"'\\,;]&()/".utf8.contains(line[stop]) { stop += 1 }
      let value = line[at..<stop]
      guard isAssigned ? key.takes(value) : isSerial(value) && value.count(where: \.isDigit) >= 4 else {
        continue
      }
      return Address(kind: key.kind, range: at..<stop)
    }
    return nil
  }

  private static func isSerial(_ value: ArraySlice<UInt8>) -> Bool {
    value.count >= 8 && value.allSatisfy { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") }
  }

  private func takes(_ value: ArraySlice<UInt8>) -> Bool {
    switch kind {
    case .serial where isCommon: Self.isSerial(value) && value.contains(where: \.isDigit)
    // `SerialNumber=3` is the number of a text.
    case .serial: value.count >= 4
    case .mac: value.count { $0.isHex } >= 12
    case .uuid:
      value.count >= 8 && value.allSatisfy { $0.isHex || $0 == UInt8(ascii: "-") }
    case .host: !value.isEmpty && value.allSatisfy(\.isHost)
    case .user: value.contains(where: \.isLetter) && !LoginPlaces.isCommon(value)
    default: false
    }
  }
}

extension ArraySlice<UInt8> {
  /// Whether a word in small letters stands here, in any case.
  func has(_ word: [UInt8], at start: Int) -> Bool {
    guard start + word.count <= endIndex else { return false }
    for at in word.indices where self[start + at].lowercased != word[at] { return false }
    return true
  }

  func has(_ word: String, at start: Int) -> Bool {
    guard start + word.utf8.count <= endIndex else { return false }
    return self[start..<start + word.utf8.count].elementsEqual(word.utf8)
  }
}
