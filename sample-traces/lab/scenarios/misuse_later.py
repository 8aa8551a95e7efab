"""As misuse, from a workqueue: no really_probe in the stack."""
import dataclasses

from scenario import edited
from scenarios.misuse import SCENARIO as MISUSE

SCENARIO = dataclasses.replace(
    MISUSE,
    story="Misuse from a workqueue, one second after the probe.",
    guest=edited(MISUSE.guest, ("labmisuse.ko", "labmisuse.ko later=1"), ("\nsleep 2\nrmmod", "\nsleep 4\nrmmod")),
)
