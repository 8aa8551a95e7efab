"""The lab's own kprobes: what its truth is read from (truth.py). Not proberace's recipe."""

NAME = "dev=+0(+0($arg1)):string"
RESULT = "ret=$retval:s32"

# function → its entry's arguments. Those that a kernel does not have are refused there, and say so in its log.
FUNCTIONS = {
    "really_probe": NAME + ",drv=+0(+0($arg2)):string",
    "iommu_device_register": "hw=+0(+0($arg3)):string",
    "probe_iommu_group": NAME,
    "__iommu_probe_device": NAME,
    "iommu_probe_device": NAME,
    "of_iommu_configure": NAME,
    "of_dma_configure_id": NAME,
    "pci_dma_configure": NAME,
    "platform_dma_configure": NAME,
    "amba_dma_configure": NAME,
    "iommu_device_use_default_domain": NAME,
    "pci_device_probe": NAME,
    "platform_probe": NAME,
    "dma_alloc_attrs": NAME,
}


def definitions():
    for number, (function, arguments) in enumerate(FUNCTIONS.items()):
        yield ["p:e%d" % number, function, *arguments.split(",")]
        yield ["r:r%d" % number, function, RESULT]


def command_line():
    return ("trace_event=iommu:add_device_to_group,iommu:remove_device_from_group,iommu:attach_device_to_domain,iommu:io_page_fault kprobe_event="
            + ";".join(",".join(words) for words in definitions()))


def lines():
    return "".join(" ".join(words) + "\n" for words in definitions())
