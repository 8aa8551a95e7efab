import Testing
import Writing

/// JSON that is written in pieces is what it is whole.
@Suite struct PieceTests {
  @Test(arguments: [true, false], [0, 1, 1000]) func `pieces are the whole`(_ indent: Bool, _ count: Int) {
    let rows = JSONValue.each(count) { row in
      .object([("n", .int(Int64(row))), ("text", .string(String(repeating: "\"x", count: row % 300)))])
    }
    let value = JSONValue.object([("rows", rows), ("all", .array([rows, .null])), ("end", .bool(true))])
    var pieces: [[UInt8]] = []
    value.write(indent: indent) { pieces.append($0) }
    #expect(String(decoding: pieces.joined(), as: UTF8.self) == value.text(indent: indent))
    // None is much larger than what is handed on at a time.
    #expect(pieces.allSatisfy { $0.count < 1 << 17 } && (count < 1000 || pieces.count > 4))
  }
}
