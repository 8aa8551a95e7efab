// Reads a Perfetto recording and prints how much it held, and the wall and CPU time of this process; with --events the events
// that the rules need, as text.
import Bytes
import Glibc
import PerfettoTrace

func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

let path = CommandLine.arguments[1]
let start = ContinuousClock.now
let source = try LineSource(path: path)
var names = NameTable()
var recording = PerfettoRecording(input: 0)
let asksForEvents = CommandLine.arguments.contains("--events")
while try source.nextBytes({ bytes, _ in
  recording.feed(bytes, &names)
  // Beyond the events of one boot none is read any more.
  if !asksForEvents { recording.forget() }
}) {}
let losses = recording.finish().losses
if asksForEvents {
  print("events \(recording.events)")
  for event in recording.texts(at: nil, &names) { print("\(event.place) \(event.text)") }
} else {
  let wall = ContinuousClock.now - start
  var usage = rusage()
  getrusage(RUSAGE_SELF.rawValue, &usage)
  print(
    "bytes \(source.offset) events \(recording.events) losses \(losses.count) wall \(wall) "
      + "user \(seconds(usage.ru_utime)) sys \(seconds(usage.ru_stime)) maxrss-KiB \(usage.ru_maxrss)")
}
