// fuzz TARGET ARGUMENTS: libFuzzer, with its own arguments, over one target.
import CLibFuzzer
import FuzzBodies

func chosen() -> FuzzTarget {
  guard let target = CommandLine.arguments.dropFirst().first.flatMap(FuzzTarget.init(rawValue:)) else {
    fatalError(
      "usage: fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) LIBFUZZER-ARGUMENTS")
  }
  return target
}

// A global, for libFuzzer calls back without a context.
let target = chosen()
// The target takes the place of the program's name.
var count = CommandLine.argc - 1
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
_ = withUnsafeMutablePointer(to: &arguments) { pointer in
  UnsafeMutableRawPointer(pointer).withMemoryRebound(
    to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
  ) { pointer in
    LLVMFuzzerRunDriver(&count, pointer) { data, size in
      if let fault = target.read(Array(UnsafeBufferPointer(start: data, count: size))) { fatalError(fault) }
      return 0
    }
  }
}
