"""Kernels that oops: a walk that ends so never saves anything but its console."""
import re

from findings import silent

OOPS = re.compile(r"(?:Unable to handle kernel|BUG: |Internal error|Oops|kernel BUG at|general protection fault|Kernel panic)")
NULL = re.compile(r"(?:Unable to handle kernel NULL pointer|BUG: kernel NULL pointer)")
# arm64, x86, riscv.
PLACE = re.compile(r"^(?:pc : |RIP: 0010:|epc : )(\w+)_dma_configure\+0x")
CAUSES = ("dma-configure-null-driver",)


def splats(story):
    """The first lines of what no rule covers."""
    return [f"the kernel oopses at {time}: {text}" for time, text in story.log if OOPS.match(text)][:1]


def null_driver(story):
    """A bus's dma_configure in the walk that uses a driver which was not there when it looked."""
    at = next((time for time, text in story.log if NULL.match(text)), None)
    place = at and next((m[1] for time, text in story.log if time >= at and (m := PLACE.match(text))), None)
    if not place:
        return []
    # The visit that never returns tells the device; without a trace only its bus is known.
    visits = [v for v in story.calls("probe_iommu_group") if v.result is None and v.start < at and v.end > at]
    device = visits[-1].device if visits else "(unknown device)"
    visit = f", in the walk's visit of {device} since {visits[-1].start}" if visits else ""
    return [silent(device, None, "dma-configure-null-driver", "harmed", ["dmesg", "both"],
                   f"oops at {at} in {place}_dma_configure(){visit}: the driver was not set when it looked, and set when it asked again; "
                   "the registration never ends", device_acceptable=["(unknown device)"])]
