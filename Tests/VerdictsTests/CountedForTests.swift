import Testing
import Verdicts

/// What a boot counts for.
struct CountedForTests {
  @Test(
    arguments: [
      ([:], "Toy Board", "Toy Board"), ([:], "Toy Board (DT)", "Toy Board"), ([:], nil, "unknown"),
      ([:], "Toy Board (DT) rev 2", "Toy Board (DT) rev 2"),
      (["board": "toy (DT)"], "Toy Board (DT)", "toy (DT)"),
      (["board": ""], "Toy Board (DT)", "Toy Board"),
    ] as [([String: String], String?, String)])
  func boards(_ labels: [String: String], _ hardware: String?, _ board: String) {
    #expect(CountedFor.board(labels, hardware: hardware) == board)
  }
}
