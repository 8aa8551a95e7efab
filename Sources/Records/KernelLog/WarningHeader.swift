import Bytes

/// The header of a WARNING in a log whose lines were chopped: `cut -c1-60`, a pager, one column of `diff -y`.
package enum WarningHeader {
  /// Both forms that the late-probe warning's has, before v6.19 and since; `#` stands for a number.
  private static let forms: [StaticString] = [
    "WARNING: CPU: # PID: # at drivers/iommu/iommu.c:# __iommu_probe_device+",
    "WARNING: drivers/iommu/iommu.c:# at __iommu_probe_device+",
  ]

  /// The header in `text` ends before it says where it warned, and as far as it goes it may be the late-probe warning's.
  package static func isChopped(_ line: Span<UInt8>, _ text: Range<Int>) -> Bool {
    let header = line.extracting(line.trimmed(text))
    return forms.contains { form in
      let (read, isAll) = read(header, form)
      return !isAll && TripwireGap.chopEnd(header, read, isLine: true) != nil
    }
  }

  /// How far `header` goes along with a form, and whether that is all of the form.
  private static func read(_ header: Span<UInt8>, _ form: StaticString) -> (end: Int, isAll: Bool) {
    var at = 0
    for index in 0..<form.utf8CodeUnitCount {
      // A StaticString literal has as many bytes as it says.
      let byte = unsafe form.utf8Start[index]
      if byte == UInt8(ascii: "#") {
        let end = header.digitsEnd(from: at, to: header.count)
        guard end > at else { return (at, false) }
        at = end
      } else {
        guard at < header.count, header[at] == byte else { return (at, false) }
        at += 1
      }
    }
    return (at, true)
  }
}
