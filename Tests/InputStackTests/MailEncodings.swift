import Foundation

/// How mails write bytes as text.
extension Layer {
  static func quotedPrintable(_ bytes: [UInt8]) -> String {
    var out = ""
    var column = 0
    for (index, byte) in bytes.enumerated() {
      if byte == 10 {
        out += "\n"
        column = 0
        continue
      }
      let isLast = index + 1 == bytes.count || bytes[index + 1] == 10
      let isPlain = byte >= 33 && byte < 127 && byte != 61 || (byte == 32 || byte == 9) && !isLast
      let piece = isPlain ? String(UnicodeScalar(byte)) : String(format: "=%02X", byte)
      if column + piece.count > 75 {
        out += "=\n"
        column = 0
      }
      out += piece
      column += piece.count
    }
    return out
  }

  static func base64(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed]) + "\n"
  }
}
