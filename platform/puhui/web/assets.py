"""Addresses of the built scripts and styles, read from the build's own list."""

from __future__ import annotations

import json
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"


class AssetsMissing(Exception):
    """The page assets were not built; ``make assets`` builds them."""


class Assets:
    """The files of ``static/dist``: entry points by the name of their source."""

    def __init__(self, folder: Path = STATIC / "dist") -> None:
        self._list = folder / "meta.json"
        self._read_at = 0.0
        self._names: dict[str, str] = {}

    def address(self, name: str) -> str:
        """Answer the address of the entry *name* ("app.js", "app.css", "scan.js"). Raises AssetsMissing."""
        self._refresh()
        if name not in self._names:
            raise AssetsMissing(name)
        return f"/static/dist/{self._names[name]}"

    def _refresh(self) -> None:
        """Read the list again when a build has replaced it."""
        try:
            changed_at = self._list.stat().st_mtime
        except FileNotFoundError as error:
            raise AssetsMissing("meta.json") from error
        if changed_at == self._read_at:
            return
        outputs = json.loads(self._list.read_text())["outputs"]
        names = {}
        for path, facts in outputs.items():
            if "entryPoint" in facts:
                entry, built = Path(facts["entryPoint"]), Path(path)
                names[f"{entry.stem}{built.suffix}"] = built.name
                if "cssBundle" in facts:
                    names[f"{entry.stem}.css"] = Path(facts["cssBundle"]).name
        self._names, self._read_at = names, changed_at
