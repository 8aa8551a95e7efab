"""A fix tried: boots with it and without it in turn, what each showed, and whether the difference is chance.

The fix is modules/labfix.c on a stock kernel, loaded first of all (without it the same module is loaded and only counts), or the patches of
docs/fixes in a small kernel, beside the same kernel without them. Every boot counts, also those that showed nothing; one that the emulator
lost is made again. It goes on where it was.
"""
import csv
import dataclasses
import gzip
import json
import math
import os
import shutil
import statistics

import boot
import machine
import modules
import rootfs
import source
from packages import archive
from places import say
from story import BUS_PROBES, Story

MODULE = "labfix"
# Trouble that is not the warning itself.
SPLATS = ("BUG:", "Oops", "Internal error", "blocked for more than", "Kernel panic", "rcu_preempt self-detected stall", "WARNING: possible")


@dataclasses.dataclass
class Side:
    """What half of the boots are made with: "on" is the fix, "off" the same without it."""
    name: str
    kernel: rootfs.Kernel
    files: dict


def with_module(scenario, series, names):
    kernel = rootfs.Kernel(archive(scenario.arch), series)
    module = modules.built(archive(scenario.arch), kernel, MODULE)
    return [Side(name, kernel, {f"modules/{MODULE}.ko": module,
                                "first.sh": f"insmod /modules/{MODULE}.ko on={int(name == 'on')}; KEEP=1\n".encode()})
            for name in names]


def with_patches(scenario, series):
    """Needs no module: what it would count is not told then."""
    return [Side(name, build(archive(scenario.arch), series), {"first.sh": b"KEEP=1\n"})
            for name, build in (("off", source.Unpatched), ("on", source.Patched))]


def run(name, scenario, sides, count, folder):
    """`count` boots of each of `sides` into `folder`; prints the table."""
    for number in range(1, count + 1):
        for side in sides:
            one(name, scenario, side, os.path.join(folder, f"{number:03}-{side.name}"))
    print(table(folder))
    with open(os.path.join(folder, "boots.csv"), "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows(folder))


def one(name, scenario, side, folder):
    """One boot, unless it is there; of its files the logs, the trace and what was read from them stay, compressed."""
    if os.path.exists(os.path.join(folder, "outcome.json")):
        return
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            # The two sides wait alike, and long: a busy host must not look like a hang.
            patient = dataclasses.replace(scenario, timeout=3 * scenario.timeout)
            note = boot.once(name, patient, side.kernel, folder, more=side.files)
            break
        except machine.Crashed as reason:
            say(f"{folder}: {reason}; once more")
    found = outcome(folder) | {"side": side.name, "seconds": note["seconds"], "stopped": note["stopped"], "kernel": note["kernel"],
                               "command_line": note["command_line"], "emulator": note["emulator"]}
    for file in os.listdir(folder):
        path = os.path.join(folder, file)
        if file in ("dmesg.txt", "trace.txt", "serial.log", "dmesg-later.txt", "qemu-trace.txt"):
            with open(path, "rb") as plain, gzip.open(path + ".gz", "wb") as packed:
                shutil.copyfileobj(plain, packed)
        if file not in ("run.json", "bound.txt", "groups.txt", "labfix.txt", "scenario.sh", "qemu.txt") and not file.endswith(".gz"):
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    with open(os.path.join(folder, "outcome.json"), "w") as file:
        json.dump(found, file, indent=1)
    say(f"{folder}: {found['early']} bound before their domain, {found['warnings']} warnings, {len(found['unbound'])} without a driver")


def outcome(folder):
    """What one boot showed, from the lab's own records."""
    story = Story(folder)
    registered = max((r.end for r in story.registrations if r.result == 0), default=None)
    early, bound = [], []
    for device in sorted({bind.device for bind in story.binds(None) if bind.device}):
        domain = story.domain_time(device)
        for bind in story.binds(device):
            probe = next(iter(bind.below(*BUS_PROBES)), None)
            if probe and bind.result == 0:
                bound.append(bind)
            if probe and domain and probe.start < domain:
                early.append(device)
                break
    behind = {bind.device for bind in bound if registered and bind.end > registered}
    log = story.log + [item for item in story.serial if item[0] > story.saved]
    return {
        "saved": os.path.exists(os.path.join(folder, "saved")),
        # Clients whose ->probe began before they were in their domain.
        "early": len(early), "early_devices": early,
        "warnings": len(story.warnings), "walk_side": sum(w.side == "walk" for w in story.warnings),
        # PCI functions that a driver was tried on after the registration, and that have none in the end.
        "unbound": sorted({b.device for b in story.binds(None) if b.device and b.device.startswith("0000:") and registered
                           and b.end > registered} - set(story.bound)),
        # PCI functions of bus 0 with a driver, without a group.
        "left_out": sorted(d for d in story.bound if d.startswith("0000:00:") and d in behind and d not in story.grouped),
        "last_bind": round(max((b.end for b in bound), default=0) - registered, 3) if registered and bound else None,
        # Clients with faults, those whose ->probe failed of it too.
        "faults": sum(bool(story.faults(device)) for device in {bind.device for bind in story.binds(None)} | set(story.bound) if device),
        "splats": [text for _, text in log if any(word in text for word in SPLATS)][:20],
        "fix": dict(line.rsplit("/", 1)[-1].split(":") for line in story.lines("labfix.txt")),
    }


def outcomes(folder):
    """By the boot's name."""
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name, "outcome.json")
        if os.path.exists(path):
            found[name] = json.load(open(path))
    return found


