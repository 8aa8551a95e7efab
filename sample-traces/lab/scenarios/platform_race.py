"""As platform-client, until the walk itself warns: is probe-before-domain to be had on the platform bus too?"""
import dataclasses

from scenarios.platform_client import SCENARIO as CLIENT
from trees import one_iommu

SCENARIO = dataclasses.replace(
    CLIENT,
    story="Clients on the platform bus, no asynchronous probing, booted until a bind slips past the walk.",
    # The window of each client is small: many clients, many windows.
    tree=one_iommu("", 96),
    guest=CLIENT.guest.replace("iommu_probe_device\\|probe_iommu_group", "probe_iommu_group+"),
    wants=("probe-before-domain",),
    tries=40,
)
