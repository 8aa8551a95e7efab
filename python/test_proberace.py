"""Tests of the installed module, with the standard library alone."""
import importlib.metadata
import importlib.resources
import itertools
import os
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

import proberace

BOOT = pathlib.Path(sys.prefix, "share/proberace/boot")


class ModuleTests(unittest.TestCase):
    def test_report(self) -> None:
        report = proberace.report([BOOT / "dmesg.txt", BOOT / "trace.txt"])
        self.assertEqual(report["schema"], "proberace/report@1")
        self.assertEqual((report["summary"]["real"], report["summary"]["falsePositive"]), (2, 2))
        causes = {finding["cause"] for boot in report["boots"] for finding in boot["findings"]}
        self.assertEqual(causes, {"probe-before-domain", "skipped-by-walk-then-replayed"})

    def test_scan(self) -> None:
        rows = list(proberace.scan([BOOT], "--boot-per", "folder"))
        self.assertEqual([len(row["findings"]) for row in rows], [4])
        self.assertEqual(rows[0]["findings"][0]["gate"]["passes"], False)
        # A path alone is one path, not its letters.
        self.assertEqual(len(list(proberace.scan(str(BOOT), "--boot-per", "folder"))), 1)

    def test_it_is_typed_and_licensed(self) -> None:
        self.assertTrue(importlib.resources.files("proberace").joinpath("py.typed").is_file())
        names = {path.name for path in importlib.metadata.files("proberace") or [] if "licenses" in path.parts}
        self.assertLessEqual({"LICENSE", "libarchive-dev.txt", "libtraceevent1.txt", "libsqlite3-0.txt", "libnettle8.txt"}, names)
        with self.assertRaises(AttributeError):
            getattr(proberace, "nothing")

    def test_scan_may_be_left_early(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for number in range(400):
                pathlib.Path(folder, f"{number}.log").write_bytes((BOOT / "dmesg.txt").read_bytes())
            rows = proberace.scan([folder])
            self.assertEqual(len(list(itertools.islice(rows, 2))), 2)
            rows.close()  # type: ignore[attr-defined]

    def test_scan_reads_what_is_fed(self) -> None:
        log = (BOOT / "dmesg.txt").read_bytes()
        rows = list(proberace.scan(["-"], feed=lambda pipe: pipe.write(log)))
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0]["findings"], [row for path in proberace.scan([BOOT / "dmesg.txt"]) for row in path["findings"]])
        with self.assertRaises(FileNotFoundError):
            list(proberace.scan(["-"], feed=lambda pipe: pipe.write(pathlib.Path("/gone").read_bytes())))

    def test_errors(self) -> None:
        with self.assertRaisesRegex(proberace.Error, "no-such-option"):
            list(proberace.scan([BOOT], "--no-such-option"))
        with self.assertRaisesRegex(proberace.Error, "no-such-option"):
            proberace.report([BOOT / "dmesg.txt"], "--no-such-option")
        (row,) = proberace.scan([BOOT / "gone.txt"])
        self.assertEqual(row["state"], "unreadable")

    def test_a_scan_without_its_end_is_an_error(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            killed = pathlib.Path(folder, "killed")
            killed.write_text("#!/bin/sh\necho '{\"schema\": \"proberace/scan@1\"}'; printf '{\"sche'\n")
            killed.chmod(0o755)
            with mock.patch.dict(os.environ, {"PROBERACE": str(killed)}):
                rows = proberace.scan([BOOT])
                self.assertEqual(next(rows)["schema"], "proberace/scan@1")
                with self.assertRaises(proberace.Error):
                    next(rows)

    def test_names_are_no_options(self) -> None:
        with self.assertRaises(proberace.Error):
            proberace.report([])
        (row,) = proberace.scan(["--version"])
        self.assertEqual(row["path"], "--version")

    def test_doctor(self) -> None:
        self.assertEqual(proberace.doctor()["schema"], "proberace/doctor@1")


unittest.main()
