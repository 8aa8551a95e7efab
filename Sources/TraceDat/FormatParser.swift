// The only file that calls libtraceevent.
import Bytes
import CTraceEvent
import Synchronization

/// Reads event formats with libtraceevent. Its parser keeps process-wide state: `read` holds a lock all the while.
@safe struct FormatParser: ~Copyable {
  private static let lock = Mutex(())
  /// Fields come first in a format; no kernel has more text of them than this.
  private static let longestFields = 1 << 15

  private let handle: OpaquePointer

  /// Runs `body` with a parser while no other thread can have one; nil if there is no memory for it.
  static func run<R: Sendable>(_ order: ByteOrder, long: Int, _ body: (borrowing FormatParser) -> R) -> R? {
    lock.withLock { _ in
      guard let parser = FormatParser(order, long: long) else { return nil }
      return body(parser)
    }
  }

  private init?(_ order: ByteOrder, long: Int) {
    guard let handle = unsafe tep_alloc() else { return nil }
    unsafe self.handle = handle
    tep_set_loglevel(TEP_LOG_NONE)
    let isBigHost = 1.bigEndian == 1
    unsafe tep_set_file_bigendian(handle, order.isBig ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN)
    unsafe tep_set_local_bigendian(handle, isBigHost ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN)
    unsafe tep_set_long_size(handle, Int32(long))
  }

  deinit { unsafe tep_free(handle) }

  /// Bytes of the commit word (the kernel's long), from the text of `header_page`.
  func commitSize(_ bytes: Span<UInt8>, _ page: Range<Int>, long: Int) -> Int? {
    guard page.count < Self.longestFields, Self.isSane(bytes, page, from: page.lowerBound) else { return nil }
    var text = Self.copy(bytes, page)
    text.append(0)
    let count = UInt(page.count)
    // The copy is as long as said, ends in NUL, and is the parser's to change.
    let failed = unsafe text.withUnsafeMutableBytes { buffer in
      unsafe tep_parse_header_page(handle, buffer.baseAddress, count, Int32(long))
    }
    let size = unsafe Int(tep_get_header_page_size(handle))
    return failed == 0 && (size == 4 || size == 8) ? size : nil
  }

  /// The format whose text is `range`, or nil if it does not read like one.
  func format(_ bytes: Span<UInt8>, _ range: Range<Int>) -> RecordFormat? {
    guard let id = Self.id(bytes, range), let text = Self.fieldText(bytes, range) else { return nil }
    // The parser reads no further than the count says; the system's name does not matter for fields.
    let status = unsafe text.withUnsafeBytes { buffer in
      unsafe tep_parse_event(
        handle, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), UInt(text.count - 1), "proberace")
    }
    guard status == TEP_ERRNO__SUCCESS, let event = unsafe tep_find_event(handle, Int32(id)) else {
      return nil
    }
    return unsafe RecordFormat(
      id: id, name: String(cString: event.pointee.name),
      common: Self.fields(event.pointee.format.common_fields),
      fields: Self.fields(event.pointee.format.fields))
  }

  /// The number on the `ID:` line.
  static func id(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard let key = bytes.index(of: "\nID: ", from: range.lowerBound, to: range.upperBound) else {
      return nil
    }
    let end = bytes.digitsEnd(from: key + 5, to: range.upperBound)
    guard let id = bytes.decimal(key + 5..<end), id > 0, id <= UInt16.max else { return nil }
    return Int(id)
  }

  /// Name, ID and fields with an empty print format: that part is long, slow to parse, and not needed. Only text
  /// that has a format's alphabet reaches the library, which was not written for hostile input.
  private static func fieldText(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
    guard let end = bytes.index(of: "\nprint fmt:", from: range.lowerBound, to: range.upperBound),
      end - range.lowerBound < longestFields,
      let first = bytes.index(of: "\tfield:", from: range.lowerBound, to: end),
      isSane(bytes, range.lowerBound..<end, from: first)
    else { return nil }
    var text = copy(bytes, range.lowerBound..<end)
    text.append(contentsOf: "\nprint fmt: \"\"\n\0".utf8)
    return text
  }

  /// Whether the lines of `range`, from `first` on, are all fields or empty, and the head is plain text.
  private static func isSane(_ bytes: Span<UInt8>, _ range: Range<Int>, from first: Int) -> Bool {
    for at in range.lowerBound..<first where !isPlain(bytes[at]) { return false }
    var start = first
    while start < range.upperBound {
      let end = bytes.index(of: 10, from: start, to: range.upperBound) ?? range.upperBound
      guard start == end || isField(bytes, start..<end) else { return false }
      start = end + 1
    }
    return true
  }

  /// `	field:TYPE NAME;	offset:N;	size:N;	signed:N;`
  private static func isField(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
    guard bytes.has("\tfield:", at: line.lowerBound, before: line.upperBound),
      let type = bytes.index(of: ";\toffset:", from: line.lowerBound, to: line.upperBound),
      let offset = bytes.index(of: ";\tsize:", from: type, to: line.upperBound), line.count < 512
    else { return false }
    for at in line.lowerBound + 7..<type where !isPlain(bytes[at]) { return false }
    let sizeEnd = bytes.digitsEnd(from: offset + 7, to: line.upperBound)
    let rest = sizeEnd..<line.upperBound
    return smallNumber(bytes, type + 9..<offset) && smallNumber(bytes, offset + 7..<sizeEnd)
      && (bytes.equals(rest, ";") || bytes.equals(rest, ";\tsigned:0;") || bytes.equals(rest, ";\tsigned:1;"))
  }

  private static func smallNumber(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    bytes.decimal(range).map { $0 >= 0 && $0 < 1 << 20 } ?? false
  }

  /// What names, types and array bounds are made of; no quotes, which would open a string.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 10, 32, 42, 43, 45, 46, 47, 48...57, 58, 60, 62, 65...90, 91, 93, 95, 97...122: true
    case 40, 41, 44: true
    default: false
    }
  }

  private static func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var copy: [UInt8] = []
    copy.reserveCapacity(range.count + 32)
    for at in range { copy.append(bytes[at]) }
    return copy
  }

  private static func fields(_ first: UnsafeMutablePointer<tep_format_field>?) -> [RecordFormat.Named] {
    var fields: [RecordFormat.Named] = []
    var next = unsafe first
    // A list that libtraceevent made of at most `longestFields` bytes of text.
    while let field = unsafe next, fields.count < 4096 {
      unsafe fields.append(Self.field(field.pointee))
      unsafe next = field.pointee.next
    }
    return fields
  }

  private static func field(_ field: tep_format_field) -> RecordFormat.Named {
    func has(_ flag: tep_format_flags) -> Bool { unsafe field.flags & UInt(flag.rawValue) != 0 }
    let shape: Field.Shape =
      !has(TEP_FIELD_IS_STRING)
      ? has(TEP_FIELD_IS_ARRAY) || has(TEP_FIELD_IS_DYNAMIC) ? .other : .number
      : has(TEP_FIELD_IS_RELATIVE)
        ? .relativeText
        : has(TEP_FIELD_IS_DYNAMIC) ? .dynamicText : has(TEP_FIELD_IS_ARRAY) ? .fixedText : .other
    return unsafe RecordFormat.Named(
      name: String(cString: field.name),
      field: Field(
        offset: Int(field.offset), size: Int(field.size), isSigned: has(TEP_FIELD_IS_SIGNED), shape: shape))
  }
}
