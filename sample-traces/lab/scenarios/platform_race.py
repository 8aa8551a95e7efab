"""As platform-client, until the walk itself warns: is probe-before-domain to be had on the platform bus too?"""
import dataclasses

from scenario import edited
from scenarios.platform_client import SCENARIO as CLIENT
from trees import one_iommu

# Beside the deferred worker three shells bind the clients. No delay anywhere: more attempts for the same windows.
LOOPS = """
for third in "0 3 6 9" "1 4 7" "2 5 8"; do
  ( while :; do for n in $third; do for c in $D/lab-cl$n*; do echo ${c##*/} > $D/../drivers/labclient/bind; done; done; done
  ) 2>/dev/null & LOOPS="$LOOPS $!"
done
"""

SCENARIO = dataclasses.replace(
    CLIENT,
    story="96 clients on the platform bus, no asynchronous probing; the deferred worker and three shells bind them while the IOMMU "
          "registers, booted until a bind slips past the walk.",
    tree=one_iommu("", 96),
    guest=edited(CLIENT.guest, ("iommu_probe_device\\|probe_iommu_group", "probe_iommu_group+"),
                 ("\nretrigger\n", "\nretrigger\nD=/sys/bus/platform/devices\n" + LOOPS.lstrip()),
                 ("kill $RETRIGGER", "kill $RETRIGGER $LOOPS")),
    wants=("probe-before-domain",),
    tries=40,
)
