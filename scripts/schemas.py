#!/usr/bin/env python3
"""schemas.py PROBERACE FILE...: holds what the command prints of captures against docs/schema. Each FILE is a log or a trace; those
of one folder are judged together. Prints how many outputs were held; ends with an exception at the first that does not fit.
A field that no schema has fails as well: the contract is what is written down. The packages: scripts/venv.sh."""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import referencing

FARM = pathlib.Path(__file__).resolve().parent.parent / "Benchmarks" / "farm.py"
SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "docs" / "schema"


def closed(schema):
    """The schema without room for fields that it does not name. A list of allOf is one object."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "allOf" in schema:
        return {**schema, "unevaluatedProperties": False}
    result = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema:
        result.setdefault("unevaluatedProperties", False)
    return result


def validators():
    texts = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    for text in texts.values():
        jsonschema.Draft202012Validator.check_schema(text)
    # A finding is part of a scan's, which has more: there the whole is closed.
    strict = {name: closed(text) for name, text in texts.items()}
    strict["common@1.json"]["$defs"]["finding"].pop("unevaluatedProperties")
    registry = referencing.Registry().with_resources(
        (name, referencing.Resource.from_contents(text)) for name, text in strict.items())
    return {name: jsonschema.Draft202012Validator(text, registry=registry) for name, text in strict.items()}


def hold_history(proberace, output, hold, hold_as):
    """What `history` says of a farm with a rise in it."""
    with tempfile.TemporaryDirectory() as folder:
        farm = subprocess.run([sys.executable, FARM, "1", "--boots", "30000"], capture_output=True, check=True).stdout
        rows = pathlib.Path(folder, "rows.jsonl")
        rows.write_bytes(farm)

        def ask(*arguments, form="json"):
            return output("history", *arguments, "--history", folder + "/farm.sqlite", "--format", form)

        hold(ask("add", str(rows)))
        hold(ask("show"))
        hold(ask("trend", "--by", "kernel", "--below", "1%"))
        hold(ask("trend", "--by", "day"))
        assert hold(ask("compare", "6.16.12", "7.3.4"))["rows"]
        text = ask("regressions")
        assert len(json.loads(text)) == 2, text
        hold_as("history-regressions@1", text)
        for line in ask("export", form="jsonl").splitlines()[:1000]:
            hold(line)
        hold(ask("rejudge"))
        hold(ask("prune", "--before", "2000-01-01"))


def main(proberace, files):
    held = collections.Counter()
    known = validators()

    def output(*arguments):
        return subprocess.run([proberace, *arguments], capture_output=True, check=False).stdout

    def hold(text):
        value = json.loads(text)
        name = value["schema"].removeprefix("proberace/")
        known[name + ".json"].validate(value)
        held[name] += 1
        return value

    folders = collections.defaultdict(list)
    for file in files:
        folders[pathlib.Path(file).parent].append(file)
    with tempfile.TemporaryDirectory() as tree:
        pathlib.Path(tree, "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 17\nSUBLEVEL = 13\n")
        told = hold(output("report", "--format", "json", "--kernel-tree", tree, files[0]))
        hold(output("timeline", "--format", "json", "--kernel-tree", tree, files[0]))
        assert told["kernelTree"]["version"] == "6.17.13" and len(told["kernelTree"]["fixes"]) == 6, told["kernelTree"]
    for group in folders.values():
        hold(output("report", "--format", "json", *group))
        hold(output("timeline", "--format", "json", *group))
    for line in output("scan", "--format", "jsonl", *files).splitlines():
        hold(line)
    hold_history(proberace, output, hold, lambda name, text: (known[name + ".json"].validate(json.loads(text)), held.update([name])))
    hold(output("doctor", "--format", "json"))
    hold(output("doctor", "--format", "json", "--root", tree))
    empty = {"schema": "proberace/baseline@1", "entries": []}
    full = {"signature": "a", "cause": "probe-before-domain", "verdict": "real", "device": "0000:*", "boards": ["rpi*"],
            "kernels": ["6.17*"], "hardware": ["QEMU*"], "rate": 0.01, "bug": "https://example.org/1",
            "expires": "2027-03-31", "mode": "soft", "comment": "known"}
    for value in [empty, {**empty, "entries": [full, {"cause": "double-probe"}]}]:
        hold(json.dumps(value))
    for wrong in [{"expires": "soon"}, {"device": "x", "mode": "soft"}, {"cause": "x", "expire": "2027-03-31"}]:
        assert not known["baseline@1.json"].is_valid({**empty, "entries": [wrong]}), wrong
    unused = {name.removesuffix(".json") for name in known} - set(held) - {"common@1"}
    assert not unused, f"nothing was held against {unused}"
    print(json.dumps(held))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
