import Bytes
import Records

/// What a kernel log says about itself and its machine.
package struct LogFacts: Sendable {
  /// The kernel's first words are there; its version alone may come from a WARNING, in a log that lost its beginning.
  package var saysHello = false
  /// Messages are missing in between, and the log says so.
  package var hasDropped = false
  /// The release, `6.17.13+deb13-arm64`, from the hello or from a WARNING; nil if neither is there.
  package var kernel: String?
  /// As the kernel prints it at boot; nil if the line is not there.
  package var commandLine: String?
  /// The time of day that the kernel took from a clock chip, seconds since 1970; `LogEvents` knows when it did.
  package var setClock: Int64?
  /// When the boot was, by that.
  package var bootTime: Int64?
  /// `Machine model:`, from the device tree.
  package var model: String?
  /// `DMI:`, from the firmware's tables.
  var firmware: String?
  /// `Hardware name:` of a WARNING or oops.
  var name: String?
  /// `Machine:` of old kernels and of SoC drivers.
  var machine: String?

  /// What the machine is called. 32-bit ARM's reports name a family of boards only (`Generic DT based system`); others say the
  /// model, and more.
  package var hardware: String? {
    guard let model else { return name ?? firmware ?? machine }
    return name.flatMap { $0.hasPrefix(model) ? $0 : nil } ?? model
  }

  /// Started by kexec after a crash.
  package var isCrashKernel: Bool { commandLine?.utf8Span.span.index(of: "elfcorehdr=") != nil }

  package init() {}
}

extension LogFacts {
  /// Recent kernels wrap a long command line: all of its lines have the key, and all but the last end with a backslash.
  private mutating func take(commandLine part: String) {
    guard let begun = commandLine, begun.hasSuffix(" \\"), begun.utf8.count < Self.longestCommandLine else {
      commandLine = commandLine ?? part
      return
    }
    commandLine = begun.dropLast() + part
  }

  /// COMMAND_LINE_SIZE is 2048 or 4096 in most kernels.
  private static let longestCommandLine = 1 << 16

  /// Takes what the message in `text` says of the kernel and the machine; nearly all say nothing.
  package mutating func take(_ line: Span<UInt8>, _ text: Range<Int>) {
    guard text.count > 8 else { return }
    @inline(__always) func after(_ word: KernelWord) -> Range<Int>? {
      guard line.has(word.text, at: text.lowerBound, before: text.upperBound) else { return nil }
      let value = line.trimmed(text.lowerBound + word.count..<text.upperBound)
      return value.isEmpty ? nil : value
    }
    switch line[text.lowerBound] {
    case UInt8(ascii: "L"):
      if let value = after(.linuxVersion) {
        kernel = kernel ?? line.string(Self.word(line, value))
        saysHello = true
      }
    case UInt8(ascii: "M"):
      if let value = after(.machineModel) {
        model = model ?? line.string(value)
      } else if let value = after(.machine) {
        machine = machine ?? line.string(Self.ofBoard(line, value))
      }
    case UInt8(ascii: "O"):
      // "OF: fdt: Machine model:", "OF: fdt:Machine model:".
      if line.has("OF: fdt:", at: text.lowerBound),
        let key = line.index(of: KernelWord.machineModel.text, from: text.lowerBound, to: text.upperBound)
      {
        let value = line.trimmed(key + KernelWord.machineModel.count..<text.upperBound)
        if !value.isEmpty { model = model ?? line.string(value) }
      }
    case UInt8(ascii: "D"):
      // dmi_format_ids() ends with the BIOS; "DMI: Memory slots populated" is another line.
      if let value = after(.firmware),
        line.index(of: ", BIOS ", from: value.lowerBound, to: value.upperBound) != nil
      {
        firmware = firmware ?? line.string(value)
      }
    case UInt8(ascii: "H"):
      if let value = after(.hardwareName) { name = name ?? line.string(value) }
    case UInt8(ascii: "K"):
      if let value = after(.commandLine) { take(commandLine: line.string(value)) }
    case UInt8(ascii: "r"):
      // `rtc-pl031 9010000.pl031: setting system clock to 2026-11-22T13:06:24 UTC (1795352784)`
      if line.has("rtc", at: text.lowerBound), line[text.upperBound - 1] == UInt8(ascii: ")"),
        line.index(of: ": setting system clock to ", from: text.lowerBound, to: text.upperBound) != nil,
        let open = line.index(of: " UTC (", from: text.lowerBound, to: text.upperBound)
      {
        setClock = setClock ?? line.decimal(open + 6..<text.upperBound - 1)
      }
    case UInt8(ascii: "C"):
      if kernel == nil, line.has("CPU: ", at: text.lowerBound) { release(line, text) }
      // x86 says it early, too.
      if let value = after(.earlyCommandLine) { commandLine = commandLine ?? line.string(value) }
    default: break
    }
  }

  /// `ARM-Versatile Express, model: V2P-CA9`: old kernels with a device tree name the board last.
  private static func ofBoard(_ line: Span<UInt8>, _ value: Range<Int>) -> Range<Int> {
    guard let key = line.index(of: ", model: ", from: value.lowerBound, to: value.upperBound),
      key + 9 < value.upperBound
    else { return value }
    return key + 9..<value.upperBound
  }

  /// A block's own `CPU: … Not tainted 6.15.0-rc1 #109` names the kernel of a log that has lost its beginning.
  private mutating func release(_ line: Span<UInt8>, _ value: Range<Int>) {
    var at = line.index(of: "Not tainted ", from: value.lowerBound, to: value.upperBound).map { $0 + 12 }
    if at == nil, let key = line.index(of: " Tainted: ", from: value.lowerBound, to: value.upperBound) {
      var next = key + 10
      while next < value.upperBound, !(line[next] &- 48 < 10) { next += 1 }
      at = next
    }
    guard let at, at < value.upperBound, line[at] &- 48 < 10 else { return }
    kernel = line.string(Self.word(line, at..<value.upperBound))
  }

  private static func word(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    range.lowerBound..<(line.index(of: 32, from: range.lowerBound, to: range.upperBound) ?? range.upperBound)
  }
}
