#!/usr/bin/env python3
"""scan_consumers.py FORMAT FILE: reads what `proberace scan --format FORMAT` wrote as its consumers do, and prints what
they made of it as JSON. Ends with an exception if a consumer refuses the file. The packages: scripts/venv.sh."""
import html.parser
import json
import sys
import xml.dom.minidom


def junit(path):
    import junitparser

    # expat first: it is stricter than the recovering parsers that some consumers use.
    xml.dom.minidom.parse(path)
    suites = list(junitparser.JUnitXml.fromfile(path))
    cases = [(suite, case) for suite in suites for case in suite]

    def kind(case):
        return type(case.result[0]).__name__ if case.result else "Passed"

    for suite in suites:
        stated = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        assert stated == (suite.tests, suite.failures, suite.errors, suite.skipped), suite.name
    return {
        "suites": [suite.name for suite in suites],
        "cases": [{"suite": s.name, "name": c.name, "class": c.classname, "result": kind(c),
                   "out": c.system_out or ""} for s, c in cases],
    }


def kcidb(path):
    from kcidb_io.schema import V5_3

    data = json.load(open(path))
    V5_3.validate(data)
    V5_3.validate_exactly(data)
    assert not has_nul(data)
    tests, issues = ({item["id"] for item in data[key]} for key in ("tests", "issues"))
    assert len(tests) == len(data["tests"]) and len(issues) == len(data["issues"]), "ids not unique"
    assert len({i["id"] for i in data["incidents"]}) == len(data["incidents"]), "ids not unique"
    for incident in data["incidents"]:
        assert incident["test_id"] in tests and incident["issue_id"] in issues
    return {
        "statuses": [test["status"] for test in data["tests"]],
        "excerpts": [len(test.get("log_excerpt", "")) for test in data["tests"]],
        "issues": {i["id"]: i["culprit"] for i in data["issues"]},
        "urls": [i["report_url"] for i in data["issues"] if "report_url" in i],
        "incidents": len(data["incidents"]),
    }


def has_nul(value):
    if isinstance(value, dict):
        return any(has_nul(item) for item in [*value, *value.values()])
    if isinstance(value, list):
        return any(has_nul(item) for item in value)
    return isinstance(value, str) and "\0" in value


def sarif(path):
    # Models made from a sarif-schema-2.1.0.json (a late draft: its suppressions have `state`, not `status`); they
    # forbid fields that the schema does not know.
    import pydantic_sarif.model
    from sarif import loader

    roots = [cls for cls in vars(pydantic_sarif.model).values()
             if isinstance(cls, type) and {"version", "runs"} <= set(getattr(cls, "model_fields", {}))]
    for root in roots:
        root.model_validate_json(open(path).read())
    assert roots
    tool = loader.load_sarif_file(path)
    records = tool.get_records()
    results = tool.data["runs"][0]["results"]
    rules = tool.data["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in results)
    return {
        "tools": tool.get_distinct_tool_names(),
        "rules": [rule["id"] for rule in rules],
        "records": [{"severity": r["Severity"], "code": r["Code"], "line": r["Line"], "file": r["Location"]}
                    for r in records],
        "suppressed": sum("suppressions" in r for r in results),
        "messages": [r["message"]["text"] for r in results],
        "uris": [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results],
    }


def ktap(path):
    from tap.parser import Parser

    def read(lines):
        """tap.py reads plain TAP: it gets one level at a time."""
        own = [line for line in lines if not line.startswith("  ")]
        assert own[0] == "KTAP version 1", own[0]
        parsed = [Parser().parse_line(line) for line in own[1:]]
        plan = [line.expected_tests for line in parsed if line.category == "plan"]
        tests = [line for line in parsed if line.category == "test"]
        assert plan == [len(tests)] and [t.number for t in tests] == list(range(1, len(tests) + 1))
        assert {line.category for line in parsed} <= {"plan", "test", "diagnostic"}, own
        out, nested = [], []
        remaining = iter(tests)
        for line in lines:
            if line.startswith("  "):
                nested.append(line[2:])
            elif line.startswith(("ok", "not ok")):
                test = next(remaining)
                out.append({"ok": test.ok, "skip": test.skip, "name": test.description,
                            "subtests": read(nested) if nested else []})
                nested = []
        return out

    return {"tests": read(open(path, newline="\n").read().rstrip("\n").split("\n"))}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.codes, self.rows, self.links, self.depth = [], [], [], [], None

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += 1
        if tag == "a":
            self.links.append(dict(attributes)["href"])
        if tag == "code":
            self.codes.append("")
            self.depth = True

    def handle_endtag(self, tag):
        if tag == "code":
            self.depth = None

    def handle_data(self, data):
        if self.depth:
            self.codes[-1] += data


def markdown(path):
    # GitHub's own renderer. Unsafe: a comment's HTML is rendered, so what slips through must be seen here.
    import cmarkgfm
    from cmarkgfm.cmark import Options

    text = open(path).read()
    page = Page()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    return {"tags": sorted(set(page.tags)), "codes": page.codes, "rows": page.rows, "links": page.links,
            "length": len(text)}


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](sys.argv[2])))
