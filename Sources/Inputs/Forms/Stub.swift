import Bytes
enum TextForm {
  case none
  init?(_ head: Span<UInt8>) { return nil }
  func undone(_ s: any ByteStream) -> any ByteStream { s }
}
final class MailParts: ByteStream {
  init(_ s: any ByteStream) {}
  static func mayBegin(_ head: Span<UInt8>) -> Bool { false }
  static func isMail(_ head: Span<UInt8>) -> Bool { false }
  func next() throws -> String? { nil }
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { 0 }
}
