import Testing

@testable import History

struct DayTests {
  @Test(arguments: [
    ("1970-01-01", 0), ("2026-11-28", 20785), ("20261128", 20785), ("2024-02-29", 19782),
    ("2000-03-01", 11017),
  ])
  func day(_ text: String, _ number: Int) {
    #expect(Day(text)?.number == number)
    #expect(Day(Day(number: number).text)?.number == number)
  }

  @Test(arguments: [
    "", "2026-11-31", "2025-02-29", "2026-13-01", "2026-1-01", "202611-28", "2026/11/28", "tomorrow",
    "2026-11-28x",
  ])
  func none(_ text: String) { #expect(Day(text) == nil) }
}
