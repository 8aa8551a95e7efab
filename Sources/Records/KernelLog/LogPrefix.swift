import Bytes

/// What stands left of the message on one line of a kernel log.
package struct LogPrefix: Sendable {
  /// Nanoseconds since boot; nil if the line has none.
  package var time: Int64?
  /// Whose clock `time` is of; none without a stamp.
  package var clock = LogClock.none
  /// Nanoseconds; 0 without a stamp.
  package var resolution: Int64 = 0
  /// False behind a stamp of a daemon that sorts.
  package var keepsOrder = true
  /// Who printed it; none without CONFIG_PRINTK_CALLER.
  package var caller = LogCaller.none
  /// A level stands on the line, as `<6>` or in words.
  package var hasLevel = false
  /// A stamp that only counts from the line before.
  var isRelative = false
  var hasStamp: Bool { clock != .none || isRelative }
  /// A log daemon says that the kernel printed it.
  var isKernels = false
  /// Not a kernel message: another program's, or a container's own line.
  package var isForeign = false
  /// Lines with `KEY=value` follow it (/dev/kmsg).
  var isKmsg = false
  /// Messages lost before this one, where the line says so.
  var dropped: Int64?
  /// A console that took over prints its last line again: the line before this one may have broken off, and the next
  /// one is that line, whole, with the same stamp.
  var isReplay = false
  /// The journal says that another boot begins.
  var beginsBoot = false
  /// Where the message begins.
  package var text = 0

  /// More layers than this are no log.
  private static let mostLayers = 12
  /// A stamp behind other output is looked for in so many bytes.
  private static let longestGlue = 512

  init() {}

  /// Never fails: a line without a prefix is all message.
  package static func parse(_ line: Span<UInt8>) -> LogPrefix {
    PlainLine(line).map { LogPrefix($0) } ?? parse(line, inside: LogPrefix())
  }

  /// `outer`: what a wrapper of the whole line (JSON) said already.
  static func parse(_ line: Span<UInt8>, inside outer: LogPrefix) -> LogPrefix {
    var prefix = layers(line, inside: outer)
    prefix.findStampIfNone(line)
    return prefix
  }

  /// What the line begins with, and nothing that is looked for further on.
  static func layers(_ line: Span<UInt8>, inside outer: LogPrefix) -> LogPrefix {
    var prefix = outer
    prefix.text = 0
    prefix.stripAll(line)
    return prefix
  }

  /// Behind a prompt, a boot loader's or a program's output on the same line.
  mutating func findStampIfNone(_ line: Span<UInt8>) {
    if !hasStamp, !isForeign, !isKernels, findStamp(line) { stripAll(line) }
  }

  /// Whether only a kernel's log has such a line. Programs have printk stamp theirs by writing to /dev/kmsg, and their
  /// consoles are logged with such stamps: `[    4.100001] toydump[811]: …`. The X server's have three digits behind the point.
  func isOfKernel(_ line: Span<UInt8>) -> Bool {
    let isOthers = clock == .boot && resolution == 1_000_000
    return isKernels || (hasStamp && !isOthers || hasLevel) && !isForeign && !Self.namesProcess(line, text)
  }

  /// Whether a message that begins at `start` is the kernel's first, or the one in front of that.
  package static func saysHello(_ line: Span<UInt8>, _ start: Int) -> Bool {
    line.has(KernelWord.linuxVersion.text, at: start) || beginsBooting(line, start)
  }

  /// ARM's line above its hello.
  package static func beginsBooting(_ line: Span<UInt8>, _ start: Int) -> Bool {
    line.has("Booting Linux on physical CPU", at: start)
  }

  /// `name[811]: `, `(udev-worker)[811]: `, and the same behind a host's name, as a journal has it.
  static func namesProcess(_ line: Span<UInt8>, _ start: Int) -> Bool {
    let limit = min(line.count, start + 60)
    var at = start
    for _ in 0..<2 {
      let word = at
      at = line.wordEnd(from: at, to: limit)
      while at < limit, line[at] > 32, line[at] != UInt8(ascii: "["), line[at] != UInt8(ascii: ":") {
        at += 1
      }
      guard at > word, at < limit else { return false }
      if line[at] == UInt8(ascii: "[") {
        let end = line.digitsEnd(from: at + 1, to: line.count)
        return end > at + 1 && line.has("]:", at: end)
      }
      guard line[at] == 32 else { return false }
      at += 1
    }
    return false
  }

  @inline(__always)
  var stage: LogDialect.Stage {
    clock == .boot || clock == .received || isRelative ? .inside : clock == .wall ? .wrapped : .outside
  }

  private mutating func stripAll(_ line: Span<UInt8>) {
    // Nearly every line begins with its stamp: no table is needed for that.
    if line.count > 0, line[0] == UInt8(ascii: "["), stage == .outside {
      _ = PrintkStamp.strip(&self, line, 0)
    }
    var layers = 0
    while layers < Self.mostLayers, stripOne(line) { layers += 1 }
  }

  /// Takes off the next layer; false if none is there.
  @inline(__always)
  mutating func stripOne(_ line: Span<UInt8>) -> Bool {
    guard text < line.count, !isForeign else { return false }
    // Blanks belong to the message once a stamp was seen: call-trace frames begin with one.
    let at = stage == .outside ? line.skipBlanks(from: text, to: line.count) : text
    return at < line.count && LogDialect.stripOne(&self, line, at)
  }

  /// `root@board:~# [   21.382260] PM: suspend entry`: printk's stamp has six digits of fraction.
  private mutating func findStamp(_ line: Span<UInt8>) -> Bool {
    let end = min(line.count, text + Self.longestGlue)
    var at = text
    while let bracket = line.index(of: UInt8(ascii: "["), from: at, to: end) {
      var found = self
      if PrintkStamp.strip(&found, line, bracket), found.resolution == 1000 {
        self = found
        return true
      }
      at = bracket + 1
    }
    return false
  }

  /// Moves the message's start behind the one blank (or the mail's U+00A0) that printk puts behind its prefixes.
  mutating func end(at end: Int, _ line: Span<UInt8>) { text = Self.messageStart(line, behind: end) }

  @inline(__always)
  static func messageStart(_ line: Span<UInt8>, behind end: Int) -> Int {
    if end < line.count, line[end] == 32 { return end + 1 }
    return line.has("\u{a0}", at: end) ? end + 2 : end
  }

  mutating func stamp(_ time: Int64?, _ clock: LogClock, resolution: Int64) {
    self.time = time
    self.clock = clock
    self.resolution = resolution
  }
}
