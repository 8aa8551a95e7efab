/// A kernel return value for readers: `-517 (-EPROBE_DEFER)`.
enum ErrorName {
  private static let names: [Int64: String] = [
    2: "ENOENT", 5: "EIO", 6: "ENXIO", 11: "EAGAIN", 12: "ENOMEM", 16: "EBUSY", 17: "EEXIST", 19: "ENODEV",
    22: "EINVAL", 28: "ENOSPC", 95: "EOPNOTSUPP", 110: "ETIMEDOUT", 517: "EPROBE_DEFER",
  ]

  static func text(_ result: Int64) -> String {
    guard let name = names[result.magnitude <= 4095 ? abs(result) : 0] else { return String(result) }
    return "\(result) (\(result < 0 ? "-" : "")\(name))"
  }
}
