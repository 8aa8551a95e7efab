#!/usr/bin/env python3
"""beside.py EXPERIMENT PAGE [PROBERACE]: one boot without the fix and one with it beside each other, on one HTML page.

EXPERIMENT is a folder of boots that `run --with-fix both` or `run --build both` made. Of each side the boot is shown that shows most: a client
whose ->probe began before its domain; a bind that was put off while the walk had the device. Below them stands what all boots showed.
"""
import base64
import gzip
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile

import experiment
from story import BUS_PROBES, DEFER, Story

STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 2000px; margin: 2em auto; padding: 0 1em }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5em }
@media (max-width: 900px) { main { grid-template-columns: 1fr } }
section { min-width: 0 }
h2 { border-bottom: 3px solid; padding-bottom: .2em }
.off h2 { border-color: light-dark(#b3261e, #ff7b72) } .on h2 { border-color: light-dark(#1a7f37, #56d364) }
.lead { font-size: 1.15em } .more, footer { opacity: .75; overflow-wrap: anywhere }
img { max-width: 100% } table { border-collapse: collapse } td, th { border: 1px solid; padding: .2em .6em; text-align: left }
code { font-size: .92em }
"""


class Shown:
    """A boot, and the client that it is shown by."""

    def __init__(self, packed, folder, kernel):
        self.kernel, self.folder = kernel, folder
        for name in os.listdir(packed):
            if name.endswith(".gz"):
                with gzip.open(os.path.join(packed, name)) as file, open(os.path.join(folder, name[:-3]), "wb") as out:
                    shutil.copyfileobj(file, out)
            else:
                shutil.copy(os.path.join(packed, name), folder)
        self.story = Story(folder)

    def attempts(self, device):
        """When really_probe() was called for it, whether ->probe began in it, and what came of it."""
        for bind in self.story.binds(device):
            yield bind.start, next((p.start for p in bind.below(*BUS_PROBES)), None), bind.result

    def clients(self):
        """Those with a warning first."""
        return [w.device for w in self.story.warnings] + list(self.story.bound)

    def put_off(self):
        """Clients with a bind that came back with -EPROBE_DEFER while an IOMMU registered, and a later one that succeeded."""
        found = []
        for bind in self.story.binds(None):
            walked = any(r.overlaps(bind) for r in self.story.registrations)
            if bind.result == DEFER and walked and not bind.below(*BUS_PROBES) and bind.below("*_dma_configure") \
                    and any(b.result == 0 and b.start > bind.end for b in self.story.binds(bind.device)):
                found.append(bind.device)
        return found

    def lead(self, device):
        """What became of the client, in a sentence."""
        domain = self.story.domain_time(device)
        for _, probe, result in self.attempts(device):
            if probe:
                failed = "" if result == 0 else f", and failed (really_probe() = {result})" if result is not None else ", and was not seen to return"
                when = (f"{(domain - probe) * 1000:.1f} ms before the device was in its domain" if domain and probe < domain
                        else "when the device was in its domain" if domain else "and the device came into no domain")
                return f"its driver's ->probe ran {when}{failed}"
        return "no driver's ->probe ran"

    def story_of(self, device):
        """Each try to bind it, and its domain, in order; tries that were put off one after the other are one line."""
        events = [(t, "the device is attached to its domain") for t, _ in self.story.domains.get(device, [])]
        events += [(w.time, f"the warning, on the {w.side}'s side") for w in self.story.warnings if w.device == device]
        events += [(probe, "the driver's ->probe begins") for _, probe, _ in self.attempts(device) if probe]
        for registration in self.story.registrations:
            events += [(registration.start, "iommu_device_register() begins"), (registration.end, "iommu_device_register() ends")]
        put_off = [start for start, probe, result in self.attempts(device) if result == DEFER and not probe]
        marks = sorted(time for time, _ in events)
        for index, start in enumerate(put_off):
            # Of those between two other events the last speaks for all.
            after = next((mark for mark in marks if mark > start), None)
            same = [other for other in put_off if other <= start and not any(other < mark < start for mark in marks)]
            if index + 1 == len(put_off) or after is not None and put_off[index + 1] > after:
                events.append((start, f"its bind came back with -EPROBE_DEFER, before ->probe ({len(same)} times since {same[0]:.6f})"
                               if len(same) > 1 else "its bind comes back with -EPROBE_DEFER, before ->probe"))
        return [f"{time:.6f} {text}" for time, text in sorted(events) if time != float("inf")]

    def picture(self, tool, device):
        sources = []
        for look in ("light", "dark"):
            drawn = subprocess.run([tool, "timeline", "--format", f"svg-{look}", "--device", device,
                                    *(os.path.join(self.folder, name) for name in ("dmesg.txt", "trace.txt"))], capture_output=True)
            if drawn.returncode:
                return f"<p>no picture: {html.escape(drawn.stderr.decode(errors='replace'))}</p>"
            sources.append("data:image/svg+xml;base64," + base64.b64encode(drawn.stdout).decode())
        return (f'<picture><source media="(prefers-color-scheme: dark)" srcset="{sources[1]}">'
                f'<img src="{sources[0]}" alt="Timeline of {html.escape(device)}"></picture>')


def chosen(folder, side, work, rank):
    """The boot of a side that ranks first, of those that saved their capture."""
    boots = [(name, found) for name, found in experiment.outcomes(folder).items() if found["side"] == side and found["saved"]]
    if not boots:
        sys.exit(f"{folder}: no boot of the side {side} is there, or none saved its capture")
    name, found = max(boots, key=lambda boot: rank(boot[1]))
    place = os.path.join(work, side)
    os.mkdir(place)
    return name, found, Shown(os.path.join(folder, name), place, found["kernel"])


def column(side, title, boot, device, tool):
    name, found, shown = boot
    lines = "".join(f"<li><code>{html.escape(line)}</code></li>" for line in shown.story_of(device))
    return (f'<section class="{side}"><h2>{html.escape(title)}</h2>'
            f'<p class="lead"><b>{html.escape(device)}</b>: {html.escape(shown.lead(device))}.</p>{shown.picture(tool, device)}<ul>{lines}</ul>'
            f'<p class="more">Boot {html.escape(name)}, {html.escape(shown.kernel)}. Warnings: {found["warnings"]}; clients bound before their domain: '
            f'{found["early"]}; without a driver: {len(found["unbound"])}. <code>{html.escape(found["command_line"])}</code></p></section>')


def cells(markdown):
    """The experiment's table, as HTML."""
    rows = [[html.escape(cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in markdown.split("\n")]
    head, body = rows[0], rows[2:]
    line = "<tr>{}</tr>".format
    return ("<table>" + line("".join(f"<th>{cell}</th>" for cell in head))
            + "".join(line("".join(f"<td>{cell}</td>" for cell in row)) for row in body) + "</table>")


def page(folder, tool):
    """The page's text."""
    with tempfile.TemporaryDirectory() as work:
        off = chosen(folder, "off", work, lambda o: (o["early"], o["warnings"]))
        on = chosen(folder, "on", work, lambda o: (int(o["fix"].get("deferred", 0)), o["warnings"]))
        worst = (off[1]["early_devices"] or off[2].clients())[0]
        # The same client, if it shows something there; else one that was put off.
        saved = min(on[2].put_off() or [worst], key=lambda device: device != worst)
        kernels = [off[1]["kernel"], on[1]["kernel"]]
        title = " and ".join(kernels) if kernels[0] != kernels[1] else f"{kernels[0]}, without the fix and with it"
        return (f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>'
                f"<h1>{html.escape(title)}</h1><p>The same machine and scenario; each column is one boot, the one that shows most. Yellow: dev-&gt;driver is set and "
                "there is no IOMMU group yet; ■ the domain.</p><main>"
                + column("off", "Without the fix", off, worst, tool) + column("on", "With the fix", on, saved, tool)
                + f"</main><h2>All boots</h2>{cells(experiment.table(folder))}"
                f"<footer><p>Wilson's 95 % intervals. Made by sample-traces/lab/beside.py of {html.escape(os.path.basename(folder.rstrip('/')))}.</p></footer></html>\n")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    tool = os.path.abspath((sys.argv + [".build/release/proberace"])[3])
    text = page(sys.argv[1], tool)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(text)


main()
