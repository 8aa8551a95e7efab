/// Lines as `scan --format jsonl` writes them, as far as a history reads them.
enum HistoryRows {
  /// One run of `boots` boots; `first` tells them from others.
  static func text(
    boots: Int, first: Int = 0, run: String = "r", cause: String? = nil, board: String = "rpi",
    kernel: String = "6.17.13"
  ) -> String {
    (first..<first + boots).map { number in
      let hash = String(String(number, radix: 16).reversed()).padding(64)
      let findings =
        cause.map {
          """
          {"signature":"iommu-late-probe/v1:bind:nvme","cause":"\($0)","verdict":"real","confidence":"certain",\
          "device":"0000:00:10.5","driver":"nvme","time":1}
          """
        } ?? ""
      return """
        {"schema":"proberace/scan@1","version":"0.1.0","rules":3,"run":"\(run)","answer":"clean","hash":"\(hash)","boot":0,\
        "size":1,"path":"logs/\(number)","kernel":"\(kernel)","hardware":null,"labels":{"board":"\(board)"},\
        "eligible":{"value":true,"why":"whole"},"findings":[\(findings)]}

        """
    }.joined() + "{\"schema\":\"proberace/scan-end@1\"}\n"
  }
}

extension String {
  fileprivate func padding(_ width: Int) -> String { self + String(repeating: "0", count: width - count) }
}
