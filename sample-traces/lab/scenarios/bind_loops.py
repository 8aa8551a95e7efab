"""Three shells bind three nvme functions over and over while the SMMU registers."""
from scenario import Scenario
from trees import held_back
from truth import RACES, warned_as

SCENARIO = Scenario(
    story="Bind loops: three shells bind nvme functions over sysfs while the held-back SMMU registers.",
    tree=held_back,
    guest="""
modprobe nvme
for f in 10.5 10.6 10.7; do
  while :; do echo 0000:00:$f > /sys/bus/pci/drivers/nvme/bind; done 2>/dev/null & LOOPS="$LOOPS $!"
done
sleep 1
echo > $T/trace
release
until_true 40 walk_is_over
sleep 2
kill $LOOPS
or_again 'iommu_probe_device\\|probe_iommu_group'
save
""",
    judge=warned_as(*RACES),
    wants=("skipped-by-walk-then-replayed", "walk-bind-toctou"),
    tries=3,
    kernels=("6.17", "6.18", "7.2", "newest"),
)
