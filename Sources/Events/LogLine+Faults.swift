// DMA that an IOMMU refused, in the words of each driver (docs/kernel.md#faults): whose it was, and at which address.
import Bytes
import Records

extension LogLine {
  /// `event: F_TRANSLATION client: 0000:00:05.0 sid: 0x28 ssid: 0x0 iova: 0x45972402 ipa: 0x0` (arm-smmu-v3).
  static func fault(_ line: Span<UInt8>, _ rest: Range<Int>, _ names: inout NameTable) -> LogEvent
    .What?
  {
    guard let key = line.index(of: " client: ", from: rest.lowerBound, to: rest.upperBound) else {
      return nil
    }
    let client = word(line, key + 9..<rest.upperBound)
    let iova = line.index(of: " iova: ", from: client.upperBound, to: rest.upperBound)
      .flatMap { line.hexadecimal(word(line, $0 + 7..<rest.upperBound)) }
    return .fault(device: names.intern(line, client), iova: iova)
  }

  /// `14830000.decon: [READ] PAGE FAULT occurred at 0x67000000` (exynos), `Unhandled context fault: fsr=0x402,
  /// iova=0x9d7a9000, …` (arm-smmu, which names no client).
  static func pageFault(
    _ line: Span<UInt8>, _ name: Range<Int>, _ rest: Range<Int>, _ word: KernelWord?,
    _ names: inout NameTable
  ) -> LogEvent.What? {
    // Few lines have an `F`, and one byte is found faster than nineteen.
    if let key = line.index(of: UInt8(ascii: "F"), from: rest.lowerBound, to: rest.upperBound),
      let key = line.index(
        of: KernelWord.pageFault.text, from: max(rest.lowerBound, key - 1), to: rest.upperBound)
    {
      let iova = line.hexadecimal(Self.word(line, key + KernelWord.pageFault.count..<rest.upperBound))
      let colon = line.index(of: ": [", from: rest.lowerBound, to: key)
      return .fault(device: names.intern(line, colon.map { rest.lowerBound..<$0 } ?? name), iova: iova)
    }
    guard word == .contextFault,
      let key = line.index(of: "iova=", from: rest.lowerBound, to: rest.upperBound)
    else { return nil }
    var end = key + 5
    while end < rest.upperBound, line[end] != UInt8(ascii: ",") { end += 1 }
    return .fault(device: names.intern(line, name), iova: line.hexadecimal(key + 5..<end))
  }

  /// `page fault from EP 135 at 0x45972402 []` (virtio-iommu): 135 is function 10.7 of bus 0.
  static func endpointFault(
    _ line: Span<UInt8>, _ rest: Range<Int>, _ names: inout NameTable
  ) -> LogEvent.What? {
    let number = word(line, rest.lowerBound + KernelWord.endpointFault.count..<rest.upperBound)
    guard let endpoint = line.decimal(number), (0...0xffff).contains(endpoint) else { return nil }
    let iova =
      line.has(" at ", at: number.upperBound, before: rest.upperBound)
      ? line.hexadecimal(word(line, number.upperBound + 4..<rest.upperBound)) : nil
    let name = PCIAddress(UInt16(endpoint)).name
    return .fault(device: names.intern(name), iova: iova)
  }
}
