"""One initramfs a kernel (user space and modules), and a small one appended to it for each run."""
import glob
import json
import lzma
import os
import shutil
import subprocess

from packages import short
from places import WORK, Broken, say

USER_SPACE = ("busybox-static", "trace-cmd", "libtraceevent1", "libtracefs1", "libzstd1", "zlib1g", "libc6")
# What a scenario may load; what these need is taken too. Names that a kernel does not have are passed over.
MODULES = ("virtio_mmio 9pnet_virtio 9p virtio-rng virtio_net virtio_blk nvme e1000e xhci-pci ahci virtio-iommu fixed "
           "rtc-pl031 phy-generic").split()


class Kernel:
    """An unpacked kernel: `image` and `initrd` are ready for QEMU, `notes` say where they came from."""

    def __init__(self, apt, series):
        self.release = self._choose(apt, series)
        self.folder = os.path.join(WORK, "kernels", self.release)
        self.image = os.path.join(self.folder, "Image")
        self.initrd = os.path.join(self.folder, "initrd.zst")
        self.config = os.path.join(self.folder, "config")
        notes = os.path.join(self.folder, "packages.json")
        if not os.path.exists(notes):
            self._make(apt, notes)
        self.notes = json.load(open(notes))

    @property
    def short(self):
        return short(self.release)

    def _make(self, apt, notes):
        shutil.rmtree(self.folder, ignore_errors=True)
        tree, root = os.path.join(self.folder, "tree"), os.path.join(self.folder, "root")
        os.makedirs(tree)
        packages = self._fetch(apt, tree)
        shutil.copy(self._find(tree, "vmlinuz*"), self.image)
        shutil.copy(self._find(tree, "config*"), self.config)
        say(f"making the initramfs of {self.release}")
        packages += self._user_space(apt, root)
        self._modules(tree, root)
        pack(root, self.initrd)
        shutil.rmtree(tree)
        shutil.rmtree(root)
        with open(notes, "w") as file:
            json.dump(packages, file, indent=1)

    def _choose(self, apt, series):
        return apt.choose(series)

    def _fetch(self, apt, tree):
        """Image, configuration and modules into `tree`."""
        return apt.unpack(apt.parts(self.release), tree)

    @staticmethod
    def _find(tree, pattern):
        found = [p for p in glob.glob(f"{tree}/**/{pattern}", recursive=True) if os.path.isfile(p)]
        if not found:
            raise Broken(f"no {pattern} in the kernel's packages")
        return max(found, key=os.path.getsize)

    def _user_space(self, apt, root):
        system = os.path.join(self.folder, "system")
        notes = apt.unpack(USER_SPACE, system)
        loader = apt.arch.loader
        for folder in ("bin", "sbin", "proc", "sys", "dev", "tmp", "share", "lib", os.path.dirname(loader)):
            os.makedirs(os.path.join(root, folder), exist_ok=True)
        for name in ("busybox", "trace-cmd"):
            shutil.copy(self._find(system, name), os.path.join(root, "bin", name))
        for path in glob.glob(f"{system}/**/*-linux-gnu/*.so*", recursive=True):
            shutil.copy(path, os.path.join(root, "lib"))
        shutil.copy(self._find(system, os.path.basename(loader)), os.path.join(root, loader))
        shutil.rmtree(system)
        return notes

    def _modules(self, tree, root):
        # depmod looks under lib/, the packages put them under usr/lib/ or lib/.
        if not os.path.exists(os.path.join(tree, "lib")):
            os.symlink("usr/lib", os.path.join(tree, "lib"))
        source = os.path.join(tree, "lib", "modules", self.release)
        subprocess.run(["depmod", "-b", tree, self.release], check=True)
        needs = {}
        for line in open(os.path.join(source, "modules.dep")):
            name, _, rest = line.partition(":")
            needs[module_name(name)] = [name, *rest.split()]
        wanted = {path for name in MODULES for path in needs.get(name.replace("-", "_"), [])}
        target = os.path.join(root, "lib", "modules", self.release)
        for path in sorted(wanted):
            plain = path.removesuffix(".xz").removesuffix(".zst")
            os.makedirs(os.path.dirname(os.path.join(target, plain)), exist_ok=True)
            with open(os.path.join(target, plain), "wb") as file:
                file.write(unpacked(os.path.join(source, path)))
        for path in glob.glob(f"{source}/modules.builtin*") + [f"{source}/modules.order"]:
            shutil.copy(path, target)
        subprocess.run(["depmod", "-b", root, self.release], check=True)


def extra(apt, packages):
    """Programs and libraries of more packages, by their path in the guest; with what to write down of them."""
    packages = list(dict.fromkeys(packages))
    if not packages:
        return {}, []
    system = os.path.join(WORK, "extra", "-".join((apt.arch.name, *packages)))
    shutil.rmtree(system, ignore_errors=True)
    os.makedirs(system)
    notes = apt.unpack(packages, system)
    files = {}
    for pattern, folder in (("usr/bin/*", "bin"), ("usr/sbin/*", "bin"), ("usr/lib/*/*.so*", "lib")):
        for path in filter(os.path.isfile, glob.glob(f"{system}/{pattern}")):
            files[f"{folder}/{os.path.basename(path)}"] = open(path, "rb").read()
    return files, notes


def module_name(path):
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


def unpacked(path):
    if path.endswith(".xz"):
        return lzma.open(path).read()
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout
    return open(path, "rb").read()


def pack(root, target):
    """A folder as a compressed cpio archive that the kernel takes, filled up to four bytes so that another may follow."""
    names = subprocess.run(["find", ".", "-print0"], cwd=root, check=True, capture_output=True).stdout
    archive = subprocess.run(["cpio", "-0", "-o", "-H", "newc", "-R", "0:0", "--quiet"], cwd=root, input=names, check=True,
                             capture_output=True).stdout
    packed = subprocess.run(["zstd", "-q", "-6", "-c"], input=archive, check=True, capture_output=True).stdout
    with open(target, "wb") as file:
        file.write(packed + b"\0" * (-len(packed) % 4))


def append(initrd, files, target, trailer=b""):
    """`initrd` with more files (their path in the guest → their bytes), and `trailer` behind them."""
    root = target + ".root"
    shutil.rmtree(root, ignore_errors=True)
    for path, content in files.items():
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        with open(os.path.join(root, path), "wb") as file:
            file.write(content)
        os.chmod(os.path.join(root, path), 0o755)
    pack(root, target)
    shutil.rmtree(root)
    second = open(target, "rb").read()
    with open(target, "wb") as file:
        file.write(open(initrd, "rb").read() + second + trailer)
