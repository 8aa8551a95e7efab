"""Control: the SMMU is not probed asynchronously; one deferred worker does everything in turn."""
import dataclasses

from scenarios.control_strict import SCENARIO as STRICT

SCENARIO = dataclasses.replace(
    STRICT,
    story="Control for harm-untraced: the SMMU is not probed asynchronously.",
    command_line="deferred_probe_timeout=300",
)
