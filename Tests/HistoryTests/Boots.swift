import Foundation
import TestSupport

@testable import History

/// A boot whose content is told by a number.
func boot(
  _ number: Int, board: String = "b", kernel: String = "6.17.13", causes: [String?] = [],
  eligible: Bool = true,
  rules: Int = 3, labels: [String: String] = [:]
) -> BootRecord {
  var hash = [UInt8](repeating: 0, count: 32)
  for index in 0..<8 { hash[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
  var record = BootRecord(
    hash: hash, boot: 0, size: 60_000, path: "logs/\(board)/\(kernel)/\(number).log", kernel: kernel,
    hardware: board,
    labels: labels, answer: causes.isEmpty ? "clean" : "findings", version: "0.1.0", rules: rules,
    eligible: .init(value: eligible, why: eligible ? "whole" : "no end"))
  record.findings = causes.map {
    FindingRecord(
      signature: "iommu-late-probe/v1:bind:nvme", cause: $0, verdict: $0 == nil ? "undetermined" : "real",
      confidence: $0 == nil ? nil : "certain", device: "0000:00:10.5", driver: "nvme", time: 123_456_789)
  }
  return record
}

let today = Day(number: 20_785)

/// A history in a folder of its own.
struct Place {
  let folder: TemporaryFolder
  var path: String { folder.path + "/history.sqlite" }

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  func add(_ boots: [BootRecord], run: String = "run", ends: Bool = true) throws -> HistoryWriter.Added {
    let writer = try HistoryWriter(path, today: today)
    try writer.begin(run: run)
    let added = try writer.add(boots)
    if ends { try writer.end() }
    return added
  }

  func boots() throws -> [BootRecord] {
    var all: [BootRecord] = []
    try HistoryReader(path).boots { all += $0.map(\.record) }
    return all
  }
}
