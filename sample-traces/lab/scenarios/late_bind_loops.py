"""Clients that ran without their IOMMU are unbound and bound over and over while it registers after all: a race like any other,
and lives before it that were not in order."""
import devices
from scenario import Scenario
from truth import lives, outlived


def judge(story):
    """Rebinds after the registration are late-rebind's matter: one at least has to have raced."""
    found, uncovered = lives(outlived)(story)
    return found, uncovered if any("this time" in f["why"] for f in found) else story.warnings


SCENARIO = Scenario(
    story="Late IOMMU and rebinds: the clients bound without virtio-iommu after deferred_probe_timeout=3; three shells unbind and "
          "bind some of them over and over while it is loaded. The race's own shape is harmless, the lives before it were not.",
    iommu="virtio",
    devices=devices.wired,
    command_line="deferred_probe_timeout=3 log_buf_len=1M",
    guest="""
until_true 60 test -e $PCI/0000:00:03.7/driver
sleep 1
for f in 03.4 03.5 03.6; do
  ( cd /sys/bus/pci/drivers/virtio-pci
    while :; do echo 0000:00:$f > unbind; echo 0000:00:$f > bind; done 2>/dev/null ) & LOOPS="$LOOPS $!"
done
usleep 200000
mark "loading virtio-iommu"
modprobe virtio-iommu
usleep 500000
kill $LOOPS
or_again 'iommu_probe_device\\|probe_iommu_group'
sleep 1
save
""",
    judge=judge,
    wants=("rebound-after-late-iommu", "probe-before-domain"),
    tries=6,
)
