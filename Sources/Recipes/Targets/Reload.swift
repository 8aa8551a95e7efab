extension Recipe {
  /// For devices that stay up: what happened at boot is over, but binds and, where modules allow it, the walk can be seen again.
  var reload: [String] {
    [
      "# Shows: what a bind of the client does now that its IOMMU is there (does it wait, -517; is the domain there before ->probe;",
      "#   does the driver call of_dma_configure() by itself). With the IOMMU's module loaded anew: the walk too, and the race itself",
      "#   if clients bind meanwhile.",
      "# Cannot show: the race of the boot that has warned. The device has its group since, and a device with a group is not probed",
      "#   again: that no warning comes here proves nothing. Only a boot with --target cmdline or bootconfig shows that.",
      "# Cannot be done: to unbind what is built in and hides its bind file (arm-smmu, arm-smmu-v3, exynos, rockchip, dart, riscv,",
      "#   sprd, sun50i: suppress_bind_attrs), or to unload a module that is in use.",
      "# Takes care: the disk or the network that this shell needs is gone between unbind and bind. virtio-iommu unloaded while a",
      "#   device has a group oopses (seen on 7.3.4): remove its clients first.",
    ] + start + [
      "DEVICE=\(device ?? "${1:?which client, e.g. 0000:00:03.0}")",
      "D=$(readlink -f /sys/bus/*/devices/$DEVICE); S=$(readlink -f $D/subsystem)",
      "# 1. unbound and bound again:",
      "echo $DEVICE > $D/driver/unbind; echo $DEVICE > $S/drivers_probe",
      "# 2. or, PCI: removed and found again; its first bind comes after its group, so there is no race:",
      "# echo 1 > $D/remove; sleep 1; echo 1 > /sys/bus/pci/rescan",
      "# 3. or, the IOMMU's driver as a module: its clients removed (or unbound), then",
      "# modprobe -r MODULE; modprobe MODULE & for i in 1 2 3 4 5 6 7 8; do echo $DEVICE > $S/drivers_probe; done; wait",
    ] + end
  }
}