def rows(folder):
    """Every boot, as docs/fixes has them."""
    yield ("boot", "fix", "saved", "seconds", "binds left without a group by a visit", "deferred by the fix", "bound before their domain",
           "which", "warnings", "walk side", "without a driver", "left out", "faulted", "splats", "last bind after the registration")
    for name, o in outcomes(folder).items():
        yield (name, o["side"], int(o["saved"]), o["seconds"], o["fix"].get("early"), o["fix"].get("deferred"), o["early"],
               " ".join(o["early_devices"]), o["warnings"], o["walk_side"], len(o["unbound"]), len(o["left_out"]), o["faults"],
               len(o["splats"]), o["last_bind"])


MEASURES = (
    ("a client bound before its domain", lambda o: o["early"] > 0),
    ("a warning", lambda o: o["warnings"] > 0),
    ("a warning on the walk's side", lambda o: o["walk_side"] > 0),
    ("a client without a driver", lambda o: bool(o["unbound"])),
    ("a client left out of its IOMMU", lambda o: bool(o["left_out"])),
    ("a client whose DMA faulted", lambda o: o["faults"] > 0),
    ("a splat or a hung task", lambda o: bool(o["splats"])),
)


def table(folder):
    """The boots of an experiment, both sides beside each other, as Markdown. One that did not save its capture is in no rate but its own: a
    busy host ends a boot as well as a hang does."""
    found = list(outcomes(folder).values())
    every = [[o for o in found if o["side"] == side] for side in ("off", "on")]
    sides = [[o for o in side if o["saved"]] for side in every]
    lines = ["| boots with | without the fix | with it | Fisher's exact test |", "|---|---|---|---|"]
    lost = [sum(not o["saved"] for o in side) for side in every]
    lines.append(f"| not finished, in no other row | {lost[0]} of {len(every[0])} | {lost[1]} of {len(every[1])} | "
                 f"{fisher(lost[0], len(every[0]), lost[1], len(every[1])):.2g} |")
    for title, shows in MEASURES:
        hits = [sum(map(shows, side)) for side in sides]
        cells = [rate(hit, len(side)) if side else "-" for hit, side in zip(hits, sides)]
        lines.append(f"| {title} | {cells[0]} | {cells[1]} | {fisher(hits[0], len(sides[0]), hits[1], len(sides[1])):.2g} |")
    for title, key in (("clients bound before their domain, in all", "early"), ("warnings, in all", "warnings")):
        lines.append(f"| {title} | " + " | ".join(str(sum(o[key] for o in side)) for side in sides) + " | |")
    # What only the module counts.
    if any(o["fix"] for o in found):
        deferred = [sum(int(o["fix"].get("deferred", 0)) for o in side) for side in sides]
        lines.append(f"| binds that the fix put off, in all | {deferred[0]} | {deferred[1]} | |")
        met = [sum(int(o["fix"].get("early", 0)) for o in side) for side in sides]
        lines.append(f"| binds that a visit had left without a group, in all | {met[0]} | {met[1]} | |")
    times = [[o["last_bind"] for o in side if o["last_bind"] is not None] for side in sides]
    lines.append("| last bind after the registration, median s | " + " | ".join(f"{statistics.median(t):.3f}" if t else "-" for t in times) + " | |")
    return "\n".join(lines)


def rate(hits, boots):
    """k of n with Wilson's 95 % interval."""
    z, p = 1.96, hits / boots
    centre, spread = p + z * z / (2 * boots), z * ((p * (1 - p) + z * z / (4 * boots)) / boots) ** 0.5
    low, high = ((centre + sign * spread) / (1 + z * z / boots) for sign in (-1, 1))
    return f"{hits} of {boots} ({max(low, 0) * 100:.0f}-{min(high, 1) * 100:.0f} %)"


def fisher(a, n, b, m):
    """Two-sided: how likely a split at least as uneven as `a` of `n` against `b` of `m` is if both have one rate."""
    def chance(k):
        return math.comb(n, k) * math.comb(m, a + b - k) / math.comb(n + m, a + b)
    seen = chance(a)
    return min(1.0, sum(p for k in range(max(0, a + b - m), min(n, a + b) + 1) if (p := chance(k)) <= seen * (1 + 1e-9)))
