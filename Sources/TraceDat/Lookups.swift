import Bytes
import Events

/// The addresses and threads that the kept records name, so that only those are looked up.
struct Wanted {
  var addresses: Set<UInt64> = []
  var threads: Set<Int32> = []

  init(_ results: [StreamResult], _ layout: Layout, _ file: Span<UInt8>) {
    for result in results { note(result, layout, result.stream.isCompressed ? result.copied.span : file) }
  }

  private mutating func note(_ result: StreamResult, _ layout: Layout, _ bytes: Span<UInt8>) {
    for kept in result.kept where kept.plan != Kept.lost {
      let plan = layout.plans.all[Int(kept.plan)]
      let record = RecordBytes(kept, layout.walk.order)
      if let thread = record.signed(layout.plans.thread, bytes) {
        threads.insert(Int32(truncatingIfNeeded: thread))
      }
      if let caller = plan.caller, let address = record.unsigned(caller, bytes) { addresses.insert(address) }
      if plan.kind == .kernelStack {
        addresses.formUnion(Decoder.stack(record, plan, layout.walk.commitSize, bytes))
      }
    }
  }
}

extension Container {
  /// The names of `threads`, from the saved command lines: u64 size, then `tid name` lines.
  mutating func comms(
    _ threads: Set<Int32>, _ file: Span<UInt8>, _ names: inout NameTable
  ) -> [Int32: Name] {
    let order = order
    var comms: [Int32: Name] = [0: names.intern("<idle>")]
    _ = open(cmdlines, "command lines", file) { bytes in
      var cursor = Cursor(order, 0..<bytes.count)
      guard let size = cursor.u64(bytes), let text = cursor.take(size) else { return }
      var start = text.lowerBound
      while start < text.upperBound {
        let end = bytes.index(of: 10, from: start, to: text.upperBound) ?? text.upperBound
        if let blank = bytes.index(of: 32, from: start, to: end), let tid = bytes.decimal(start..<blank),
          tid > 0, threads.contains(Int32(truncatingIfNeeded: tid))
        {
          comms[Int32(truncatingIfNeeded: tid)] = names.intern(bytes, blank + 1..<end)
        }
        start = end + 1
      }
    }
    return comms
  }

  /// The text of /proc/kallsyms: u32 size, text.
  mutating func symbols<R>(_ file: Span<UInt8>, _ body: (Span<UInt8>) -> R) -> R? {
    let order = order
    let result = open(kallsyms, "kernel symbols", file) { bytes -> R? in
      var cursor = Cursor(order, 0..<bytes.count)
      guard let size = cursor.u32(bytes), let text = cursor.take(UInt64(size)) else { return nil }
      return body(bytes.extracting(text))
    }
    return result ?? nil
  }
}
