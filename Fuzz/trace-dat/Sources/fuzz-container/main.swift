// Any bytes as a trace.dat: head, options, sections, formats, symbols, data.
import Bytes
import CLibFuzzer
import TraceDat

var arguments = CommandLine.argc
var values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = withUnsafeMutablePointer(to: &values) { argv in
  UnsafeMutableRawPointer(argv).withMemoryRebound(
    to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
  ) { argv in
    LLVMFuzzerRunDriver(&arguments, argv) { data, size in
      let bytes = Array(UnsafeBufferPointer(start: data, count: size))
      guard let file = try? MappedFile(copying: bytes), var trace = try? TraceDatFile(file, input: 0) else {
        return 0
      }
      var names = NameTable()
      // One in four wants no more after a few events: the rest is counted only.
      var left = size & 3 == 0 ? 20 : Int.max
      trace.read(names: &names) { _, _ in
        left -= 1
        return left > 0
      }
      return 0
    }
  }
}
