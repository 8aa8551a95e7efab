import Analysis
import Reading
import TestSupport
import Testing

/// Whole captures of real kernels, from bytes to verdicts.
struct CaptureTests {
  @Test func thereAreSamples() {
    #expect(Capture.samples.count >= 10)
    #expect(Capture.samples.contains { $0.expected.findings.isEmpty })
    _ = Here.hasShared
  }

  @Test(arguments: Capture.samples + Capture.shared)
  func judgedRight(_ capture: Capture) {
    let texts = capture.texts
    guard !texts.isEmpty else { return }
    let judge = Judge(
      capture: capture, key: texts.count > 1 ? "both" : texts[0].key,
      analysis: Analysis.run(texts.map(\.path)))
    if let reason = capture.open {
      withKnownIssue(Comment(rawValue: reason)) { judge.checkWhole() }
    } else {
      judge.checkWhole()
    }
    judge.checkDevices()
    #expect(judge.analysis.boots.count == 1)
    #expect(!judge.analysis.isDamaged)
  }

  /// In a compressed trace.dat all events of a chunk have one place: two warnings must not be taken for one.
  @Test func compressedTraceDecidesLikeItsText() throws {
    let capture = try #require(Capture.samples.first { $0.name == "natural-7.3.4-cmdline" })
    let log = try #require(capture.texts.first { $0.key == "dmesg" }?.path)
    let judge = Judge(
      capture: capture, key: "both", analysis: Analysis.run([log, Here.sample("\(capture)/trace.dat")]))
    #expect(judge.findings.count == 2)
    judge.checkWhole()
  }

  /// The order in which the files are named means nothing.
  @Test(arguments: Capture.samples.filter { $0.texts.count == 2 }.prefix(3))
  func judgedRightInAnyOrder(_ capture: Capture) {
    let judge = Judge(
      capture: capture, key: "both", analysis: Analysis.run(capture.texts.reversed().map(\.path)))
    judge.checkWhole()
  }

  @Test(arguments: Capture.samples + Capture.shared)
  func oneInputIsNeverCertainAndWrong(_ capture: Capture) {
    guard capture.texts.count > 1 else { return }
    for (key, path) in capture.texts {
      let judge = Judge(capture: capture, key: key, analysis: Analysis.run([path]))
      #expect(judge.certainAndWrong().isEmpty, "\(capture) from \(key) alone")
    }
  }
}
