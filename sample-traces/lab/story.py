"""A boot's own records, parsed: the lab's kprobes, the guest's notes and the kernel log. What follows from them: truth.py.

Shares no code with proberace and is made to be obviously right, not fast: it knows which functions the lab probes, and
pairs entries and returns by thread.
"""
import collections
import os
import re

EVENT = re.compile(r"^\s*.+?-(?P<tid>\d+)\s+\[\d+\]\s+\S+\s+(?P<time>\d+\.\d+): (?P<name>\w+): (?P<rest>.*)$")
ENTRY = re.compile(r"^\((?P<function>[\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+\)(?P<fields>.*)$")
RETURN = re.compile(r"^\((?P<caller>.+?) <- (?P<function>[\w.]+)\)(?P<fields>.*)$")
FIELD = re.compile(r'(\w+)=("[^"]*"|\S+)')
LINE = re.compile(r"^(?:<\d+>)?\[\s*(?P<time>\d+\.\d+)\](?:\[\s*[TC]\d+\])? (?P<text>.*)$")
WARNING = re.compile(r"^(?P<driver>\S+) (?P<device>\S+): late IOMMU probe at driver bind")
HEADER = re.compile(r"WARNING: (?:CPU: \d+ PID: (?P<old>\d+) at|.*, CPU#\d+: .*/(?P<new>\d+)$)")
# On x86 a return probe hides the caller; what is left of it on the stack is a doubtful `? __pfx_…`. riscv puts an address first.
FRAME = re.compile(r"^ {0,2}(?:\[<[0-9a-f]+>\] )?(?:\? )?(?:__pfx_)?(\w[\w.]*)\+0x[0-9a-f]+/0x")
ADDING = re.compile(r"^(?P<prefix>\S+) (?P<device>\S+): Adding to iommu group \d+")
ENABLING = re.compile(r"^(?P<prefix>\S+) (?P<device>\S+): enabling device")
RETURNED = re.compile(r"^probe of (?P<device>\S+) .*returned (?P<result>-?\d+) after")
GAVE_UP = re.compile(r"^(?P<prefix>\S+) (?P<device>\S+): (?:deferred probe timeout, )?ignoring dependency")
FAULT = re.compile(r"event: \w+ client: (?P<device>\S+) .*iova: (?P<iova>0x[0-9a-f]+)")
PAGE_FAULT = re.compile(r"page fault from EP (?P<stream>\d+) at (?P<iova>0x[0-9a-f]+)")
BUSES = ("pci", "platform", "amba")
DEFER = -517


class Span:
    """A call of a probed function; `end` is infinite where no return was seen."""

    def __init__(self, function, tid, start, fields, parent):
        self.function, self.tid, self.start, self.fields = function, tid, start, fields
        self.end, self.result, self.caller = float("inf"), None, None
        self.parent, self.inner = parent, []

    @property
    def device(self):
        return self.fields.get("dev") or self.fields.get("name")

    def holds(self, time):
        return self.start <= time <= self.end

    def overlaps(self, other):
        return self.start <= other.end and other.start <= self.end

    def below(self, *functions):
        """The calls inside it of one of these functions, nearest first in time."""
        found = []
        for span in self.inner:
            if span.function in functions or "*_dma_configure" in functions and span.function in CONFIGURES:
                found.append(span)
            found += span.below(*functions)
        return sorted(found, key=lambda s: s.start)

    def within(self, function):
        span = self.parent
        while span and span.function != function:
            span = span.parent
        return span


# What riscv prints for a caller that a return probe hides.
HIDDEN = "arch_rethook_trampoline"
CONFIGURES = ("pci_dma_configure", "platform_dma_configure", "amba_dma_configure")
BUS_PROBES = ("pci_device_probe", "platform_probe")


class Warned:
    def __init__(self, time, driver, device):
        self.time, self.driver, self.device = time, driver, device
        self.tid, self.frames = None, []
        # The probed calls that it lies in, innermost first.
        self.calls = []

    @property
    def side(self):
        """By the frame nearest to __iommu_probe_device; by the trace where riscv's return probes hide the frames."""
        for frame in self.frames:
            if frame == "probe_iommu_group":
                return "walk"
            if frame == "of_iommu_configure":
                above = self.frames[self.frames.index(frame) + 1:][:2]
                caller = [f for f in above if f != "of_dma_configure_id"][:1]
                return "bind" if caller and caller[0] in CONFIGURES else "direct"
        if HIDDEN in self.frames:
            return next(("walk" if name == "probe_iommu_group" else "bind" for name in self.calls
                         if name in ("probe_iommu_group", *CONFIGURES)), "unknown")
        return "unknown"


