"""The form in which parameters travel: ``metadata[order]=7``, ``expand[0]=charge``, ``confirm=true``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Value = str | int | bool | Sequence["Value"] | Mapping[str, "Value"]
Parameters = Mapping[str, Value]


def encode(parameters: Parameters) -> list[tuple[str, str]]:
    """Answer the pairs of a form, nested names in brackets, in the order given."""
    return [pair for name, value in parameters.items() for pair in _pairs(name, value)]


def _pairs(name: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool):
        yield name, "true" if value else "false"
    elif isinstance(value, str | int):
        yield name, str(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner)
    else:
        for index, inner in enumerate(value):
            yield from _pairs(f"{name}[{index}]", inner)
