// What is around a line: JSON and its like are undone, and what is in them are lines again.
import Bytes

extension TextReader {
  /// Undoes JSON and its like; what is in it are lines again.
  mutating func open(
    _ line: Span<UInt8>, _ place: Place, _ outer: LogPrefix, _ depth: Int, _ isWhole: Bool,
    _ sink: inout some TextSink
  ) {
    if !margin.isEmpty, openBehindMargin(line, place, outer, isWhole, &sink) { return }
    // printk's lines begin with a bracket and are no JSON.
    if line[0] != UInt8(ascii: "[") || envelope.logcat.takesBracket(line), depth < Self.deepest,
      unwrap(line, place, depth, &sink)
    {
      return
    }
    var prefix = LogPrefix.layers(line, inside: outer)
    // JSON behind a CI system's time; a container's line, which begins with a time of its own, behind a quote mark.
    if prefix.text > 0, prefix.stage == .outside, depth < Self.deepest {
      var layer = outer
      layer.text = 0
      while layer.text < prefix.text, layer.stripOne(line), layer.text < line.count {
        if unwrap(line.extracting(layer.text...), place, depth, &sink) { return }
      }
    }
    route(line, &prefix, place, isWhole, &sink)
  }

  /// False if the line is no envelope that is known.
  mutating func unwrap(
    _ line: Span<UInt8>, _ place: Place, _ depth: Int, _ sink: inout some TextSink
  ) -> Bool {
    let at = line.skipBlanks(from: 0, to: line.count)
    if at < line.count, DmesgJSON.begins(line, at) { envelope.isDmesg = true }
    // What comes out of dmesg's JSON is a message, whatever it looks like.
    guard at < line.count, envelope.mayBegin(line[at], depth: depth),
      LogEnvelope.open(line, at, &envelope, depth: depth)
    else { return false }
    if envelope.messages.isEmpty {
      sink.pass(over: line, place)
      // The journal's pretty form has a field a line, and the message comes at the entry's end.
      if line.has("\"MESSAGE\"", at: at) { messagePlace = place }
      return true
    }
    lookInside(messagePlace ?? place, depth, &sink)
    messagePlace = nil
    return true
  }

  /// The messages that came out of an envelope.
  mutating func lookInside(_ place: Place, _ depth: Int, _ sink: inout some TextSink) {
    // Moved out and back: a message may be JSON again.
    let messages = envelope.messages
    let text = envelope.text
    envelope.text = []
    var start = 0
    for (prefix, end) in messages {
      lookInside(text.span.extracting(start..<end), place, prefix, depth + 1, &sink)
      start = end
    }
    envelope.text = text
  }

  /// The lines of a message that came out of an envelope.
  mutating func lookInside(
    _ text: Span<UInt8>, _ place: Place, _ outer: LogPrefix, _ depth: Int, _ sink: inout some TextSink
  ) {
    if text.index(of: 27) != nil || text.index(of: 0) != nil {
      var clean: [UInt8] = []
      LineCleaner.clean(text, into: &clean)
      return lookInside(clean.span, place, outer, depth, &sink)
    }
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      let line = text.extracting(start..<max(start, text.trimmed(start..<end).upperBound))
      if !line.isEmpty { open(line, place, outer, depth, false, &sink) }
      start = end + 1
    }
  }
}
