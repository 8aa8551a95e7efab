"""Made by scripts/python_types.py from docs/schema; do not edit."""
from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

Version: TypeAlias = str

Rules: TypeAlias = int

Answer: TypeAlias = Literal['clean', 'findings', 'no-answer', 'not-visible', 'incomplete', 'unexplained']

class Place(TypedDict):
    """Where something stands in an input."""

    input: int
    line: int
    offset: int

class Loss(TypedDict):
    """Something that an input lacks."""

    kind: Literal['lost-events', 'dropped-printk', 'no-beginning', 'truncated', 'open-end', 'unexplained', 'damaged', 'no-times', 'coarse-times', 'no-order', 'no-context', 'unusable', 'tracing-stopped', 'probe-refused', 'one-cpu', 'too-many', 'unreadable', 'empty', 'unrecognised', 'not-telling', 'repeated', 'another-boot']
    count: int | None
    detail: str
    at: Place | None

class Evidence(TypedDict):
    text: str
    time: int | None
    at: Place | None

class Finding(TypedDict):
    device: str
    driver: str | None
    kind: Literal['late-iommu-probe', 'silent']
    time: int | None
    side: Literal['walk', 'bind', 'direct', 'notifier', 'none']
    verdict: Literal['real', 'false-positive', 'undetermined']
    confidence: Literal['certain', 'likely', None]
    cause: str | None
    candidates: list[str]
    harm: Literal['unharmed', 'exposed', 'harmed', 'unknown']
    tier: Literal['call-trace', 'kernel-log', 'trace', 'board-facts']
    signature: str
    summary: str
    evidence: list[Evidence]
    missing: list[str]
    recipe: str | None
    assumed: list[str]
    cites: list[str]
    reports: NotRequired[list[str]]
    places: list[Place]

class Suspect(TypedDict):
    """A device that may run without its IOMMU: a note, no gate fails for it."""

    device: str
    text: str
    tells: str
    at: Place

class Task(TypedDict):
    comm: str | None
    tid: int

class Phase(TypedDict):
    kind: Literal['registration', 'bind', 'dma-configure', 'driver-probe', 'walk-visit', 'iommu-probe', 'group', 'domain']
    start: int | None
    end: int | None
    task: Task | None
    result: int | None
    detail: str | None
    at: Place

class Device(TypedDict):
    name: str
    driver: str | None
    phases: list[Phase]
    deferredBinds: int

class InputBuffer(TypedDict):
    """A ring buffer of a trace.dat."""

    name: str
    clock: str
    events: int
    lost: int | None

class Input(TypedDict):
    path: str
    format: str | None
    bytes: int
    losses: list[Loss]
    buffers: list[InputBuffer]

class Gate(TypedDict):
    """What a scan's gate makes of a finding."""

    passes: bool
    reason: str
    allowedBy: str | None
    bug: str | None
    soft: bool

class KnownFactsClient(TypedDict):
    """A device with a group, a link to an IOMMU, or a place in the firmware's description of one."""

    device: str
    bus: str
    driver: str | None
    group: int | None
    groupType: str | None
    iommus: list[str]
    leftOut: bool
    interrupts: int | None
    at: Place

class KnownFactsDeferred(TypedDict):
    device: str
    reason: str
    at: Place

class KnownFacts(TypedDict):
    """What a live board said of itself in one moment of the boot."""

    release: str | None
    bootId: str | None
    uptime: int | None
    at: Place
    clients: list[KnownFactsClient]
    deferred: list[KnownFactsDeferred]
    skipped: list[str]

Facts: TypeAlias = "KnownFacts | None"

class Rate(TypedDict):
    n: int
    of: int

class BaselineEntry(TypedDict):
    signature: NotRequired[str]
    cause: NotRequired[str]
    verdict: NotRequired[Literal['real', 'undetermined', 'false-positive']]
    device: NotRequired[str]
    boards: NotRequired[list[str]]
    kernels: NotRequired[list[str]]
    hardware: NotRequired[list[str]]
    rate: NotRequired[float]
    bug: NotRequired[str]
    expires: NotRequired[str]
    mode: NotRequired[Literal['soft', 'hard']]
    comment: NotRequired[str]

class Baseline(TypedDict):
    """Proberace's allow-list of known findings (--baseline)."""

    schema: Literal['proberace/baseline@1']
    entries: list[BaselineEntry]

class BootEligible(TypedDict):
    value: bool
    why: str

class BootFindingEvidence(TypedDict):
    text: str
    time: int | None
    line: int | None

