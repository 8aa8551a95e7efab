// Reads a trace.dat and prints how much it held, and the wall and CPU time of this process.
import Bytes
import Glibc
import TraceDat

func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

let start = ContinuousClock.now
var names = NameTable()
var events = 0
var file = try TraceDatFile(path: CommandLine.arguments[1], input: 0)
file.read(names: &names) { _, _ in
  events += 1
  return true
}
let wall = ContinuousClock.now - start
var usage = rusage()
getrusage(RUSAGE_SELF.rawValue, &usage)
let records = file.buffers.flatMap(\.cpus).reduce(0) { $0 + $1.events }
print(
  "records \(records) events \(events) losses \(file.losses.count) wall \(wall) user \(seconds(usage.ru_utime)) "
    + "sys \(seconds(usage.ru_stime)) maxrss-KiB \(usage.ru_maxrss)")
for loss in file.losses { print("  \(loss.kind.rawValue) \(loss.detail) at \(loss.place?.offset ?? -1)") }
