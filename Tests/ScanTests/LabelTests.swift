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
    ] as [(String, String, [String: String]?)])
  func patterns(_ pattern: String, _ path: String, _ labels: [String: String]?) throws {
    #expect(try PathPattern(pattern).labels(of: path[...]) == labels)
  }

  @Test(arguments: ["", "a/b", "{a}{b}", "{a}/{a}", "{a", "{}", "{a b}/"])
  func patternsThatAreNone(_ pattern: String) {
    #expect(throws: PathPattern.Fault.self) { try PathPattern(pattern) }
  }
}
