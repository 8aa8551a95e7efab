import Timelines

extension Cause {
  /// Not a finding: explained, and marked in the timeline.
  static let ownDeviceInWalk = Cause(
    kind: .ownDeviceInWalk, letter: "B1",
    title: "The walk meets the IOMMU's own device", verdict: nil,
    harm: "none", sides: [],
    story: """
      The walk visits every device of the bus, also the IOMMU that is registering. It is bound and has no firmware description, \
      so the visit ends with -ENODEV. Nothing is printed. The timeline marks the visit.
      """,
    needs: ["a trace of the walk"],
    proof: "The visit's device is the registration's own.",
    decidedBy: [Proof(.visits, .registrations)],
    against: "Nothing.",
    advice:
      "Nothing is to be done. It is why device_lock() in the walk would deadlock (device-lock-self-deadlock).",
    cites: ["bcb81ac6ae3c"],
    judge: { _ in nil })
}
