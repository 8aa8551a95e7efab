#!/usr/bin/env python3
"""proberace_farm.py LOGS OUT: judges a farm's logs with Spark, one proberace a task, and keeps their rows as Parquet.

LOGS is a folder, or a manifest: JSON lines of `path`, `id`, `labels` (`scan --manifest`). Rows go to OUT, partitioned by date (the label `date`, else today);
what is there already is not judged again (by the log's hash), so that a job that died is run again as it is: nothing is lost and nothing twice. A child that
is killed gives no scan-end line, its task fails, and Spark does it anew. Every worker needs the Python package (pip install proberace), or its module and PROBERACE, which names the executable.

    spark-submit --master 'local[2,3]' proberace_farm.py logs/ rows/ --labels-from-path '{board}/{kernel}/'"""
import argparse
import datetime
import json
import os
import tarfile
import tempfile

import proberace
from pyspark.sql import SparkSession, functions

FINDING = {"record": "string", "signature": "string", "cause": "string", "verdict": "string", "confidence": "string", "device": "string",
           "driver": "string", "time": "bigint"}
# As docs/schema/scan@1.json has them, and the partition.
ROW = {"hash": "string", "boot": "int", "size": "bigint", "record": "string", "path": "string", "id": "string", "kernel": "string",
       "hardware": "string", "answer": "string", "state": "string", "version": "string", "rules": "int", "run": "string",
       "labels": "map<string,string>", "eligible": "struct<value:boolean,why:string>",
       "findings": f"array<struct<{','.join(f'{name}:{kind}' for name, kind in FINDING.items())}>>", "error": "string", "date": "string"}


# What scan says of a file that it cannot open.
UNREAD = {"boot": 0, "answer": "no-answer", "state": "unreadable", "eligible": {"value": False, "why": "not judged"}, "findings": []}


def listed(logs):
    """What is to be judged: `{"path", "id", "labels"}` each."""
    if os.path.isdir(logs):
        for folder, folders, names in os.walk(logs):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                # As proberace scan has it: pipes, sockets and devices in folders are not read; what leads nowhere has a row that says so.
                if os.path.isfile(path) or not os.path.exists(path):
                    yield {"path": path, "below": os.path.relpath(path, logs)}
        return
    with open(logs, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def feed(pipe, entries, unread):
    """Writes the files as one tar. Those that cannot be opened go to `unread` with why, so that one of them does not keep the others back."""
    with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for entry in entries:
            member = tarfile.TarInfo(entry.get("below") or entry["path"].lstrip("/"))
            try:
                file = open(entry["path"], "rb")  # noqa: SIM115
            except OSError as failure:
                unread.append((entry, failure.strerror))
                continue
            with file:
                member.size = os.fstat(file.fileno()).st_size
                tar.addfile(member, file)


def judge(entries, settings, known):
    """The rows of a task's logs."""
    entries = list(entries)
    if not entries:
        return
    mine = {entry.get("below") or entry["path"].lstrip("/"): entry for entry in entries}
    with tempfile.NamedTemporaryFile("w", suffix=".known") as hashes:
        hashes.write("\n".join(known))
        hashes.flush()
        command = ["--fail-on", "none", "-j", "1", "--run", settings["run"]]
        command += ["--skip-known", hashes.name] if known else []
        command += ["--labels-from-path", settings["pattern"]] if settings["pattern"] else []
        unread = []
        for row in proberace.scan(["-"], *command, feed=lambda pipe: feed(pipe, entries, unread)):
            # Of the tar: no log was in it.
            if row["path"] == "-":
                continue
            # `-:board/kernel/log`, or `-:board/kernel/logs.tar.gz:member`.
            inside = row["path"].removeprefix("-:")
            entry = next((mine[name] for name in (inside, *prefixes(inside)) if name in mine), {})
            row["path"] = entry.get("path", "") + inside.removeprefix(entry.get("below") or entry.get("path", "").lstrip("/"))
            row["id"] = entry.get("id")
            row["labels"] = {**row["labels"], **(entry.get("labels") or {})}
            yield stored(row, settings)
        for entry, failure in unread:
            yield stored({**UNREAD, "path": entry["path"], "id": entry.get("id"), "labels": entry.get("labels") or {}, "run": settings["run"],
                          "error": failure}, settings)


def stored(row, settings):
    """A row as Parquet has it."""
    row["date"] = row["labels"].get("date", settings["today"])
    row["findings"] = [{name: finding.get(name) for name in FINDING} for finding in row["findings"]]
    return tuple(row.get(name) for name in ROW)


def prefixes(name):
    """What stands before each colon, the longest first."""
    while ":" in name:
        name = name.rpartition(":")[0]
        yield name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logs")
    parser.add_argument("out")
    parser.add_argument("--labels-from-path", dest="pattern")
    parser.add_argument("--logs-per-task", type=int, default=2000)
    options = parser.parse_args()
    spark = SparkSession.builder.appName("proberace").getOrCreate()
    known = []
    if os.path.isdir(options.out) and any(name.startswith("date=") for name in os.listdir(options.out)):
        seen = spark.read.parquet(options.out).where("hash is not null").select("hash").distinct()
        known = [row.hash for row in seen.toLocalIterator()]
    known = spark.sparkContext.broadcast(known)
    entries = list(listed(options.logs))
    now = datetime.datetime.now(datetime.timezone.utc)
    settings = {"pattern": options.pattern, "today": f"{now:%Y-%m-%d}", "run": f"{now:%Y%m%dT%H%M%SZ}"}
    tasks = max(1, -(-len(entries) // options.logs_per_task))
    rows = spark.sparkContext.parallelize(entries, tasks).mapPartitions(lambda part: judge(part, settings, known.value))
    boots = spark.createDataFrame(rows, ", ".join(f"{name} {kind}" for name, kind in ROW.items()), verifySchema=False)
    # A log without a hash could not be read: it is judged again next time, and has a row for each. In one pass: what is asked for twice is judged twice.
    boots = boots.withColumn("unread", functions.when(functions.col("hash").isNull(), functions.concat_ws(":", "id", "path")))
    boots = boots.dropDuplicates(["hash", "boot", "unread"]).drop("unread")
    boots.write.partitionBy("date").mode("append").parquet(options.out)
    print(json.dumps({"logs": len(entries), "rows": spark.read.parquet(options.out).count()}))
    spark.stop()


if __name__ == "__main__":
    main()
