import Foundation
import FoundationXML

/// What an XML parser sees in an SVG.
final class SVGReader: NSObject, XMLParserDelegate {
  var elements: Set<String> = []
  var attributes: Set<String> = []
  private var words: [String] = []
  private var text = ""

  struct Broken: Error { var line: Int }

  func read(_ svg: String) throws {
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    guard parser.parse() else { throw Broken(line: parser.lineNumber) }
  }

  static func words(_ svg: String) throws -> [String] {
    let reader = SVGReader()
    try reader.read(svg)
    return reader.words
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes given: [String: String]
  ) {
    elements.insert(name)
    attributes.formUnion(given.keys)
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?)
  {
    if !text.isEmpty { words.append(text) }
    text = ""
  }
}
