"""What the controls are held against: the same boots with nothing changed."""
import dataclasses

from scenarios.control_strict import SCENARIO as STRICT

SCENARIO = dataclasses.replace(
    STRICT,
    story="The boots that the controls are compared with: as harm-untraced, and off at once.",
    command_line="driver_async_probe=arm-smmu-v3 deferred_probe_timeout=300",
)
