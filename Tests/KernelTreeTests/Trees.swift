import Foundation
import TestSupport
import Testing
import Verdicts

@testable import KernelTree

/// A kernel's tree as far as it is looked at, made in the test.
struct Tree {
  let folder: TemporaryFolder
  var path: String { folder.path }

  init() throws { folder = try TemporaryFolder() }

  func write(_ file: String, _ text: String) throws {
    let url = folder.url.appending(path: file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func makefile(_ major: Int, _ minor: Int, _ patch: Int, extra: String = "") throws {
    try write(
      "Makefile",
      "# SPDX-License-Identifier: GPL-2.0\nVERSION = \(major)\nPATCHLEVEL = \(minor)\nSUBLEVEL = \(patch)\nEXTRAVERSION =\(extra)\nNAME = Baby Opossum Posse\n"
    )
  }

  /// A git command in the tree; the user's own configuration does not count.
  @discardableResult
  func git(_ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"] + arguments
    process.currentDirectoryURL = folder.url
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "GIT_CONFIG_NOSYSTEM": "1"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "git \(arguments)")
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func start() throws { try git("init", "-q", "-b", "main") }

  /// Commits all there is; gives its id.
  @discardableResult
  func commit(_ message: String) throws -> String {
    try git("add", "-A")
    try git("commit", "-q", "--allow-empty", "-m", message)
    return try git("rev-parse", "HEAD")
  }

  func read() throws -> TreeAnswer { try #require(KernelTreeReader.read(path)) }
}

extension TreeAnswer {
  func of(_ commit: String) -> Fix {
    fixes.first { $0.commit == commit } ?? Fix(KernelFix.all[0], .unknown, ["no such fix"])
  }
}

enum Code {
  /// In the kernel's way to write: a comment, a string and a prototype stand in front.
  static func iommu(gate: String, recheck: String = "", domain: String = "") -> String {
    """
    // SPDX-License-Identifier: GPL-2.0-only
    /* iommu_fwspec_init() { READ_ONCE(iommu->ready) } */
    int iommu_fwspec_init(struct device *dev, struct fwnode_handle *iommu_fwnode);
    static const char *text = "{ iommu_init_device(";

    static int iommu_init_device(struct device *dev)
    {
    \tif (!dev_iommu_get(dev))
    \t\treturn -ENOMEM;
    \(recheck)
    \tops = iommu_fwspec_ops(dev->iommu->fwspec);
    \treturn 0;
    }

    int iommu_device_use_default_domain(struct device *dev)
    {
    \tmutex_lock(&group->mutex);
    \(domain)
    \tif (group->owner_cnt) {
    \t\tret = -EBUSY;
    \t}
    }

    int iommu_fwspec_init(struct device *dev,
    \t\t      struct fwnode_handle *iommu_fwnode)
    {
    \tstruct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);

    \tif (!iommu)
    \t\treturn driver_deferred_probe_check_state(dev);
    \(gate)
    \tif (!dev_iommu_get(dev))
    \t\treturn -ENOMEM;
    \treturn 0;
    }
    """
  }

  static let gated = "\tif (!dev->iommu && !READ_ONCE(iommu->ready))\n\t\treturn -EPROBE_DEFER;"
  static let asked = """
    \tif (!dev->iommu->fwspec && !dev->driver && dev->bus->dma_configure) {
    \t\tmutex_unlock(&iommu_probe_device_lock);
    \t\tdev->bus->dma_configure(dev);
    \t\tmutex_lock(&iommu_probe_device_lock);
    \t\t/* If another instance finished the job for us, skip it */
    \t\tif (!dev->iommu || dev->iommu_group)
    \t\t\treturn -ENODEV;
    \t}
    """
  static let unasked = """
    \tif (!dev->driver && dev->bus->dma_configure) {
    \t\tmutex_unlock(&iommu_probe_device_lock);
    \t\tdev->bus->dma_configure(dev);
    \t\tmutex_lock(&iommu_probe_device_lock);
    \t}
    """
  static let waits = """
    \t/* We may race against bus_iommu_probe() finalising groups here */
    \tif (!group->default_domain) {
    \t\tret = -EPROBE_DEFER;
    \t\tgoto unlock_out;
    \t}
    """

  static func pci(read: String, test: String) -> String {
    """
    static int pci_dma_configure(struct device *dev)
    {
    \t\(read)
    \tint ret = 0;

    \tif (!ret && \(test)) {
    \t\tret = iommu_device_use_default_domain(dev);
    \t}
    \treturn ret;
    }
    """
  }
  static let pciFixed = pci(
    read: "const struct device_driver *drv = READ_ONCE(dev->driver);",
    test: "drv && !to_pci_driver(drv)->driver_managed_dma")
  static let pciOld = pci(
    read: "struct pci_driver *driver = to_pci_driver(dev->driver);",
    test: "dev->driver && !driver->driver_managed_dma")
}
