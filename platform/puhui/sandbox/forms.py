"""Reading a form as strictly as Stripe's own stand-in does: unknown and badly typed parameters are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn

from puhui.sandbox.refusals import invalid

Tree = dict[str, "str | Tree"]
MOST_FEN = 99_999_999
_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


class Form:
    """The parameters of a call. What no reader asked for is unknown: end with ``finish``."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.tree: Tree = {}
        self.read = {"expand"}
        for name, value in pairs:
            self._put(name, value)

    def amount(self, name: str = "amount") -> int:
        """Answer a required amount of fen, from 1 to eight digits."""
        value = self.maybe_amount(name)
        if value is None:
            self._miss(name)
        return value

    def maybe_amount(self, name: str) -> int | None:
        """Answer an amount of fen, or None."""
        value = self.maybe_whole(name)
        if value is not None and value < 1:
            raise invalid(f"Invalid positive integer: {name}", code="parameter_invalid_integer", param=name)
        if value is not None and value > MOST_FEN:
            raise invalid(f"{name} must be no more than {MOST_FEN}", code="amount_too_large", param=name)
        return value

    def maybe_whole(self, name: str) -> int | None:
        """Answer a whole number, or None."""
        text = self.maybe_text(name)
        if text is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise invalid(f"Invalid integer: {name}", code="parameter_invalid_integer", param=name)
        return int(text)

    def currency(self) -> str:
        """Answer the required currency, which is cny here."""
        value = self.text("currency")
        if value != "cny":
            raise invalid(f"Invalid currency: {value}; the sandbox has cny", code="invalid_currency", param="currency")
        return value

    def text(self, name: str) -> str:
        """Answer a required text."""
        value = self.maybe_text(name)
        if value is None:
            self._miss(name)
        return value

    def maybe_text(self, name: str, *, among: tuple[str, ...] = ()) -> str | None:
        """Answer a text, one of *among* where that is given, or None."""
        self.read.add(name)
        value = self.tree.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not value:
            raise invalid(f"Invalid string: {name}", code="parameter_invalid_empty", param=name)
        if among and value not in among:
            raise invalid(f"Invalid {name}: must be one of {', '.join(among)}", code="parameter_unknown", param=name)
        return value

    def flag(self, name: str) -> bool:
        """Answer a truth, false where it is absent."""
        return self.maybe_text(name, among=("true", "false")) == "true"

    def texts(self, name: str) -> dict[str, str]:
        """Answer a mapping of texts, as ``metadata``."""
        self.read.add(name)
        value = self.tree.get(name, {})
        if not isinstance(value, dict):
            raise invalid(f"Invalid object: {name}", code="parameter_invalid_object", param=name)
        return {key: text for key, text in value.items() if isinstance(text, str)}

    def listed(self, name: str) -> list[str]:
        """Answer a list of texts."""
        return list(self.texts(name).values())

    def finish(self) -> None:
        """Refuse what nobody asked for."""
        for name in self.tree:
            if name not in self.read:
                raise invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)

    def _put(self, name: str, value: str) -> None:
        match = _NAME.match(name)
        if match is None:
            raise invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
        path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        tree = self.tree
        for part in path[:-1]:
            inner = tree.setdefault(part or str(len(tree)), {})
            if not isinstance(inner, dict):
                raise invalid(f"Invalid object: {name}", code="parameter_invalid_object", param=path[0])
            tree = inner
        tree[path[-1] or str(len(tree))] = value

    def _miss(self, name: str) -> NoReturn:
        raise invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)