class BootFinding(TypedDict):
    signature: str
    cause: str | None
    verdict: Literal['real', 'undetermined', 'false-positive']
    confidence: Literal['certain', 'likely', None]
    device: str
    driver: str | None
    time: int | None
    evidence: NotRequired[list[BootFindingEvidence]]

class Boot(TypedDict):
    """A line of proberace history export: one boot."""

    schema: Literal['proberace/boot@1']
    version: Version
    rules: Rules
    run: str
    ended: bool
    date: str
    hash: str
    boot: int
    size: int
    path: str
    kernel: str | None
    hardware: str | None
    labels: dict[str, str]
    answer: Answer
    state: NotRequired[Literal['complete', 'incomplete', 'no-kernel-log', 'unreadable', None]]
    eligible: BootEligible
    findings: list[BootFinding]

class DoctorCheck(TypedDict):
    id: Literal['warning', 'iommus', 'kernel-log', 'tracefs', 'trace-cmd', 'perfetto', 'cmdline', 'bootconfig']
    answer: Literal['yes', 'no', 'unknown']
    detail: str

class Doctor(TypedDict):
    """Proberace doctor --format json."""

    schema: Literal['proberace/doctor@1']
    version: Version
    rules: Rules
    ready: bool
    kernel: str | None
    iommus: list[str]
    groups: int
    checks: list[DoctorCheck]
    next: list[str]

class HistoryAdded(TypedDict):
    """Proberace history add and merge --format json."""

    schema: Literal['proberace/history-added@1']
    version: Version
    rules: Rules
    new: int
    changed: int
    known: int
    others: int
    broken: int
    unfinished: list[str]

class HistoryCompareRow(TypedDict):
    cause: str
    place: str
    a: Rate
    b: Rate
    p: float

class HistoryCompare(TypedDict):
    """Proberace history compare --format json: two kernels or boards beside each other."""

    schema: Literal['proberace/history-compare@1']
    version: Version
    rules: Rules
    a: str
    b: str
    rows: list[HistoryCompareRow]

class HistoryPruned(TypedDict):
    """Proberace history prune --format json."""

    schema: Literal['proberace/history-pruned@1']
    version: Version
    rules: Rules
    boots: int

class KnownHistoryRegressionCommit(TypedDict):
    commit: str
    name: str
    came: bool

class KnownHistoryRegression(TypedDict):
    cause: str
    board: str
    kernel: str
    good: str
    before: Rate
    after: Rate
    p: float
    commits: list[KnownHistoryRegressionCommit]

HistoryRegressions: TypeAlias = "list[KnownHistoryRegression]"

class HistoryRejudged(TypedDict):
    """Proberace history rejudge --format json."""

    schema: Literal['proberace/history-rejudged@1']
    version: Version
    rules: Rules
    judged: int
    gone: int
    other: int

class HistoryShowGroup(TypedDict):
    signature: str
    cause: str | None
    verdict: Literal['real', 'undetermined', 'false-positive']
    n: int
    of: int
    rate: float | None
    interval: list[float]
    boards: list[str]
    kernels: list[str]
    example: str | None

class HistoryShowRun(TypedDict):
    run: str
    day: str
    ended: bool

class HistoryShow(TypedDict):
    """Proberace history show --format json: what the history has."""

    schema: Literal['proberace/history-show@1']
    version: Version
    rules: Rules
    boots: int
    eligible: int
    days: list[str] | None
    boards: list[str]
    kernels: list[str]
    groups: list[HistoryShowGroup]
    runs: list[HistoryShowRun]

class HistoryTrendRow(TypedDict):
    cause: str
    key: str
    n: int
    of: int
    rate: float | None
    interval: list[float]
    cleanBoots: NotRequired[int]

class HistoryTrend(TypedDict):
    """Proberace history trend --format json: rates along kernels, boards or days."""

    schema: Literal['proberace/history-trend@1']
    version: Version
    rules: Rules
    by: Literal['kernel', 'board', 'day']
    rows: list[HistoryTrendRow]

class ReportBootClock(TypedDict):
    """How a trace's clock was joined to the log's."""

    input: int
    offset: int
    slack: int | None
    anchors: int

class ReportBootWindow(TypedDict):
    """A time in which dev->driver was set before the IOMMU probe had finished."""

    device: str
    opened: int | None
    openedLatest: int | None
    closed: int | None
    state: Literal['warned', 'raced', 'exposed']
    others: list[str]
    folded: int
    at: Place | None

class ReportBootDeviceLockMeeting(TypedDict):
    device: str
    outcome: Literal['self-deadlock', 'waits-for-walk', 'would-wait']
    holder: str
    time: int
    wait: int | None
    evidence: list[Evidence]

