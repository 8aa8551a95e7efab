import Scan
import Testing

struct LabelTests {
  @Test(
    arguments: [
      ("{board}/{kernel}/", "rpi/6.17/boot.log", ["board": "rpi", "kernel": "6.17"]),
      ("{board}/{kernel}/", "rpi/6.17/a/b/boot.log", ["board": "rpi", "kernel": "6.17"]),
      ("{board}/{kernel}/", "rpi/boot.log", nil),
      ("{board}/{kernel}", "rpi/6.17", ["board": "rpi", "kernel": "6.17"]),
      ("{board}/{kernel}", "rpi/6.17/boot.log", nil),
      ("{date}_{board}.log", "2026-11-28_rk3588_evb.log", ["date": "2026-11-28", "board": "rk3588_evb"]),
      ("{date}_{board}.log", "2026-11-28.log", nil),
      ("run-{n}/{board}/", "run-/x/log", nil),
      ("run-{n}/{board}/", "run-7/x/log", ["n": "7", "board": "x"]),
      ("{a}.{b}.log", "x.log.log", ["a": "x", "b": "log"]), ("{a}log", "loglog", ["a": "log"]),
      ("{a}--{b}", "x---y", ["a": "x", "b": "-y"]), ("a{n}a", "aa", nil),
      ("a{n}b{m}", "abbb", ["n": "b", "m": "b"]),
      ("{board}/run-{n}", "a/run-\u{301}x", ["board": "a", "n": "\u{301}x"]),
      ("{board}/", "a/\u{301}x", ["board": "a"]),
      // A hostile name: every way to part it would be tried for ever.
      ("{a}-{b}-{c}-{d}-{e}-{f}.log", String(repeating: "-", count: 250), nil),
    ] as [(String, String, [String: String]?)])
  func patterns(_ pattern: String, _ path: String, _ labels: [String: String]?) throws {
    #expect(try PathPattern(pattern).labels(of: path[...]) == labels)
  }

  @Test(arguments: ["", "a/b", "{a}{b}", "{a}/{a}", "{a", "{}", "{a b}/"])
  func patternsThatAreNone(_ pattern: String) {
    #expect(throws: PathPattern.Fault.self) { try PathPattern(pattern) }
  }
}
