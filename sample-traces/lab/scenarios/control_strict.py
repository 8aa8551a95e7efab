"""Control: with fw_devlink.strict=1 the clients wait for the SMMU in the driver core, and no race should be possible."""
import dataclasses

from scenarios.harm_untraced import SCENARIO as HARM

GUEST = HARM.guest.split("or_again")[0] + "dmesg > /share/dmesg.txt\necho > /share/saved\n"

SCENARIO = dataclasses.replace(
    HARM,
    story="Control for harm-untraced: fw_devlink.strict=1.",
    command_line=HARM.command_line + " fw_devlink.strict=1",
    guest=GUEST,
    watch=False,
    wants=(),
    tries=1,
    timeout=90,
    # For `run count` only: one boot says nothing.
    kernels=(),
)
