"""Entries of expected.json: a warning's finding, and one that printed nothing."""

REAL = {"probe-before-domain", "iommu-registered-too-early", "dma-configure-outside-bus", "rebound-after-late-iommu",
        "silent-late-iommu", "missed-walk-late-attach", "walk-aborted-registration", "managed-dma-before-domain"}


def sure_from(story, warned):
    """The trace proves it, if it went on until then. That its driver was unbound before its group was taken away, no trace shows."""
    if warned.time >= story.last:
        return []
    taken = [t for t, _ in story.removals.get(warned.device, []) if t < warned.time
             and not any(t < at < warned.time and text.startswith(f"pci {warned.device}: [") for at, text in story.log)]
    bound = [b.end for b in story.binds(warned.device) if b.result == 0]
    return ["both"] if any(end < t for end in bound for t in taken) else ["trace", "both"]


def finding(warned, cause, harm, decidable_from, why, verdict=None, **more):
    """An expected finding; `decidable_from`: inputs that alone suffice for certainty."""
    item = {"device": warned.device, "driver": warned.driver, "warning_time": warned.time, "side": warned.side, "cause": cause,
            "verdict": verdict or ("real" if cause in REAL else "false-positive"), "harm": harm,
            "decidable_from": decidable_from, "why": why}
    item.update({k: v for k, v in more.items() if v is not None})
    return item


def silent(device, driver, cause, harm, decidable_from, why, **more):
    """A finding that printed no warning."""
    item = {"device": device, "driver": driver, "warning_time": None, "side": "none", "cause": cause, "verdict": "real",
            "harm": harm, "decidable_from": decidable_from, "why": why}
    item.update(more)
    return item


def later(story, items):
    """Adds to findings what the clients' use showed, some of it after the capture was saved."""
    for item in items:
        if aborted_at := story.aborts(item["device"]):
            item["emulator_aborts"], item["emulator_abort_iovas"] = len(aborted_at), sorted(set(aborted_at))
        if faults := [{"time": t, "iova": i} for t, i in story.faults(item["device"]) if t > story.saved]:
            item["iommu_faults_serial_only"] = faults
        if item["harm"] == "exposed" and (aborted_at or faults):
            item["harm"], item["harm_acceptable"] = "harmed", ["harmed", "exposed"]
