import Bytes
import Events
import Records
import SystemPackage

/// A trace.dat of trace-cmd: opened, then read once.
package struct TraceDatFile: Sendable {
  /// One ring buffer that was recorded: the top one, or an instance.
  package struct Buffer: Sendable {
    /// "" for the top buffer.
    package var name: String
    /// The name of its trace clock; "" if the file does not say.
    package var clock: String
    /// Bytes of a sub-buffer.
    var pageSize: Int
    /// In the file's order; CPUs without data are left out.
    package var cpus: [CPU] = []

    init(name: String, clock: String, pageSize: Int) {
      self.name = name
      self.clock = clock
      self.pageSize = pageSize
    }
  }

  /// What one CPU wrote into one buffer. Zero until the file was read.
  package struct CPU: Sendable {
    var id: Int32
    /// Records, needed or not.
    package var events: Int64 = 0
    /// Events lost for want of room; nil if any gap does not tell how many.
    package var lost: Int64? = 0
    /// Gaps of unknown size.
    var lostUnknown: Int64 = 0
  }

  var container: Container
  private let file: MappedFile
  let input: Int

  /// Everything that is missing or damaged; complete after `read`.
  package var losses: [Loss] { container.losses }
  /// As the file lists them; complete after `read`.
  package internal(set) var buffers: [Buffer]
  /// A CPU overwrote events that the pages say nothing of; complete after `read`.
  package internal(set) var lacksBeginning = false
  /// Whether times are those of the wall clock where the file was recorded with --date, as trace-cmd prints them.
  /// False keeps them on the trace clock, which a kernel log shares.
  package var appliesDate = true

  /// Opens `path` and reads its table of contents. `input` is its index for `Place`.
  /// Throws a `TraceDatError` if nothing of it can be read; who asked names the file.
  package init(path: String, input: Int) throws(TraceDatError) {
    do {
      try self.init(MappedFile(path: path), input: input)
    } catch Errno.illegalSeek {
      throw TraceDatError("trace.dat must be a file: save the pipe to one")
    } catch {
      let isLeftover = error is TraceDatError && path.split(separator: ".").last?.hasPrefix("cpu") == true
      let hint =
        isLeftover
        ? " (raw pages of a recorder that died: `trace-cmd restore` makes a trace.dat of them)" : ""
      throw TraceDatError("\(error)\(hint)")
    }
  }

  /// Reads the table of contents of a file that is in memory already.
  package init(_ file: MappedFile, input: Int) throws(TraceDatError) {
    self.file = file
    self.input = input
    container = try file.withBytes { bytes throws(TraceDatError) in try Container(bytes, input: input) }
    buffers = container.buffers
  }

  /// Length of the file.
  package var bytes: Int { file.count }
  /// What `uname -a` said, without the version: `Linux host release machine`.
  var uname: String? { container.options.uname }
  /// The kernel's release, for example `6.17.13+deb13-arm64`.
  package var kernelRelease: String? {
    guard let words = uname?.split(separator: " "), words.count >= 3 else { return nil }
    return String(words[2])
  }

  /// What times are. Cycles are nanoseconds only if the recorder told how to convert them.
  package var clock: TraceClock {
    switch container.options.clock {
    case "counter", "uptime": .ticks
    case "x86-tsc", "ppc-tb": container.options.tsc == nil ? .ticks : .nanoseconds
    default: .nanoseconds
    }
  }

  /// Instances may have a clock of their own (`-B name -C clock`). Nothing in the file tells how far two clocks are apart:
  /// only the buffers of one are taken, of that which has recorded most. Also makes that the file's clock.
  private mutating func chooseClock() -> Set<Int> {
    func clock(_ buffer: Int) -> String {
      buffers[buffer].clock.isEmpty ? container.options.clock ?? "" : buffers[buffer].clock
    }
    var sizes: [String: Int] = [:]
    for stream in container.streams { sizes[clock(stream.buffer), default: 0] += stream.range.count }
    for text in container.texts { sizes[clock(text.buffer), default: 0] += text.region.range.count }
    guard sizes.count > 1, let chosen = sizes.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key else {
      return []
    }
    // What the file tells of cycles is of the top buffer's clock.
    if chosen != container.options.clock { container.options.tsc = nil }
    container.options.clock = chosen
    return Set(buffers.indices.filter { clock($0) != chosen })
  }

  /// Nanoseconds that --date added to every time; take them off to come back to the trace clock.
  var dateOffset: Int64 { appliesDate ? container.options.date : 0 }

  /// Decodes what the analysis needs and hands it out by time, with the index of its buffer, until `sink` wants no
  /// more. Reads every record of every CPU, on all cores: those that nobody wants are counted. To be called once.
  package mutating func read(names: inout NameTable, _ sink: (Event, _ buffer: Int) -> Bool) {
    let mapped = file
    let leftOut = chooseClock()
    mapped.withBytes { bytes in
      let wanted = { leftOut.contains($1) || sink($0, $1) }
      readStreams(bytes, mapped, &names, wanted)
      for text in container.texts { read(text, bytes, &names, wanted) }
    }
    for index in leftOut.sorted() {
      let name = buffers[index].name.isEmpty ? "the top buffer" : "instance \(buffers[index].name)"
      container.losses.append(
        Loss(
          .unusable,
          "\(name) is on the clock \(buffers[index].clock), what is judged on \(container.options.clock ?? ""): left out; "
            + "record all on one clock (-C boot)"))
    }
    if clock == .ticks {
      let name = container.options.clock ?? ""
      container.losses.append(
        Loss(.noTimes, "the trace clock \(name) has no seconds: order only; record with -C global or -C boot")
      )
    }
  }
}
