"""An ordinary boot: the SMMU is there before its clients bind."""
from scenario import Scenario
from truth import warned_as

SCENARIO = Scenario(
    story="Clean boot: nothing held back, no warning.",
    guest="""
clients virtio-rng
until_true 30 walk_is_over
sleep 1
save
""",
    judge=warned_as(),
    kernels=("6.12", "6.17", "newest"),
)
