"""Root ports: their driver manages its DMA itself and waits for no domain; functions behind one that the walk skipped fall apart.

Rules as in truth.py, from the records in story.py.
"""
from findings import finding, silent
from story import BUS_PROBES
from truth import warned_as

# Drivers with driver_managed_dma that need their domain all the same. VFIO's and the pci stubs are meant to go without.
MANAGED = ("pcieport",)


def bound_before_domain(story, device):
    """(bind, its ->probe, the attach, the registration that attaches): bound while the walk that gives it its domain ran."""
    for bind in story.binds(device):
        probe = next(iter(bind.below(*BUS_PROBES)), None)
        if bind.fields.get("drv") not in MANAGED or bind.result != 0 or not probe or story.has_domain(device, probe.start):
            continue
        for time, tid in story.domains.get(device, []):
            walks = [r for r in story.registrations if r.tid == tid and r.holds(time) and r.start <= probe.start]
            if time > probe.start and walks:
                return bind, probe, time, walks[0]
    return None


def words(story, device, bind, probe, domain, walk):
    group = story.group_time(device)
    why = (f"the registration {walk.start}..{walk.end} of tid {walk.tid} gives it a group at {group} and a domain at {domain}; "
           f"tid {bind.tid} binds it {bind.start}..{bind.end} and enters {probe.function} at {probe.start}: {bind.fields['drv']} "
           "manages its DMA itself and waits for no domain")
    first = {}
    for time, sign in story.fault_or_timeout(device):
        first.setdefault(sign, time)
    if first:
        why += "; its interrupts are dead: first " + ", ".join(f"{sign} at {time}" for sign, time in first.items())
    if (count := story.interrupts(device)) is not None:
        why += f"; /proc/interrupts counts {count} for it in the end"
    return why, "harmed" if first else "exposed"


def managed(story, warned):
    """As managed_silent, of a port that the walk met while its driver was set."""
    early = bound_before_domain(story, warned.device) if warned.side == "walk" else None
    if not early:
        return None
    why, harm = words(story, warned.device, *early)
    return finding(warned, "managed-dma-before-domain", harm, ["both"], why, harm_acceptable=["harmed", "exposed"])


def managed_silent(story):
    found = []
    for device in sorted(set(story.bound) - {w.device for w in story.warnings}):
        if early := bound_before_domain(story, device):
            why, harm = words(story, device, *early)
            found.append(silent(device, story.bound[device], "managed-dma-before-domain", harm, ["both"], why,
                                harm_acceptable=["harmed", "exposed"]))
    return found


def split_groups(story):
    """Ports that the walk skipped, and whose functions got several groups, before it had one, where another port's share its own."""
    number = story.numbers.get
    together = [port for port, behind in story.behind.items() if len(behind) > 1 and {number(f) for f in behind} == {number(port)}]
    found = []
    for port, behind in sorted(story.behind.items()):
        own = story.group_time(port)
        early = [f for f in behind if own and number(f) != number(port) and (story.group_time(f) or own) < own]
        skipped = [v for v in story.calls("probe_iommu_group", device=port)
                   if own and v.end < own and not v.below("*_dma_configure")
                   and any(b.tid != v.tid and b.overlaps(v) for b in story.binds(port))]
        if not together or not skipped or len({number(f) for f in early}) < 2:
            continue
        found.append(silent(
            port, story.bound.get(port, ""), "skipped-bridge-split-groups", "exposed", ["both"],
            f"the walk's visit {skipped[0].start}..{skipped[0].end} leaves it alone, for a bind has its driver set; "
            + ", ".join(f"{f} gets group {number(f)} at {story.group_time(f)}" for f in early)
            + f"; the port itself gets group {number(port)} at {own}; {', '.join(together)} share one group with all behind them",
            harm_acceptable=["exposed", "harmed"]))
    return found


def judged(*rules):
    """A judge for scenarios with root ports: the warnings by these rules, then what nothing warned of."""
    warned = warned_as(managed, *rules)

    def judge(story):
        found, uncovered = warned(story)
        return found + managed_silent(story) + split_groups(story), uncovered
    return judge
