import Inputs

/// An input as it lies in the bundle.
struct BundleMember {
  /// `proberace-bundle/inputs/1-dmesg.txt`
  var name: String
  /// Where its bytes are read.
  var source: String
  /// Keeps those that are read from a temporary file.
  var copy: TemporaryFile?
  /// Which of the analysis' inputs it is; nil for a file as it was named, which may hold several.
  var input: Int?

  /// The last part of a path or of a member's name, in letters that every system takes.
  static func name(_ number: Int, _ path: String, in folder: String) -> String {
    let last = path.split { $0 == "/" || $0 == ":" }.last ?? "input"
    let plain = last.unicodeScalars.map { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          || "-_.".unicodeScalars.contains(scalar))
        ? Character(scalar) : "_"
    }
    return "\(folder)/\(number)-\(path == "-" ? "stdin" : String(plain.suffix(80)))"
  }
}
