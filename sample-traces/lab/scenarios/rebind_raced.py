"""As bind-loops; then the three clients are unbound and bound again, in order."""
import dataclasses

from scenario import edited
from scenarios.bind_loops import SCENARIO as LOOPS
from truth import RACES, lives

SCENARIO = dataclasses.replace(
    LOOPS,
    story="Bind loops while the held-back SMMU registers; then the three clients are unbound and bound again: the race was in "
          "the first life, the second one is in order.",
    guest=edited(LOOPS.guest, ("\nsave\n", """
for f in 10.5 10.6 10.7; do
  unbind 0000:00:$f
  bind 0000:00:$f nvme
done
sleep 1
save
""")),
    judge=lives(*RACES),
    kernels=("6.17", "newest"),
)
