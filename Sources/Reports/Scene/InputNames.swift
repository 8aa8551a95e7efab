import Analysis
import Bytes

/// How places are written: `trace.txt:123`.
struct InputNames {
  private let names: [String]

  init(_ analysis: Analysis) { self.init(analysis.inputs.map(\.path)) }

  /// `paths`: the inputs' names, in their order.
  init(_ paths: [String]) {
    let short = paths.map { path in path.split(separator: "/").last.map(String.init) ?? path }
    // Two files of one name in two folders are told apart.
    names = short.indices.map { index in short.count { $0 == short[index] } > 1 ? paths[index] : short[index]
    }
  }

  /// As read from the command line, without its folder; not escaped.
  func name(_ input: Int) -> String { names.indices.contains(input) ? names[input] : "" }

  /// File and line; a byte offset in a binary file.
  func text(_ place: Place) -> String {
    let name = name(Int(place.input))
    guard !name.isEmpty else { return "" }
    return place.line > 0 ? "\(name):\(place.line)" : "\(name)@\(place.offset)"
  }
}
