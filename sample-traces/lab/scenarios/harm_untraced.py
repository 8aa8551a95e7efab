"""As harm, without any probe: nothing added that could stretch the window."""
import dataclasses

from scenario import edited
from scenarios.harm import SCENARIO as HARM

SCENARIO = dataclasses.replace(
    HARM,
    story="The natural race with drivers that do DMA and no tracing at all; the kernel log alone tells.",
    probes="none",
    guest=edited(HARM.guest, ("\nprobes\n", "\n")),
)
