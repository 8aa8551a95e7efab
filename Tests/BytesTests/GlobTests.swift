import Bytes
import Testing

struct GlobTests {
  @Test(arguments: [
    ("*.log", "boot.log"), ("boot.?", "boot.1"), ("*a*b*", "xxaxxbxx"), ("", ""), ("*", ""),
    ("boot.[12]", "boot.2"),
    ("boot.[0-9x]", "boot.7"), ("boot.[!0-9]", "boot.x"), ("boot.[^0-9]*", "boot.xyz"), ("[]]", "]"),
    ("[-a]", "-"),
    ("[a-]", "-"), ("a[b", "a[b"), ("0000:0[0-2]:1f.[0-7]", "0000:02:1f.3"), ("[ä-ü]*", "ö.log"),
  ])
  func matches(_ pattern: String, _ name: String) { #expect(Glob.matches(pattern, name)) }

  @Test(arguments: [
    ("*.log", "boot.log.gz"), ("boot.?", "boot."), ("boot.[12]", "boot.3"), ("boot.[12]", "boot.[12]"),
    ("boot.[!0-9]", "boot.5"), ("boot.[!0-9]", "boot."), ("[]]", "["), ("[b-a]", "a"), ("[b-a]", "b"),
    ("a[b", "ab"), ("", "a"),
  ])
  func doesNotMatch(_ pattern: String, _ name: String) { #expect(!Glob.matches(pattern, name)) }
}
