// Events of Perfetto's recordings, where a report shows the lines of a text.
import Analysis
import Bytes
import PerfettoTrace

extension RawLines {
  /// The events at these places of a recording, which is read once more.
  static func events(_ source: LineSource, _ places: [Place]) throws -> [Block] {
    var names = NameTable()
    var recording = PerfettoRecording(input: 0)
    while try source.nextBytes({ bytes, _ in recording.feed(bytes, &names) }) {}
    var texts: [(place: Int64, text: String)] = []
    for var part in recording.parts() {
      _ = part.finish()
      texts += part.texts(at: Set(places.map(\.offset)), &names)
    }
    return texts.isEmpty
      ? [] : [texts.map { Line(number: Int($0.place), text: String($0.text.prefix(longest))) }]
  }
}
