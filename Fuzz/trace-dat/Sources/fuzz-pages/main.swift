// Any bytes as the pages of CPU 0, in the frame of a real recording. The first byte chooses the frame.
import Bytes
import CLibFuzzer
import TraceDat

/// The samples whose formats and symbols the pages are read with: both byte orders, kprobes and function_graph.
let frames: [[UInt8]] = CommandLine.arguments.last.map { samples in
  ["kprobe-v6", "kprobe-v6-big-endian", "fgraph-v6", "fgraph-v6-big-endian"].map {
    head("\(samples)/\($0).dat", isBig: $0.hasSuffix("endian"))
  }
}!

/// The file up to its first page, without the data of any CPU.
func head(_ path: String, isBig: Bool) -> [UInt8] {
  let file = try! MappedFile(path: path)
  return file.withBytes { bytes in
    let table = bytes.index(of: "flyrecord\0")! + 10
    var head: [UInt8] = []
    for at in 0..<table { head.append(bytes[at]) }
    // Four CPUs of (offset, size), then padding up to the page where the data begins.
    head += [UInt8](repeating: 0, count: 64)
    let start = (head.count + 4095) / 4096 * 4096
    head += [UInt8](repeating: 0, count: start - head.count)
    put(UInt64(start), at: table, isBig, &head)
    return head
  }
}

func put(_ value: UInt64, at: Int, _ isBig: Bool, _ bytes: inout [UInt8]) {
  for byte in 0..<8 {
    bytes[at + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (isBig ? 7 - byte : byte)))
  }
}

let places = frames.map { $0.span.index(of: "flyrecord\0")! + 10 }

var arguments = CommandLine.argc - 1
var values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = withUnsafeMutablePointer(to: &values) { argv in
  UnsafeMutableRawPointer(argv).withMemoryRebound(
    to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
  ) { argv in
    LLVMFuzzerRunDriver(&arguments, argv) { data, size in
      guard size > 1, let data else { return 0 }
      let index = Int(data[0] & 3)
      var bytes = frames[index]
      put(UInt64(size - 1), at: places[index] + 8, index & 1 == 1, &bytes)
      bytes += UnsafeBufferPointer(start: data + 1, count: size - 1)
      guard let file = try? MappedFile(copying: bytes), var trace = try? TraceDatFile(file, input: 0) else {
        return 0
      }
      var names = NameTable()
      trace.read(names: &names) { _, _ in true }
      return 0
    }
  }
}
