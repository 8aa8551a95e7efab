#!/usr/bin/env python3
"""html.py PROBERACE: how long an HTML report takes. The largest sample must take less than a second; ten times the
retries at most twelve times the time, and less than 3 MB."""
import os
import resource
import subprocess
import sys
import tempfile


def cpu(command):
    """CPU seconds of a command: the best of three."""
    best = None
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        code = subprocess.run(command).returncode
        if code not in (0, 1):
            raise SystemExit(f"{command} ended with {code}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = took if best is None else min(best, took)
    return best


def boot(path, devices, retries):
    """Every device is bound and deferred again and again, each time while the walk visits it."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("# tracer: nop\n#\n# entries-in-buffer/entries-written: 1/1   #P:2\n#\n")
        time = 1_000_000

        def line(thread, text):
            nonlocal time
            file.write(f"    kworker/u16:{thread}-{12 + thread}   [00{thread}] d....  "
                       f"{time // 1_000_000}.{time % 1_000_000:06}: {text}\n")
            time += 20

        names = [f"0000:{n // 256:02x}:{n % 256 // 8:02x}.{n % 8}" for n in range(devices)]
        for _ in range(retries):
            for name in names:
                line(0, f'rp: (really_probe+0x0/0x3a0) dev="{name}" drv="virtio-pci"')
                line(0, f'pdc: (pci_dma_configure+0x0/0x128) dev="{name}"')
                line(1, f'ipd: (__iommu_probe_device+0x0/0x560) dev="{name}"')
                line(1, "ipd_ret: (probe_iommu_group+0x7c/0x3a0 <- __iommu_probe_device) ret=-19")
                line(0, "pdc_ret: (really_probe+0x7c/0x3a0 <- pci_dma_configure) ret=-517")
                line(0, "rp_ret: (__driver_probe_device+0x7c/0x3a0 <- really_probe) ret=-517")
        for number, name in enumerate(names):
            line(1, f"add_device_to_group: IOMMU: groupID={number} device={name}")


def main():
    tool = sys.argv[1]
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        page = f"{folder}/report.html"

        def report(*inputs):
            took = cpu([tool, "report", "--format", "html", "-o", page, *inputs])
            return took, os.path.getsize(page)

        def check(is_good, text):
            print(("ok   " if is_good else "FAIL ") + text)
            if not is_good:
                bad.append(text)

        samples = [f"sample-traces/{name}" for name in os.listdir("sample-traces")
                   if os.path.exists(f"sample-traces/{name}/dmesg.txt")]
        inputs = {sample: [f"{sample}/{name}" for name in ("dmesg.txt", "trace.txt")
                           if os.path.exists(f"{sample}/{name}")] for sample in samples}
        largest = max(samples, key=lambda sample: sum(os.path.getsize(path) for path in inputs[sample]))
        took, size = report(*inputs[largest])
        check(took < 1 and size < 3_000_000, f"{largest}: {took:.2f} s, {size / 1e6:.2f} MB")
        for devices, retries in ((10, 1000), (100, 100), (3000, 3)):
            times = []
            for factor in (1, 10):
                trace = f"{folder}/trace.txt"
                boot(trace, devices, retries * factor)
                took, size = report(trace)
                times.append(took)
                check(size < 3_000_000,
                      f"{devices} devices, {retries * factor} retries each: {took:.2f} s, {size / 1e6:.2f} MB")
            check(times[1] <= 12 * times[0], f"ten times the retries: {times[1] / times[0]:.1f} times the time")
    sys.exit(1 if bad else 0)


main()
