"""Whether the lock files are fresh: ``python tests/house/locks.py``, run by ``make check``; needs no network.

A lock is fresh when it satisfies what is asked for now, names a hash for every package and no address of any place.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
ADDRESS = re.compile(r"https?://|--index-url|--extra-index-url|--find-links")


def pins(lock: str) -> dict[str, Version]:
    """Answer the packages of a lock, by their normal name."""
    return {_normal(name): Version(version) for name, version in PINNED.findall(lock)}


def faults_of(lock_path: Path, asked: list[str]) -> list[str]:
    """Answer what is stale or unsafe in a lock that was made for *asked*."""
    text = lock_path.read_text()
    found, lock = pins(text), lock_path.name
    faults = [f"{lock} names an address" for _ in ADDRESS.finditer(text)][:1]
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    faults += [
        f"{lock}: no hash for {b.split('==')[0]}" for b in blocks if PINNED.match(b) and "--hash=sha256:" not in b
    ]
    for line in asked:
        requirement = Requirement(line)
        version = found.get(_normal(requirement.name))
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        if version is None or version not in requirement.specifier:
            faults.append(f"{lock} has {version} for {line}; run make lock")
    return faults


def npm_faults(folder: Path) -> list[str]:
    """Answer what is stale or unsafe in package-lock.json."""
    asked = json.loads((folder / "package.json").read_text())
    locked = json.loads((folder / "package-lock.json").read_text())
    root, faults = locked["packages"][""], []
    for kind in ("dependencies", "devDependencies"):
        if asked.get(kind, {}) != root.get(kind, {}):
            faults.append(f"package-lock.json was made for other {kind}")
        faults += [
            f"package.json: {n} is not exact: {v}" for n, v in asked.get(kind, {}).items() if not v[:1].isdigit()
        ]
    for name, facts in locked["packages"].items():
        if name and "resolved" in facts:
            faults.append(f"package-lock.json names an address for {name}")
        if name and "integrity" not in facts:
            faults.append(f"package-lock.json has no hash for {name}")
    return faults


def main() -> int:
    """Print every fault; the exit code is 1 where there is one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run, dev = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    requirements = ROOT / "requirements"
    faults = faults_of(requirements / "run.txt", run) + faults_of(requirements / "dev.txt", run + dev)
    for source in sorted(requirements.glob("*.in")):
        lines = [line.split("#")[0].strip() for line in source.read_text().splitlines()]
        faults += faults_of(source.with_suffix(".txt"), [line for line in lines if line])
    faults += npm_faults(ROOT / "platform" / "assets")
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
