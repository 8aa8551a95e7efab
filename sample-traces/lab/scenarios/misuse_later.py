"""As misuse, from a workqueue: no really_probe in the stack."""
import dataclasses

from scenarios.misuse import SCENARIO as MISUSE

SCENARIO = dataclasses.replace(
    MISUSE,
    story="Misuse from a workqueue, one second after the probe.",
    guest=MISUSE.guest.replace("labmisuse.ko", "labmisuse.ko later=1").replace("\nsleep 2\nrmmod", "\nsleep 4\nrmmod"),
)
