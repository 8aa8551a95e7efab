#!/usr/bin/env python3
"""python_types.py: prints python/proberace/_types.py, the contract of docs/schema as typed dictionaries (make wheel writes it)."""
import json
import pathlib

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "docs" / "schema"
SCALARS = {"string": "str", "integer": "int", "boolean": "bool", "number": "float", "null": "None"}


def named(words):
    return "".join(part[0].upper() + part[1:] for part in words.replace("@1", "").split("-"))


def singular(words):
    for ending, one in (("ies", "y"), ("xes", "x"), ("s", "")):
        if words.endswith(ending):
            return words.removesuffix(ending) + one
    return words


class Types:
    """Collects a class for every object, named after where it stands."""

    def __init__(self):
        self.lines = []
        self.seen = set()

    def expression(self, schema, name):
        if "$ref" in schema:
            file, _, place = schema["$ref"].partition("#/$defs/")
            return named(place or file.removesuffix(".json"))
        if "const" in schema:
            return f"Literal[{schema['const']!r}]"
        if "enum" in schema:
            return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
        if "anyOf" in schema and not schema.get("properties"):
            return " | ".join(self.expression(part, name) for part in schema["anyOf"])
        if "allOf" in schema:
            return self.together(schema["allOf"], name)
        kind = schema.get("type")
        if isinstance(kind, list):
            return " | ".join(self.expression({**schema, "type": one}, name) for one in kind)
        if kind == "array" and "prefixItems" in schema:
            parts = (self.expression(part, name + str(number)) for number, part in enumerate(schema["prefixItems"]))
            # JSON has lists alone: as long as the schema says, of these kinds.
            return f"list[{' | '.join(dict.fromkeys(parts))}]"
        if kind == "array":
            return f"list[{self.expression(schema.get('items', {}), singular(name))}]"
        if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
            return f"dict[str, {self.expression(schema['additionalProperties'], singular(name))}]"
        if kind == "object":
            self.define(schema, name)
            return name
        return SCALARS.get(kind, "object")

    def together(self, parts, name):
        """An object that has what others have: the first is its base."""
        base = self.expression(parts[0], name)
        whole = {"properties": {}, "required": []}
        for part in parts[1:]:
            whole["properties"].update(part.get("properties", {}))
            whole["required"] += part.get("required", [])
        self.define(whole, name, base)
        return name

    def define(self, schema, name, base="TypedDict"):
        if name in self.seen:
            raise SystemExit(f"two objects are called {name}")
        self.seen.add(name)
        required = set(schema.get("required", []))
        fields = []
        for key, value in schema.get("properties", {}).items():
            kind = self.expression(value, name + named(key))
            fields.append(f"    {key}: {kind if key in required else f'NotRequired[{kind}]'}")
        said = schema.get("description") or schema.get("title")
        head = [f"class {name}({base}):"] + ([f'    """{said[0].upper()}{said[1:]}."""\n'] if said else [])
        self.lines += ["\n", *head, *(fields or ["    pass"])]

    def alias(self, schema, name):
        if schema.get("type") == "object":
            return self.define(schema, name)
        # An object that may be null: both have a name.
        kind = self.expression(schema, "Known" + name)
        self.lines += ["\n", f'{name}: TypeAlias = "{kind}"' if "Known" in kind else f"{name}: TypeAlias = {kind}"]


def main():
    types = Types()
    common = json.loads((SCHEMAS / "common@1.json").read_text(encoding="utf-8"))
    for name, schema in common["$defs"].items():
        types.alias(schema, named(name))
    for path in sorted(SCHEMAS.glob("*.json")):
        if path.name != "common@1.json":
            types.alias(json.loads(path.read_text(encoding="utf-8")), named(path.stem))
    print('"""Made by scripts/python_types.py from docs/schema; do not edit."""')
    print("from __future__ import annotations\n\nfrom typing import Literal, NotRequired, TypeAlias, TypedDict")
    for line in types.lines:
        print(line.rstrip("\n") if line == "\n" else line)


main()
