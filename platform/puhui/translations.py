"""The English of every feature, merged: ``python -m puhui.translations compile|check``.

Chinese is the message id. A feature keeps its English in an ``en.po`` beside its templates; ``compile`` merges them
into one catalogue, ``check`` lists every text without English, every English without a text, and every disagreement.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent
COMPILED = HERE / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
KEYWORDS: dict[str, None] = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
MACHINE = ("static", "translations")


@dataclass(slots=True)
class Findings:
    """What ``check`` found, a line each."""

    missing: list[str] = field(default_factory=list)
    disagreeing: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    @property
    def hold(self) -> bool:
        """Whether nothing was found."""
        return not (self.missing or self.disagreeing or self.unused)

    def lines(self) -> Iterator[str]:
        """Answer every finding as a line for a person."""
        yield from (f"no English: {line}" for line in self.missing)
        yield from (f"two Englishes: {line}" for line in self.disagreeing)
        yield from (f"English without a text: {line}" for line in self.unused)


def texts(root: Path = HERE) -> dict[str, str]:
    """Answer every text that pages and Python show, with the first place where it stands."""
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        method = {".html": "jinja2.ext:babel_extract", ".py": "python"}.get(path.suffix)
        if method is None or path.relative_to(root).parts[0] in MACHINE:
            continue
        options = {"silent": "false", "newstyle_gettext": "true"} if path.suffix == ".html" else {}
        for line, message, *_ in extract(method, BytesIO(path.read_bytes()), keywords=KEYWORDS, options=options):
            text = message if isinstance(message, str) else message[0]
            found.setdefault(text, f"{path.relative_to(root)}:{line}")
    return found


def catalogues(root: Path = HERE) -> dict[Path, Catalog]:
    """Read every ``en.po``, of the features of the web and of the other packages."""
    paths = sorted([*root.glob("web/*/en.po"), *root.glob("*/en.po")])
    return {path: read_po(BytesIO(path.read_bytes()), locale="en", abort_invalid=True) for path in paths}


def merged(root: Path = HERE) -> tuple[Catalog, list[str]]:
    """Merge the English of all features; answers the catalogue and the texts that two features put differently."""
    whole, disagreeing = Catalog(locale="en", charset="utf-8"), []
    for path, catalogue in catalogues(root).items():
        for message in _translated(catalogue):
            known = whole.get(message.id)
            if known is not None and known.string != message.string:
                disagreeing.append(
                    f"{message.id!r} in {path.relative_to(root)}: {message.string!r}, not {known.string!r}"
                )
            elif known is None:
                whole.add(message.id, message.string)
    return whole, disagreeing


def compile_catalogue(root: Path = HERE, target: Path = COMPILED) -> int:
    """Write the compiled catalogue, whole or not at all; answers how many texts it has."""
    whole, _ = merged(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".mo.new")
    with fresh.open("wb") as file:
        write_mo(file, whole)
    fresh.replace(target)
    return len(whole)


def check(root: Path = HERE) -> Findings:
    """Compare what is shown with what has English."""
    shown, (whole, disagreeing) = texts(root), merged(root)
    return Findings(
        missing=[f"{place}: {text}" for text, place in shown.items() if whole.get(text) is None and _is_chinese(text)],
        disagreeing=disagreeing,
        unused=[str(message.id) for message in _translated(whole) if message.id not in shown],
    )


def _translated(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id and message.string)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def main(arguments: list[str]) -> int:
    """Run ``compile`` or ``check``; the exit code is 1 where ``check`` found something."""
    if arguments == ["compile"]:
        sys.stdout.write(f"{compile_catalogue()} texts in English\n")
        return 0
    if arguments == ["check"]:
        findings = check()
        sys.stdout.writelines(f"{line}\n" for line in findings.lines())
        return 0 if findings.hold else 1
    sys.stderr.write("usage: python -m puhui.translations compile|check\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
