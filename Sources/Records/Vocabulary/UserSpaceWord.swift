/// By what a boot's log shows that it reaches user space: words of its lines, anywhere in them.
package enum UserSpaceWord {
  /// Each with the byte from which its rarest four begin, see Benchmarks/marks.py.
  package static let all: [(text: StaticString, mark: Int)] = [
    ("Freeing unused kernel", 8), ("Run /", 0), ("systemd[1]", 5), ("] init: ", 4), (" login: ", 4),
  ]
}
