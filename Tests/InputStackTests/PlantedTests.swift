import Foundation
import TestSupport
import Testing

/// The warning, wherever it may stand: it comes to a finding or to exit status 2, and never to a pass.
struct PlantedTests {
  /// What is planted: lines with printk's stamps.
  struct Plant: Sendable, CustomStringConvertible {
    var description: String
    var lines: [String]

    /// The message's line, of which the others are the block.
    var message: String { lines.first { $0.contains("late IOMMU probe") } ?? "" }
    /// Without its stamp.
    var words: String { String(message.drop { $0 != "]" }.dropFirst(2)) }
    var text: String { lines.map { $0 + "\n" }.joined() }
  }

  struct Place: Sendable, CustomStringConvertible {
    var description: String
    var make: @Sendable (Plant) -> [UInt8]

    init(_ description: String, _ make: @escaping @Sendable (Plant) -> String) {
      self.init(bytes: description) { Array(make($0).utf8) }
    }

    init(bytes description: String, _ make: @escaping @Sendable (Plant) -> [UInt8]) {
      self.description = description
      self.make = make
    }
  }

  static let plants: [Plant] = {
    let lines = (try? Files.lines("late-rebind-7.3.4/dmesg.txt")) ?? []
    guard let message = lines.firstIndex(where: { $0.contains("late IOMMU probe") }),
      let end = lines[message...].firstIndex(where: { $0.contains("end trace") })
    else { return [] }
    return [
      Plant(description: "the whole block", lines: Array(lines[(message - 1)...end])),
      Plant(description: "the message alone", lines: [lines[message]]),
    ]
  }()

  /// A boot without a fault, from the kernel's hello to user space.
  static let good: [String] = {
    let lines = (try? Files.lines("clean-7.3.4/dmesg.txt")) ?? []
    return lines.prefix(60) + lines.suffix(40)
  }()
  static let goodText = good.map { $0 + "\n" }.joined()
  private static let half = good.count / 2
  static let before = good.prefix(half).map { $0 + "\n" }.joined()
  static let behind = good.suffix(good.count - half).map { $0 + "\n" }.joined()

  static let places = sections + wrapped + broken + beside + documents

  @Test func withoutThePlantItIsAPass() throws {
    #expect(Self.plants.count == 2 && Self.plants[0].lines.count > 20 && !Self.plants[1].words.isEmpty)
    let folder = try TemporaryFolder()
    let bytes = Array(Self.goodText.utf8)
    #expect(Answer.report(bytes).exit == 0 && Answer.report(bytes).findings.isEmpty)
    #expect(try Answer.scan(bytes, in: folder) == Answer.report(bytes))
  }

  @Test func thereAreThirtyOddPlaces() { #expect(Self.places.count > 35) }

  @Test(arguments: places, plants) func isNeverAPass(_ place: Place, _ plant: Plant) throws {
    let folder = try TemporaryFolder()
    let bytes = place.make(plant)
    let report = Answer.report(bytes)
    let scan = try Answer.scan(bytes, in: folder)
    #expect(report.exit == 2 || !report.findings.isEmpty, "report: \(report)")
    #expect(scan.exit == 2 || !scan.findings.isEmpty, "scan: \(scan)")
  }

  /// A second copy must not hide that there is one, nor count twice.
  @Test func twiceIsOnce() throws {
    let plant = Self.plants[0]
    let doubled = plant.lines.map { "\($0)\n\($0)\n" }.joined()
    #expect(Answer.report(Array((Self.before + doubled + Self.behind).utf8)).findings.count == 1)
  }
}
