"""The lab's own kernel modules, built for a kernel from its headers with Debian 12's cross compiler."""
import os
import re
import shutil
import stat
import subprocess

from packages import Skipped
from places import HERE, Broken, say

# Options of the kernel's newer compiler that this one does not know. Patchable entries it does know, but misplaces:
# the module would oops in ftrace_call_adjust when it is loaded.
UNKNOWN = ("-std=gnu23", "-fms-extensions-none", "-fmin-function-alignment=", "-fzero-init-padding-bits=",
           "-fstrict-flex-arrays=", "-fdiagnostics-show-context", "-mharden-sls=", "-Wno-unterminated-string-initialization",
           "-fpatchable-function-entry=")


def built(apt, kernel, module):
    """The bytes of modules/NAME.c, compiled."""
    source = os.path.join(HERE, "modules", f"{module}.c")
    place = os.path.join(kernel.folder, "modules", module)
    product = os.path.join(place, f"{module}.ko")
    if not os.path.exists(product) or os.path.getmtime(product) < os.path.getmtime(source):
        tree = headers(apt, kernel)
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        shutil.copy(source, place)
        with open(os.path.join(place, "Makefile"), "w") as file:
            file.write(f"obj-m := {module}.o\n")
        say(f"compiling {module}.ko for {kernel.release}")
        make(apt.arch, tree, place, kernel.release)
    return open(product, "rb").read()


def make(arch, tree, place, release):
    wrapper = os.path.join(tree, "cc")
    done = subprocess.run(
        ["make", "-C", os.path.join(tree, "usr/src", f"linux-headers-{release}"), f"M={place}", f"ARCH={arch.kbuild}",
         f"CROSS_COMPILE={arch.compiler}", f"CC={wrapper}", "KBUILD_MODPOST_WARN=1", "modules"], capture_output=True, text=True)
    if done.returncode:
        raise Broken(f"the module does not compile:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


def headers(apt, kernel):
    """The kernel's headers, with their tools, which are the guest's own and newer than this system, made runnable here."""
    if not apt.arch.compiler:
        raise Skipped(f"no modules are built for {apt.arch.name}")
    tree = os.path.join(kernel.folder, "headers")
    if os.path.exists(os.path.join(tree, "ready")):
        return tree
    package = f"linux-headers-{kernel.release}"
    if package not in apt.names:
        raise Skipped(f"the archive has no {package}, so no modules for it")
    shutil.rmtree(tree, ignore_errors=True)
    needs = re.search(r"^Depends: (.+)$", apt.show(package), re.M)[1]
    others = re.findall(r"linux-(?:headers-[\w.+~-]*common|kbuild-[\w.+~-]+)", needs)
    apt.unpack([package, *others], tree)
    system = os.path.join(tree, "system")
    apt.unpack(["libc6", "libelf1t64", "zlib1g", "libzstd1", "libssl3t64"], system)
    for name in ("lib", "lib64"):
        if os.path.exists(os.path.join(system, "usr", name)) and not os.path.exists(os.path.join(system, name)):
            os.symlink(f"usr/{name}", os.path.join(system, name))
    for folder, _, files in os.walk(os.path.join(tree, "usr")):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            if name == "vmlinux":
                os.unlink(path)   # no BTF for our modules then
            elif open(path, "rb").read(4) == b"\x7fELF" and os.stat(path).st_mode & stat.S_IXUSR:
                wrap(path, apt.arch, system)
            elif name in ("Makefile", ".kernelvariables") or name.endswith(".mk"):
                rewrite(path, tree)
    relink(tree)
    compiler(os.path.join(tree, "cc"), apt.arch.compiler)
    open(os.path.join(tree, "ready"), "w").close()
    return tree


def wrap(path, arch, system):
    os.rename(path, path + ".guest")
    # Debian's modpost and objtool only choose the one for the module's word size or machine, by their own names.
    real = path + {"modpost": ".real-lsb-64", "objtool": f".real-{arch.kbuild}"}.get(os.path.basename(path), "")
    script(path, f'exec {arch.user} -L {system} {real}.guest "$@"')


def rewrite(path, tree):
    text = open(path, encoding="utf-8", errors="surrogateescape").read()
    changed = re.sub(r"(?<![\w/.])/usr/(src|lib)/linux", rf"{tree}/usr/\1/linux", text)
    if changed != text:
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(changed)


def relink(tree):
    """Absolute links inside the packages point into the tree."""
    for folder, folders, files in os.walk(tree):
        for name in folders + files:
            path = os.path.join(folder, name)
            if os.path.islink(path) and os.readlink(path).startswith("/usr/"):
                target = tree + os.readlink(path)
                os.unlink(path)
                os.symlink(target, path)


def compiler(path, prefix):
    skip = "|".join(f"{option}*" for option in UNKNOWN)
    script(path, f'for a do shift; case "$a" in {skip}) ;; *) set -- "$@" "$a" ;; esac; done\nexec {prefix}gcc "$@"')


def script(path, body):
    with open(path, "w") as file:
        file.write("#!/bin/sh\n" + body + "\n")
    os.chmod(path, 0o755)
