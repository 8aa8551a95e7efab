"""As no-async, on x86: ACPI names the clients' IOMMU (VIOT), and nothing replays a client that the walk skipped."""
import dataclasses

from scenario import edited
from scenarios.no_async import SCENARIO as NO_ASYNC
from truth import left_out, walk_race, warned_as


def judge(story):
    found, uncovered = warned_as(walk_race)(story)
    return found + left_out(story), uncovered


SCENARIO = dataclasses.replace(
    NO_ASYNC,
    story="As no-async on x86 with ACPI: modprobe probes virtio-iommu in its own task while the deferred worker binds clients. "
          "Whom the walk skips is bound without IOMMU, and nothing says so.",
    iommu="viot",
    # The clock of the kernel log; x86's default is another one.
    command_line=NO_ASYNC.command_line + " trace_clock=global",
    guest=edited(NO_ASYNC.guest, ("60 walk_is_over", "20 all_bound"), ("or_again", "left_out || or_again")),
    judge=judge,
    wants=("probe-before-domain", "walk-bind-toctou", "acpi-missed-walk-orphan"),
)
