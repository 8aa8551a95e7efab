#!/usr/bin/env python3
"""test.py PROBERACE: runs farm/spark on a small farm in which a child and a worker are killed and some logs are poison, and compares its rows with a direct
scan; asks farm/duckdb of both; prints logs a second of the Spark job, of `-j 2` and of GNU parallel in one run. Needs pyspark, duckdb, Java, parallel."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
LABELS = "{board}/{kernel}/"


def timed(command, **options):
    begin = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    return done, time.monotonic() - begin


def rows(text):
    return [row for row in map(json.loads, text.splitlines()) if row["schema"] == "proberace/scan@1"]


def key(row):
    return (row["hash"], row["boot"], row["answer"], json.dumps(row["labels"], sort_keys=True),
            tuple(sorted((f["signature"], f["cause"] or "", f["device"]) for f in row["findings"])))


def ask(table, value, *files):
    database = duckdb.connect()
    database.execute(f"set variable rows = '{value}'")
    for file in (table, *files):
        answer = database.execute((HERE / "duckdb" / file).read_text())
    return answer.fetchall()


def main(proberace):
    proberace = os.path.abspath(proberace)
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        logs = place / "logs"
        subprocess.run([sys.executable, HERE.parent / "Benchmarks/farm.py", "7", "--boots", "600", "--logs", logs, "--proberace", proberace],
                       check=True, capture_output=True)
        bad = logs / "board-01" / "6.17.0"
        bad.mkdir(parents=True, exist_ok=True)
        (bad / "empty.log").touch()
        (bad / "noise.log").write_bytes(os.urandom(1 << 20))
        (bad / "cut.gz").write_bytes(b"\x1f\x8b\x08\x00" + os.urandom(300))
        # Cut inside a report; not there; and nobody will ever write into this one.
        whole = (HERE.parent / "sample-traces/natural-6.17.13/dmesg.txt").read_bytes()
        (bad / "cut.log").write_bytes(whole[:whole.index(b"late IOMMU probe") + 600])
        (bad / "gone.log").symlink_to("nowhere")
        os.mkfifo(bad / "pipe.log")
        files = sum(len(names) for _, _, names in os.walk(logs))
        # Whoever is called first dies, the next one takes its worker with it.
        killer = place / "killer"
        killer.write_text(f"""#!/bin/sh
mkdir {place}/first 2>/dev/null && kill -9 $$
mkdir {place}/second 2>/dev/null && kill -9 $PPID
exec {proberace} "$@"
""")
        killer.chmod(0o755)

        def spark(out, executable):
            return timed([sys.executable, HERE / "spark/proberace_farm.py", logs, out, "--labels-from-path", LABELS, "--logs-per-task", "1500"],
                         env={**os.environ, "PROBERACE": str(executable), "PYTHONPATH": str(HERE.parent / "python"),
                              "PYSPARK_SUBMIT_ARGS": "--master local[2,4] pyspark-shell", "PYSPARK_PYTHON": sys.executable})

        job, killed_time = spark(place / "rows", killer)
        assert job.returncode == 0, job.stderr[-3000:]
        assert (place / "second").exists(), "nobody was killed"
        direct, _ = timed([proberace, "scan", "--fail-on", "none", "--format", "jsonl", "--labels-from-path", LABELS, logs])
        (place / "rows.jsonl").write_text(direct.stdout)
        expected = {key(row) for row in rows(direct.stdout) if row["hash"]}
        stored = duckdb.sql(f"select hash, boot, answer, labels, findings from read_parquet('{place}/rows/*/*.parquet') where hash is not null").fetchall()
        got = [key(dict(zip(("hash", "boot", "answer", "labels", "findings"), (*row[:3], dict(row[3]), row[4])))) for row in stored]
        assert len(got) == len(set(got)), "rows are double"
        gone = duckdb.sql(f"select path, state, error from read_parquet('{place}/rows/*/*.parquet') where path like '%/gone.log'").fetchall()
        assert [row[1:] for row in gone] == [("unreadable", "No such file or directory")], gone
        assert set(got) == expected, (len(got), len(expected), list(set(got) ^ expected)[:3])
        again, _ = spark(place / "rows", proberace)
        assert again.returncode == 0, again.stderr[-3000:]
        after = duckdb.sql(f"select count(*) from read_parquet('{place}/rows/*/*.parquet') where hash is not null").fetchall()[0][0]
        assert after == len(got), "what was known was judged again"
        for file in ("rates.sql", "groups.sql"):
            one = ask("boots.sql", place / "rows.jsonl", file)
            other = ask("parquet.sql", f"{place}/rows/*/*.parquet", file)
            assert len(one) > 3 and [row[:5] for row in one] == [row[:5] for row in other], (file, one[:3], other[:3])
        _, plain = timed([proberace, "scan", "-q", "-j", "2", "--fail-on", "none", logs])
        _, parallel = timed(["sh", "-c", f"find {logs} -type f -print0 | parallel -0 -j 2 -n 500 {proberace} scan -q -j 1 --fail-on none"])
        _, job_time = spark(place / "rows2", proberace)
        print(f"{files} logs, {len(got)} rows equal a direct scan's, none double, none judged twice; logs a second: Spark {files / job_time:.0f} "
              f"(with Java's start; with two killed {files / killed_time:.0f}), -j 2 {files / plain:.0f}, GNU parallel {files / parallel:.0f}")


if __name__ == "__main__":
    main(sys.argv[1])