class ReportBootDeviceLock(TypedDict):
    """What device_lock() in the walk would have done."""

    visits: int
    wouldDeadlock: bool
    meetings: list[ReportBootDeviceLockMeeting]

class ReportBootWhatIfFinding(TypedDict):
    outcome: Literal['gone', 'deferred', 'never-binds', 'deadlock', 'orphan', 'unchanged', 'not-told']
    text: str
    evidence: list[Evidence]

class ReportBootWhatIfBeside(TypedDict):
    outcome: Literal['gone', 'deferred', 'never-binds', 'deadlock', 'orphan', 'unchanged', 'not-told']
    text: str
    evidence: list[Evidence]

class ReportBootWhatIf(TypedDict):
    candidate: str
    title: str
    findings: list[ReportBootWhatIfFinding]
    besides: list[ReportBootWhatIfBeside]

class ReportBoot(TypedDict):
    kernel: str | None
    hardware: str | None
    clock: list[ReportBootClock]
    losses: list[Loss]
    devices: list[Device]
    windows: list[ReportBootWindow]
    findings: list[Finding]
    suspects: list[Suspect]
    deviceLock: ReportBootDeviceLock | None
    whatIf: NotRequired[list[ReportBootWhatIf]]
    facts: Facts

class ReportSummary(TypedDict):
    warnings: int
    falsePositive: int
    real: int
    undetermined: int

class ReportKernelTreeFix(TypedDict):
    commit: str
    name: str
    state: Literal['present', 'absent', 'contradictory', 'unknown']
    evidence: list[str]

class ReportKernelTree(TypedDict):
    """--kernel-tree: which of the known fixes the kernel's source has; null without the option."""

    path: str
    version: str | None
    head: str | None
    fixes: list[ReportKernelTreeFix]
    notes: list[str]

class Report(TypedDict):
    """Proberace report --format json."""

    schema: Literal['proberace/report@1']
    version: Version
    rules: Rules
    answer: Answer
    state: Literal['judged', 'damaged', 'not-telling']
    inputs: list[Input]
    boots: list[ReportBoot]
    summary: ReportSummary
    kernelTree: NotRequired[ReportKernelTree | None]

class ScanEndCounts(TypedDict):
    rows: int
    boots: int
    eligible: int
    copies: int
    known: int
    unlabelled: int
    findings: int
    failing: int
    unanswered: int

class ScanEndRegression(TypedDict):
    kind: Literal['new', 'rose', 'exceeds']
    cause: str | None
    signature: NotRequired[str]
    verdict: NotRequired[str]
    boots: NotRequired[int]
    example: NotRequired[str]
    board: NotRequired[str]
    before: NotRequired[Rate]
    now: NotRequired[Rate]
    ceiling: NotRequired[float]
    p: NotRequired[float]

class ScanEnd(TypedDict):
    """The last line of proberace scan --format jsonl: without it the scan was killed."""

    schema: Literal['proberace/scan-end@1']
    version: Version
    rules: Rules
    run: str
    counts: ScanEndCounts
    interrupted: bool
    status: Literal[0, 1, 2]
    regressions: NotRequired[list[ScanEndRegression]]

class ScanEligible(TypedDict):
    value: bool
    why: str

class ScanFinding(Finding):
    record: str | None
    gate: Gate

class ScanOther(TypedDict):
    kind: Literal['warning', 'oops', 'panic']
    signature: str
    title: str
    count: int
    time: int | None
    at: Place | None

class Scan(TypedDict):
    """A line of proberace scan --format jsonl: one boot of one log."""

    schema: Literal['proberace/scan@1']
    version: Version
    rules: Rules
    answer: Answer
    path: str
    boot: int
    hash: str | None
    size: int | None
    record: str | None
    run: str
    labels: dict[str, str]
    eligible: ScanEligible
    id: NotRequired[str]
    kernel: str | None
    hardware: str | None
    state: Literal['complete', 'incomplete', 'no-kernel-log', 'unreadable']
    gaps: list[Literal['beginning', 'end', 'messages', 'open-end', 'log']]
    findings: list[ScanFinding]
    suspects: list[Suspect]
    others: list[ScanOther]
    losses: list[Loss]
    format: NotRequired[str]
    inputs: NotRequired[list[str]]
    found: NotRequired[bool]
    reason: NotRequired[str]
    error: NotRequired[str]

class TimelineBoot(TypedDict):
    kernel: str | None
    hardware: str | None
    devices: list[Device]
    facts: Facts

class Timeline(TypedDict):
    """Proberace timeline --format json."""

    schema: Literal['proberace/timeline@1']
    version: Version
    rules: Rules
    inputs: list[Input]
    boots: list[TimelineBoot]
