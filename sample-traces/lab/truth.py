"""What really happened in a boot: each warning and each silent client held against rules, from the records in story.py.

Shares no code with proberace. What no rule covers is "unknown", never a guess. lab/README.md has the rules in words.
"""
from findings import finding, silent, sure_from
from story import ADDING, BUSES, BUS_PROBES, DEFER, ENABLING, GAVE_UP, RETURNED


# The classes. Each takes a warning and returns an expected finding, or None if this is not it.

def visit_of(story, warned):
    """The walk's visit of the device that printed a walk-side warning."""
    for visit in story.calls("probe_iommu_group", device=warned.device):
        if visit.tid == warned.tid and visit.holds(warned.time):
            return visit
    return None


def rival(story, visit, device):
    """The other thread's bind that overlaps a visit."""
    return [b for b in story.binds(device) if b.tid != visit.tid and b.overlaps(visit)]


def walk_race(story, warned):
    """walk-bind-toctou or probe-before-domain: the order of the binder's ->probe and the domain tells."""
    if warned.side != "walk":
        return None
    visit = visit_of(story, warned)
    if visit is None or not visit.below("*_dma_configure"):
        return walk_race_by_log(story, warned)
    domain = story.domain_time(warned.device, visit.start)
    for bind in rival(story, visit, warned.device):
        configure = next(iter(bind.below("*_dma_configure")), None)
        probe = next(iter(bind.below(*BUS_PROBES)), None)
        if probe and domain and probe.start < domain:
            mapped = [s for s in story.calls("dma_alloc_attrs", device=warned.device) if bind.start <= s.start < domain]
            # A toy IOMMU's domain is identity: the address stays valid.
            is_toy = warned.device.startswith("lab-")
            harm = "harmed" if (mapped or story.faults(warned.device)) and not is_toy else "exposed"
            return finding(
                warned, "probe-before-domain", harm, sure_from(story, warned),
                f"walk (tid {visit.tid}) visits it {visit.start}..{visit.end} with its own dma_configure; tid {bind.tid} enters "
                f"{probe.function} at {probe.start}, the domain is attached at {domain}"
                + (f"; DMA is allocated at {mapped[0].start}" if mapped else ""),
                harm_acceptable=["harmed", "exposed"] if mapped else None,
                harm_note="identity domain: exposed; that the domain is one is in no input" if is_toy and mapped else None)
        if configure and configure.result == DEFER and bind.result == DEFER:
            return finding(
                warned, "walk-bind-toctou", "unharmed", sure_from(story, warned),
                f"walk (tid {visit.tid}) visits it {visit.start}..{visit.end} with its own dma_configure; tid {bind.tid} "
                f"binds from {bind.start}, its dma_configure returns -517 at {configure.end}")
    return None


def walk_race_by_log(story, warned):
    """Without a trace: a line of the client's own ->probe, in this bind, before its group."""
    adding = [t for t, _ in story.said(ADDING, warned.device) if t >= warned.time]
    enabling = [t for t, m in story.said(ENABLING, warned.device) if m["prefix"] not in BUSES]
    if adding and enabling and enabling[0] < adding[0]:
        harm = "harmed" if story.faults(warned.device) else "exposed"
        # A ->probe that fails need not say so: only initcall_debug tells, or a fault of its device.
        went = [m["result"] == "0" for t, m in story.said(RETURNED, warned.device) if t > enabling[0]]
        return finding(warned, "probe-before-domain", harm, ["dmesg"] if harm == "harmed" or went and went[0] else [],
                       f"its driver enables it at {enabling[0]}, its group comes at {adding[0]}",
                       harm_acceptable=["harmed", "exposed"])
    return None


def skipped(story, warned):
    """The walk met a bind in flight, and a bind replays after the registration."""
    if warned.side != "bind" or not story.registrations:
        return None
    ended = [r for r in story.registrations if r.end < warned.time]
    if not ended or any(r.holds(warned.time) for r in story.registrations):
        return None
    registration = ended[-1]
    for visit in story.calls("probe_iommu_group", device=warned.device):
        inside = visit.within("iommu_device_register") is registration or registration.holds(visit.start)
        if not inside or visit.below("*_dma_configure"):
            continue
        flying = [b for b in story.binds(warned.device) if b.tid != visit.tid and b.overlaps(visit)]
        # really_probe() runs for an unbound device only: what was done before that bind was undone too.
        done = [b for b in story.binds(warned.device) if flying and b.result == 0 and flying[0].start < b.end < visit.start]
        if flying and not done:
            return finding(
                warned, "skipped-by-walk-then-replayed", "unharmed", sure_from(story, warned),
                f"the walk's visit {visit.start}..{visit.end} runs no dma_configure, for tid {flying[0].tid} binds since "
                f"{flying[0].start}; the registration ends at {registration.end}, the replay comes after it"
                + ("" if warned.time < story.last else ", and after the end of the trace"))
    return None


