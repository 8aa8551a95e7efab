"""One boot into a folder: what the guest is given, and what the run says of itself."""
import json
import os
import subprocess

import host
import machine
import modules
import probes
import recipe
import rootfs
from packages import archive
from places import HERE


def once(name, scenario, kernel, folder, how=None, attempt=1, more=()):
    """One boot into `folder`, which must not exist; returns what the run itself says. `more`: files of the guest."""
    files = {"init": read("guest/init"), "lib.sh": read("guest/lib.sh"), "scenario.sh": scenario.guest.encode(),
             "probes.txt": probes.lines().encode()}
    files.update(more)
    for module in scenario.modules:
        files[f"modules/{module}.ko"] = modules.built(archive(scenario.arch), kernel, module)
    if script := recipe.facts():
        files["facts.sh"], files[f"boot/config-{kernel.release}"] = script, open(kernel.config, "rb").read()
    packages, notes = rootfs.extra(archive(scenario.arch), [*scenario.packages, *(how.packages if how else ())])
    files.update(packages)
    command_line = how.apply(scenario, files) if how else scenario.append()
    os.makedirs(folder)
    initrd = os.path.join(folder, "initrd.zst")
    rootfs.append(kernel.initrd, files, initrd, how.trailer if how else b"")
    seconds, stopped = machine.boot(kernel, initrd, folder, scenario, command_line)
    os.unlink(initrd)
    both_versions(folder)
    with open(os.path.join(folder, "scenario.sh"), "w") as file:
        file.write(scenario.guest)
    note = {"scenario": name, "kernel": kernel.release, "boot": attempt, "packages": kernel.notes + notes, "command_line": command_line,
            "emulator": host.version(scenario.arch), "seconds": round(seconds, 1), "stopped": stopped}
    with open(os.path.join(folder, "run.json"), "w") as file:
        json.dump(note, file, indent=1)
    return note


def both_versions(folder):
    """trace.dat is version 7; the same as version 6 beside it."""
    if os.path.exists(os.path.join(folder, "trace.dat")):
        subprocess.run(["trace-cmd", "convert", "--file-version", "6", "-i", "trace.dat", "-o", "trace-v6.dat"], cwd=folder,
                       capture_output=True)


def read(path):
    return open(os.path.join(HERE, path), "rb").read()