class Story:
    """A boot's records, parsed."""

    def __init__(self, folder):
        self.folder = folder
        # A guest that hangs saves nothing: then its console is all there is.
        self.log_name = "dmesg.txt" if os.path.exists(os.path.join(folder, "saved")) else "serial.log"
        self.log = self._log(self.log_name)
        # Printed after the capture was saved, while the clients were used.
        self.serial = self._log("serial.log")
        self.saved = max((time for time, _ in self.log), default=0)
        self.warnings = self._warnings(self.log)
        self.spans, self.groups, self.domains, self.removals = self._trace()
        for warned in self.warnings:
            warned.calls = [s.function for s in reversed(self.spans) if s.tid == warned.tid and s.holds(warned.time)]
        # Device → its group's number.
        self.numbers = {p.split("/")[-1]: int(p.split("/")[-3]) for p in self.lines("groups.txt") if "*" not in p}
        self.grouped = sorted(self.numbers)
        # Bridge → the functions right behind it.
        self.behind = collections.defaultdict(list)
        for path in self.lines("topology.txt"):
            above, function = path.split("/")[-2:]
            if re.match(r"[0-9a-f]{4}:", above):
                self.behind[above].append(function)
        self.bound = dict(line.split() for line in self.lines("bound.txt"))
        self.registrations = self.calls("iommu_device_register")

    # reading

    def lines(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            return []
        return open(path, encoding="utf-8", errors="replace").read().split("\n")[:-1]

    def _log(self, name):
        found = []
        for line in self.lines(name):
            match = LINE.match(line.rstrip("\r"))
            if match:
                found.append((float(match["time"]), match["text"]))
        return found

    @staticmethod
    def _warnings(log):
        found, open_blocks = [], []
        for time, text in log:
            match = WARNING.match(text)
            if match:
                found.append(Warned(time, match["driver"], match["device"]))
                open_blocks.append(found[-1])
                continue
            if not open_blocks:
                continue
            block = open_blocks[-1]
            header = HEADER.search(text)
            if header and block.tid is None:
                block.tid = int(header["old"] or header["new"])
            if frame := FRAME.match(text):
                block.frames.append(re.sub(r"\.(part|isra|constprop)\.\d+", "", frame[1]))
            if text.startswith("---[ end trace"):
                open_blocks.pop()
        return found

    def _trace(self):
        self.last = 0.0
        spans, stacks = [], collections.defaultdict(list)
        groups, domains, removals = (collections.defaultdict(list) for _ in range(3))
        for line in self.lines("trace.txt"):
            event = EVENT.match(line)
            if not event:
                continue
            time, tid, rest = float(event["time"]), int(event["tid"]), event["rest"]
            self.last = max(self.last, time)
            if event["name"] == "add_device_to_group":
                groups[rest.rsplit("device=", 1)[1]].append((time, tid))
            elif event["name"] == "attach_device_to_domain":
                domains[rest.rsplit("device=", 1)[1]].append((time, tid))
            elif event["name"] == "remove_device_from_group":
                removals[rest.rsplit("device=", 1)[1]].append((time, tid))
            stack = stacks[tid]
            if match := ENTRY.match(rest):
                fields = {k: v.strip('"') for k, v in FIELD.findall(match["fields"])}
                span = Span(match["function"], tid, time, fields, stack[-1] if stack else None)
                (stack[-1].inner if stack else []).append(span)
                stack.append(span)
                spans.append(span)
            elif match := RETURN.match(rest):
                names = [s.function for s in stack]
                if match["function"] not in names:
                    continue
                # Calls whose own return was lost, or is not probed, end here at the latest.
                while True:
                    span = stack.pop()
                    span.end = time
                    if span.function == match["function"]:
                        break
                result = dict(FIELD.findall(match["fields"])).get("ret")
                span.result, span.caller = (int(result, 0) if result else None), match["caller"].split("+")[0].split()[0]
        return spans, groups, domains, removals

    # asking

    def calls(self, *functions, device=None):
        return [s for s in self.spans if s.function in functions and (device is None or s.device == device)]

    def binds(self, device):
        return self.calls("really_probe", device=device)

    def said(self, pattern, device=None):
        """(time, match) of the log lines that match, of one device."""
        found = []
        for time, text in self.log:
            match = pattern.match(text)
            if match and (device is None or match["device"] == device):
                found.append((time, match))
        return found

    def marked(self, words):
        """When the guest marked this phase; None if it never did."""
        for time, text in self.log:
            if text.startswith("lab: ") and words in text:
                return time
        return None

    def group_time(self, device, after=0.0):
        """When the device got its group: from the trace, else from its line in the log."""
        times = [t for t, _ in self.groups.get(device, []) if t >= after]
        times = times or [t for t, _ in self.said(ADDING, device) if t >= after]
        return times[0] if times else None

    def domain_time(self, device, after=0.0):
        times = [t for t, _ in self.domains.get(device, []) if t >= after]
        return times[0] if times else None

    def fault_or_timeout(self, device):
        """(time, word) of what shows that a port's interrupts are dead."""
        faults = [(t, f"a fault at {iova}") for t, iova in self.faults(device)]
        late = [item for item in self.serial if item[0] > self.saved]
        return sorted(faults + [(t, "a timeout of a hotplug command") for t, text in self.log + late
                                if text.startswith(f"pcieport {device}: pciehp: Timeout on hotplug command")])

    def interrupts(self, device):
        """How often the device's interrupts came, at the very end; None if the guest did not write it down."""
        lines = [line.split() for line in self.lines("interrupts.txt") if f"-{device} " in line]
        cpus = len(next(iter(self.lines("interrupts.txt")), "").split())
        return sum(int(word) for line in lines for word in line[1:cpus + 1]) if lines else None

    def has_domain(self, device, time):
        """Whether the device was attached to a domain then, and not taken from its group since."""
        attached = [t for t, _ in self.domains.get(device, []) if t <= time]
        return bool(attached) and not any(attached[-1] < t <= time for t, _ in self.removals.get(device, []))

    def bound_without(self, device, before=float("inf")):
        """Its binds that had come to ->probe without a domain, and succeeded."""
        found = []
        for bind in self.binds(device):
            probe = next(iter(bind.below(*BUS_PROBES)), None)
            if bind.result == 0 and probe and bind.end < before and not self.has_domain(device, probe.start):
                found.append(bind)
        return found

    def lost_while_bound(self, device, before=float("inf")):
        """When its group was taken from it under its driver: nobody had unbound it or unplugged it."""
        found = []
        for time, _ in self.removals.get(device, []):
            bound = [b.end for b in self.binds(device) if b.result == 0 and b.end < time]
            if time < before and bound and not self.undone(device, bound[-1], time):
                found.append(time)
        return found

    def undone(self, device, start, end):
        """Whether the guest unbound it, or unplugged it, in between."""
        return any(start < t < end and text in (f"lab: unbind {device}", f"lab: remove {device}") for t, text in self.log)

    def aborts(self, device):
        """Addresses at which the emulator refused the device's DMA. An aborting stream makes no event in the guest."""
        lines = " ".join(self.lines("qemu-trace.txt"))
        return re.findall(r"sid=0x%x abort on iova:(0x[0-9a-f]+)" % stream(device), lines)

    def faults(self, device):
        """(time, address) of the device's faults. nvme reads near address zero with and without the race: not those."""
        found = []
        for time, text in self.log + [item for item in self.serial if item[0] > self.saved]:
            smmu, virtio = FAULT.search(text), PAGE_FAULT.search(text)
            if smmu and smmu["device"] == device or virtio and int(virtio["stream"]) == stream(device):
                found.append((time, (smmu or virtio)["iova"]))
        return [(t, iova) for t, iova in found if int(iova, 16) >= 0x1000]


def stream(device):
    """A PCI function's number for its IOMMU; -1 for other devices."""
    match = re.match(r"0000:(\w\w):(\w\w)\.(\d)", device)
    if not match:
        return -1
    bus, slot, function = (int(n, 16) for n in match.groups())
    return bus << 8 | slot << 3 | function