def too_early(story, warned):
    """The walk's own dma_configure worked, its probe was refused; the replay after the registration is accepted."""
    if warned.side != "bind" or any(r.holds(warned.time) for r in story.registrations):
        return None
    for visit in story.calls("probe_iommu_group", device=warned.device):
        configured = [s for s in visit.below("of_iommu_configure") if s.result == 0]
        if visit.end < warned.time and configured and not any(visit.holds(t) for t, _ in story.groups.get(warned.device, [])):
            return finding(
                warned, "iommu-registered-too-early", "unharmed", sure_from(story, warned),
                f"the walk's visit {visit.start}..{visit.end} ran dma_configure with success and gave no group: refused; "
                "the replay after the registration is accepted", verdict="real")
    return None


def bypass(story, warned):
    """A client of two IOMMUs, replayed inside the second one's registration."""
    if warned.side != "bind":
        return None
    running = [r for r in story.registrations if r.holds(warned.time) and r.tid != warned.tid]
    if running:
        return finding(
            warned, "multi-iommu-replay-bypass", "unharmed", ["both"] if warned.time < story.last else [],
            f"tid {warned.tid} replays inside the registration {running[0].start}..{running[0].end} of tid {running[0].tid}")
    return None


def bypass_walk(story, warned):
    """A client of two IOMMUs whose bind is past the second one's gate when the walk comes, as on the mailing list: the walk finds
    the bind's firmware description and does the probe; the bind is deferred for its domain."""
    visit = visit_of(story, warned) if warned.side == "walk" else None
    if visit is None or visit.below("*_dma_configure"):
        return None
    for bind in rival(story, visit, warned.device):
        passed = [s for s in bind.below("of_iommu_configure") if s.result == 0 and s.start < visit.start]
        waits = [s for s in bind.below("iommu_device_use_default_domain") if s.result == DEFER]
        if passed and waits and bind.result == DEFER:
            return finding(
                warned, "multi-iommu-replay-bypass", "unharmed", ["both"],
                f"tid {bind.tid} is in of_iommu_configure from {passed[0].start}, with result 0; the walk's visit {visit.start}.."
                f"{visit.end} runs no dma_configure; iommu_device_use_default_domain returns -517 at {waits[0].end}")
    return None


def outside_bus(story, warned):
    if warned.side != "direct":
        return None
    return finding(warned, "dma-configure-outside-bus", "exposed", ["dmesg"], "a driver's own call of of_dma_configure_id()",
                   verdict="real", harm_acceptable=["exposed", "unknown"])


def warned_as(*rules):
    """A judge that holds every warning against the rules that a scenario can lead to; the first that covers it counts."""
    def judge(story):
        found, open_questions = [], []
        for warned in story.warnings:
            item = next(filter(None, (rule(story, warned) for rule in rules)), None)
            (found if item else open_questions).append(item or warned)
        return found, open_questions
    return judge


RACES = (walk_race, skipped)


def outlived(story, warned):
    """It is in order now, or only raced, but an earlier life of it ran without its domain: real, whatever this one is."""
    if warned.side not in ("walk", "bind"):
        return None
    race = walk_race(story, warned)
    if race and race["verdict"] == "real":
        return race
    gave_up = [t for t, _ in story.said(GAVE_UP, warned.device) if t < warned.time]
    if without := story.bound_without(warned.device, warned.time):
        why = f"bound {without[0].start}..{without[0].end}, and ->probe ran without a domain; bound again since"
    elif lost := story.lost_while_bound(warned.device, warned.time):
        why = f"its group was taken away at {lost[-1]} while it was bound; it ran on without, and was bound again"
    else:
        return None
    if race := race or skipped(story, warned):
        why += f"; this time {race['cause']}: {race['why']}"
    return finding(warned, "rebound-after-late-iommu", "exposed", ["both", "dmesg"] if gave_up else ["both"], why,
                   harm_acceptable=["harmed", "exposed"])


def ran_without(story, but=()):
    """Clients (none of `but`) that an IOMMU's registration met bound, without a domain, and that it left so: nothing warns."""
    found = []
    for device in sorted(set(story.bound) - set(but)):
        gave_up = story.said(GAVE_UP, device)
        left = None
        for visit in story.calls("probe_iommu_group", device=device):
            bound = [b for b in story.bound_without(device, visit.start) if not story.undone(device, b.end, visit.start)]
            lost = [t for t in story.lost_while_bound(device, visit.start) if not story.undone(device, t, visit.start)]
            if (bound and gave_up or lost) and visit.within("iommu_device_register") and not visit.below("*_dma_configure"):
                left = left or (visit, bound, lost)
        if not left:
            continue
        visit, bound, lost = left
        how = (f"bound {bound[-1].start}..{bound[-1].end} without IOMMU" if bound
               else f"its group is taken away under its driver at {lost[-1]}")
        since = "has no group at the end" if device not in story.grouped else "was probed again since, without a warning"
        # The log alone proves it of a client whose driver speaks after the give-up line, and that stays without a group.
        spoke = [t for t, text in story.log if gave_up and t > gave_up[-1][0] and not GAVE_UP.match(text)
                 and text.startswith(f"{story.bound[device]} {device}: ")]
        found.append(silent(
            device, story.bound[device], "silent-late-iommu", "exposed",
            ["dmesg", "both"] if spoke and device not in story.grouped else ["both"],
            f"{how}; the walk's visit {visit.start}..{visit.end} leaves it alone; it {since}",
            harm_acceptable=["harmed", "exposed"]))
    return found


