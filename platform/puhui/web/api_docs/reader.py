"""The OpenAPI document as rows that a page shows: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of a body."""

    name: str
    place: str
    kind: str
    is_required: bool
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: its method and path, what it takes and how it answers."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    fields: list[Field]
    answers: list[tuple[str, str, list[Field]]]


def operations(document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """Answer the calls of *document* by tag, in the document's order."""
    found: dict[str, list[Operation]] = {}
    for path, calls in document["paths"].items():
        shared = calls.get("parameters", [])
        for method in METHODS:
            if method in calls:
                call = calls[method]
                tag = (call.get("tags") or ["api"])[0].removesuffix("_api")
                found.setdefault(tag, []).append(_operation(document, path, method, call, shared))
    return found


def _operation(
    document: Mapping[str, Any], path: str, method: str, call: Mapping[str, Any], shared: list[Any]
) -> Operation:
    parameters = [_resolved(document, parameter) for parameter in [*shared, *call.get("parameters", [])]]
    fields = [
        _field(document, p["name"], p.get("schema", {}), place=p["in"], is_required=p.get("required", False), facts=p)
        for p in parameters
    ]
    for kind, media in _content(document, call.get("requestBody", {})):
        fields += _fields(document, media.get("schema", {}), kind.removeprefix("application/"))
    answers = []
    for status, answer in call.get("responses", {}).items():
        resolved = _resolved(document, answer)
        shown = [f for _, media in _content(document, resolved) for f in _fields(document, media.get("schema", {}), "")]
        answers.append((status, resolved.get("description", ""), shown if status[:1] == "2" else []))
    name = f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}"
    return Operation(
        name, method.upper(), path, call.get("summary", ""), call.get("description", ""), fields, sorted(answers)
    )


def _content(document: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from _resolved(document, body).get("content", {}).items()


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> list[Field]:
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        schema = _resolved(document, schema.get("items", {}))
    required = set(schema.get("required", []))
    return [
        _field(document, name, facts, place=place, is_required=name in required, facts=facts)
        for name, facts in schema.get("properties", {}).items()
    ]


def _field(
    document: Mapping[str, Any],
    name: str,
    schema: Mapping[str, Any],
    *,
    place: str,
    is_required: bool,
    facts: Mapping[str, Any],
) -> Field:
    schema = _resolved(document, schema)
    example = schema.get("example", facts.get("example"))
    return Field(
        name=name,
        place=place,
        kind=_kind(document, schema),
        is_required=is_required,
        description=facts.get("description") or schema.get("description") or "",
        example=""
        if example is None
        else example
        if isinstance(example, str)
        else json.dumps(example, ensure_ascii=False),
    )


def _kind(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "object")
    words = " | ".join(kind) if isinstance(kind, list) else str(kind)
    if words == "array":
        return f"[{_kind(document, _resolved(document, schema.get('items', {})))}]"
    return f"{words} ({schema['format']})" if "format" in schema else words


def _resolved(document: Mapping[str, Any], thing: Any) -> Mapping[str, Any]:  # noqa: ANN401  # JSON, whatever it is.
    if isinstance(thing, dict) and "$ref" in thing:
        found: Any = document
        for part in thing["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return _resolved(document, found)
    return thing if isinstance(thing, dict) else {}
