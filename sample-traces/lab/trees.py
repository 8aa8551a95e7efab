"""Device trees: QEMU's own, edited. A scenario names the edit."""
import os
import re
import secrets
import subprocess

from places import WORK

# The IOMMUs' nodes of QEMU's boards.
SMMU = "smmuv3@9050000 {"
RISCV = "iommu@3010000 {"

# The SMMU has a supply whose driver is a module: fw_devlink defers it until that is loaded.
REGULATOR = """
	late_reg: late-regulator {
		compatible = "regulator-fixed";
		regulator-name = "lab-smmu-vdd";
		regulator-min-microvolt = <1800000>;
		regulator-max-microvolt = <1800000>;
	};
"""


# The same for riscv, where regulators are built in: a phy.
PHY = """
	late_phy: late-phy {
		compatible = "usb-nop-xceiv";
		#phy-cells = <0>;
	};
"""


def held_back(text):
    return into_iommu(into_root(text, REGULATOR), "vdd-supply = <&late_reg>;")


def riscv(text):
    """QEMU 10 without AIA: the IOMMU's msi-parent is the phandle of a CPU, for which fw_devlink would wait for ever."""
    assert RISCV in text, "QEMU's device tree has no IOMMU where it was"
    before, node, after = text.partition(RISCV)
    return before + node + re.sub(r"msi-parent = .*;", "", after, count=1)


def held_by_phy(text):
    return into_iommu(into_root(riscv(text), PHY), "phys = <&late_phy>;", RISCV)


def held_by_clock(text):
    """Beyond deferred_probe_timeout: a missing clock's -EPROBE_DEFER comes from platform_probe itself, and no timeout ends it."""
    clock = 'lab_clk: lab-clk { compatible = "lab,clk"; #clock-cells = <0>; };'
    return into_iommu(into_root(text, clock), "assigned-clocks = <&lab_clk>; assigned-clock-rates = <100000000>;")


def into_root(text, nodes):
    """Before the root node's closing brace."""
    end = text.rindex("};")
    return text[:end] + nodes + text[end:]


def into_iommu(text, properties, node=SMMU):
    assert node in text, "QEMU's device tree has no IOMMU where it was"
    return text.replace(node, node + "\n\t\t" + properties, 1)


def tree(machine, edit, name):
    """The .dtb for a machine (QEMU's words), made anew each time: it is quick."""
    os.makedirs(os.path.join(WORK, "trees"), exist_ok=True)
    dtb, dts = (os.path.join(WORK, "trees", f"{name}.{kind}") for kind in ("dtb", "dts"))
    words = list(machine)
    words[words.index("-M") + 1] += f",dumpdtb={dtb}"
    subprocess.run(words, check=True, capture_output=True)
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", dtb], check=True, capture_output=True, text=True).stdout
    # The dump's seeds are frozen: every boot of a kernel would have the same addresses.
    text = re.sub(r"rng-seed = .*;", "", text)
    text = re.sub(r"kaslr-seed = .*;", "kaslr-seed = <%#x %#x>;" % (secrets.randbits(32), secrets.randbits(32)), text)
    with open(dts, "w") as file:
        file.write(edit(text))
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", dtb, dts], check=True)
    return dtb


# Toy IOMMUs (modules/labiommu.c) and platform clients of them; the SMMU stays as it is.

def clients(count, iommus):
    return "".join(f'lab-cl{n:02d} {{ compatible = "lab,client"; iommus = {iommus}; }};\n' for n in range(count))


def toy(name, properties=""):
    return f'lab_{name}: lab-iommu-{name} {{ compatible = "lab,iommu"; #iommu-cells = <1>; {properties} }};\n'


def two_iommus(text):
    """a registers at once, b while the clients are retried; clients of both pass b's gate (the mailing list's case)."""
    return into_root(text, toy("a", "lab,slow-ms = <4>;") + toy("b", "lab,start-delay-ms = <1500>;")
                     + clients(24, "<&lab_a 0>, <&lab_b 0>"))


def one_iommu(properties, count):
    def edit(text):
        return into_root(text, toy("a", properties) + clients(count, "<&lab_a 0>"))
    return edit


def misused(text):
    """A node that only a driver's own call of of_dma_configure() reaches."""
    return into_root(text, """
	lab_ctx: lab-ctx { iommus = <&{/smmuv3@9050000} 0x9000>; };
	lab-client0 { compatible = "lab,dma-client"; lab,dma-node = <&lab_ctx>; };
""")