def lives(*rules):
    """A judge for scenarios with clients that live twice: the warnings by these rules, then whom no warning is about."""
    def judge(story):
        found, uncovered = warned_as(*rules)(story)
        warned = {w.device for w in story.warnings}
        return found + ran_without(story, warned), uncovered
    return judge


def late(story):
    """A judge for scenarios in which deferred_probe_timeout frees the clients before their IOMMU: silent-late-iommu for
    each, rebound-after-late-iommu for the one that the guest bound again."""
    found, uncovered = [], []
    rebound = story.marked("unbind")
    for warned in story.warnings:
        gave_up = story.said(GAVE_UP, warned.device)
        if warned.side == "bind" and rebound and warned.time > rebound and gave_up:
            found.append(finding(
                warned, "rebound-after-late-iommu", "exposed", ["both", "dmesg"],
                f"it gave up on its IOMMU at {gave_up[0][0]}, ran without, and was bound again at {story.marked('bind 0000')}",
                harm_acceptable=["harmed", "exposed"]))
        else:
            uncovered.append(warned)
    registered = [r for r in story.registrations if r.fields.get("hw", "").endswith("smmuv3")]
    for device in sorted({m["device"] for _, m in story.said(GAVE_UP)}):
        if device not in story.bound or device in story.grouped:
            continue
        binds = [b for b in story.binds(device) if b.result == 0 and registered and b.end < registered[0].start]
        if not binds:
            continue
        found.append(silent(
            device, story.bound[device], "silent-late-iommu", "exposed", ["dmesg", "both"],
            f"bound {binds[0].start}..{binds[0].end} without IOMMU; the SMMU registers {registered[0].start}..{registered[0].end} "
            "and gives it no group", harm_acceptable=["harmed", "exposed"]))
    return found, uncovered


def left_out(story):
    """ACPI has no replay: clients whose bind was in flight when the walk came, and that were bound later without a group."""
    found = []
    for device in sorted(set(story.bound) - set(story.grouped)):
        for visit in story.calls("probe_iommu_group", device=device):
            registration = visit.within("iommu_device_register")
            binds = [b for b in story.binds(device) if b.tid != visit.tid]
            flying = [b for b in binds if b.overlaps(visit)]
            waited = [b for b in binds if b.result == DEFER and b.start < visit.start]
            if not registration or visit.below("*_dma_configure") or not flying or not waited:
                continue
            bound = [b for b in binds if b.result == 0 and b.start > registration.end and b.below(*BUS_PROBES)]
            if bound and not any(b.result == 0 and b.end < visit.start for b in binds):
                found.append(silent(
                    device, story.bound[device], "acpi-missed-walk-orphan", "exposed", ["both"],
                    f"the walk's visit {visit.start}..{visit.end} runs no dma_configure, for tid {flying[0].tid} binds since "
                    f"{flying[0].start}; the registration ends at {registration.end}; it is bound {bound[0].start}.."
                    f"{bound[0].end} without a group, for ACPI has no replay", harm_acceptable=["harmed", "exposed"]))
    return found


def late_attach(story, warned):
    """A client that the walk had left out and that was bound since, taken by the walk of a later registration."""
    visit = visit_of(story, warned) if warned.side == "walk" else None
    if visit is None or visit.below("*_dma_configure"):
        return None
    registration = visit.within("iommu_device_register")
    bound = [b for b in story.binds(warned.device) if b.result == 0 and b.end < registration.start and b.below(*BUS_PROBES)]
    missed = [v for v in story.calls("probe_iommu_group", device=warned.device) if v.end < visit.start]
    if not bound or not missed:
        return None
    return finding(
        warned, "missed-walk-late-attach", "exposed", ["both"],
        f"an earlier walk's visit {missed[0].start}..{missed[0].end} left it out, it is bound {bound[-1].start}..{bound[-1].end} "
        f"without a group, the registration {registration.start}..{registration.end} takes it", harm_acceptable=["harmed", "exposed"])


def aborted(story):
    """A judge for the scenario whose IOMMU refuses its first client: one silent finding, of the IOMMU's own device."""
    failed = [r for r in story.registrations if r.result not in (0, None)]
    if not failed:
        return [], story.warnings
    refused = [v for v in story.calls("probe_iommu_group") if v.tid == failed[0].tid and failed[0].holds(v.start)][-1:]
    why = (f"the registration {failed[0].start}..{failed[0].end} returns {failed[0].result}"
           + (f" after the visit of {refused[0].device}" if refused else ""))
    item = silent(failed[0].fields["hw"], "labiommu", "walk-aborted-registration", "harmed", ["trace", "both"], why)
    return [item], story.warnings
